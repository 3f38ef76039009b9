import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, model as layersModelOf, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import type { ScoreActivation } from '../core/head.js';
import { namingMissingKernels } from '../core/inference.js';
import { splitTasks, TaskScores, type TaskSegment } from '../layers/task-scores.js';
import { type ForwardOptions, forward } from './forward.js';

/** How logits become scores: all alike, or task by task; undefined where the last layer does not say. */
export type OutputActivation = ScoreActivation | readonly TaskSegment[] | undefined;

/** A model up to its logits where its last layer says how they become scores; else up to its scores. */
export interface OutputModel {
  readonly model: LayersModel;
  /** Where batches come in: the model's input, or what a block gives. */
  readonly from: SymbolicTensor;
  /** Undefined where the model gives scores. */
  readonly activation: OutputActivation;
}

/** Leaves out the last activation of a model: a loss is exact for scores near 0 and 1 only if it begins before it. */
export function withoutActivation(model: LayersModel, from = model.inputs[0] as SymbolicTensor): OutputModel {
  const last = (model.outputs[0] as SymbolicTensor).sourceLayer;
  const activation = last instanceof TaskScores ? last.segments : activationOf(last);
  if (activation === undefined) return { model, from, activation };
  return { model: layersModelOf({ inputs: model.inputs, outputs: last.input as SymbolicTensor }), from, activation };
}

/** `[batch, label]` of what a batch holds; `onLayer` is told of what each layer gives. */
export function outputOf({ model, from }: OutputModel, inputs: tf.Tensor, options: ForwardOptions): tf.Tensor2D {
  const [input, to] = [model.inputs[0], model.outputs[0]] as [SymbolicTensor, SymbolicTensor];
  const { training, onLayer } = options;
  return namingMissingKernels(() => {
    // tfjs's own way, which in inference disposes of what no further layer needs.
    if (from === input && onLayer === undefined) return model.apply(inputs, { training }) as tf.Tensor2D;
    return forward(to, from, inputs, options) as tf.Tensor2D;
  });
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
