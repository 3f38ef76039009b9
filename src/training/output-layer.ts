import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, model as layersModelOf, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import type { ScoreActivation } from '../core/head.js';

/** A model up to its logits where its last layer says how they become scores; else up to its scores. */
export interface OutputModel {
  readonly model: LayersModel;
  /** Undefined where the model gives scores. */
  readonly activation: ScoreActivation | undefined;
}

/** Leaves out the last activation of a model: a loss is exact for scores near 0 and 1 only if it begins before it. */
export function withoutActivation(model: LayersModel): OutputModel {
  const last = (model.outputs[0] as SymbolicTensor).sourceLayer;
  const { activation } = last.getConfig();
  if (last.getClassName() !== 'Activation' || !isScoreActivation(activation)) return { model, activation: undefined };
  return { model: layersModelOf({ inputs: model.inputs, outputs: last.input as SymbolicTensor }), activation };
}

/** The scores that a model's output means. */
export function scoresOf(output: tf.Tensor2D, activation: ScoreActivation | undefined): tf.Tensor2D {
  if (activation === undefined) return tf.clone(output);
  return activation === 'sigmoid' ? tf.sigmoid(output) : tf.softmax(output);
}

function isScoreActivation(name: unknown): name is ScoreActivation {
  return name === 'sigmoid' || name === 'softmax';
}
