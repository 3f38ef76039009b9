import * as tf from '@tensorflow/tfjs-core';
import { MusrepError } from '../core/errors.js';
import type { OutputLoss } from './losses.js';
import { type OutputActivation, scoresOf } from './output-layer.js';

/** What a step of one's own can have computed. */
export interface StepTools {
  /** The trainer's loss of inputs `[batch, …]` in training mode, against targets `[batch, label]`. */
  loss(inputs: tf.Tensor, targets: tf.Tensor2D): tf.Scalar;
  /** The model's scores `[batch, label]` of inputs `[batch, …]` in training mode. */
  scores(inputs: tf.Tensor): tf.Tensor2D;
  /** Another for each batch of the run, for random choices that a resumed run makes again. */
  readonly seed: number;
}

/**
 * A training step of one's own: what is made small, of a batch of inputs `[batch, …]` and targets `[batch, label]`,
 * as one number that tfjs can differentiate. Such as mixtures of items, or terms besides the loss.
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs-core';
 * import type { TrainingStep } from 'musrep/training';
 *
 * const mixup: TrainingStep = ({ inputs, targets }, { loss }) => {
 *   const mixed = <T extends tf.Tensor>(x: T) => tf.add(tf.mul(x, 0.7), tf.mul(tf.reverse(x, 0), 0.3)) as T;
 *   return loss(mixed(inputs), mixed(targets));
 * };
 * ```
 */
export type TrainingStep = (
  batch: { readonly inputs: tf.Tensor; readonly targets: tf.Tensor2D },
  tools: StepTools,
) => tf.Scalar;

/** The model's output, in training mode. */
type OutputOf = (inputs: tf.Tensor) => tf.Tensor2D;

/** The step that is made unless there is one of the user's own. */
export const plainStep: TrainingStep = ({ inputs, targets }, { loss }) => loss(inputs, targets);

/** What {@link TrainingStep} is given. */
export function stepTools(outputOf: OutputOf, loss: OutputLoss, activation: OutputActivation, seed: number): StepTools {
  return {
    loss: (inputs, targets) => loss(targets, outputOf(inputs)),
    scores: (inputs) => scoresOf(outputOf(inputs), activation),
    seed,
  };
}

/** What is wrong with a step's value; undefined if it is one number. */
export function notScalar(value: unknown): MusrepError | undefined {
  if (value instanceof tf.Tensor && value.rank === 0) return undefined;
  const received = value instanceof tf.Tensor ? `a tensor [${value.shape}]` : `${value}`;
  return new MusrepError('bad-shape', `Expected a scalar tensor from 'loss' and 'step'. Received: ${received}.`);
}
