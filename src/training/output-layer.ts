import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, model as layersModelOf, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import type { ScoreActivation } from '../core/head.js';
import { splitTasks, TaskScores, type TaskSegment } from '../layers/task-scores.js';

/** How logits become scores: all alike, or task by task; undefined where the last layer does not say. */
export type OutputActivation = ScoreActivation | readonly TaskSegment[] | undefined;

/** A model up to its logits where its last layer says how they become scores; else up to its scores. */
export interface OutputModel {
  readonly model: LayersModel;
  /** Undefined where the model gives scores. */
  readonly activation: OutputActivation;
}

/** Leaves out the last activation of a model: a loss is exact for scores near 0 and 1 only if it begins before it. */
export function withoutActivation(model: LayersModel): OutputModel {
  const last = (model.outputs[0] as SymbolicTensor).sourceLayer;
  const activation = last instanceof TaskScores ? last.segments : activationOf(last);
  if (activation === undefined) return { model, activation };
  return { model: layersModelOf({ inputs: model.inputs, outputs: last.input as SymbolicTensor }), activation };
}

/** The scores that a model's output means. */
export function scoresOf(output: tf.Tensor2D, activation: OutputActivation): tf.Tensor2D {
  if (activation === undefined) return tf.clone(output);
  if (typeof activation === 'string') return activation === 'sigmoid' ? tf.sigmoid(output) : tf.softmax(output);
  const tasks = splitTasks(output, activation);
  return tf.concat(
    tasks.map((one, i) => scoresOf(one, activation[i]?.activation)),
    1,
  );
}

function activationOf(layer: SymbolicTensor['sourceLayer']): ScoreActivation | undefined {
  const { activation } = layer.getConfig();
  const isScores = layer.getClassName() === 'Activation' && (activation === 'sigmoid' || activation === 'softmax');
  return isScores ? activation : undefined;
}
