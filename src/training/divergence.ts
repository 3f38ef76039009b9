import * as tf from '@tensorflow/tfjs-core';
import { MusrepError } from '../core/errors.js';
import type { AudioModel } from '../core/model.js';
import { type OutputModel, outputOf } from './output-layer.js';
import type { Parameter } from './parameters.js';

/** The error for a loss that is not finite: says which layer's output was the first that is not. */
export async function lossDivergence(
  model: AudioModel,
  output: OutputModel,
  inputs: tf.Tensor,
  step: number,
): Promise<MusrepError> {
  const names: string[] = [];
  const sums = tf.tidy(() => {
    const found: tf.Tensor[] = [];
    const onLayer = (name: string, value: tf.Tensor) => {
      names.push(name);
      found.push(tf.sum(value));
    };
    outputOf(output, inputs, { training: true, onLayer });
    return found;
  });
  const first = await firstNotFinite(sums);
  const name = first === undefined ? undefined : names[first];
  const where = name === undefined ? 'the loss itself' : `the output of ${placeOf(model, name)}`;
  return diverged('loss', step, `The first number that is not finite is in ${where}.`);
}

/** The error for gradients that are not finite: says in which layer backpropagation came to the first that is not. */
export async function gradientDivergence(
  model: AudioModel,
  parameters: readonly Parameter[],
  gradients: readonly tf.Tensor[],
  step: number,
): Promise<MusrepError> {
  // Backpropagation goes from the last layer to the first.
  const sums = tf.tidy(() => gradients.map((one) => tf.sum(one)).reverse());
  const first = await firstNotFinite(sums);
  const key = first === undefined ? undefined : parameters.at(-1 - first)?.key;
  const layer = model.parts.flatMap(({ layers }) => layers).find((name) => key?.startsWith(`${name}/`));
  const where =
    layer === undefined ? 'the norm of all gradients' : `the gradient of '${key}' in ${placeOf(model, layer)}`;
  return diverged('gradient', step, `The first number that is not finite is in ${where}.`);
}

function diverged(what: string, step: number, finding: string): MusrepError {
  return new MusrepError(
    'diverged',
    `Training diverged at step ${step}: its ${what} is not finite. ${finding} The step was not made, and the last checkpoint is untouched. ` +
      "Try a lower learning rate, or 'clipNorm'.",
  );
}

function placeOf({ parts }: AudioModel, layer: string): string {
  const part = parts.find(({ layers }) => layers.includes(layer));
  return `layer '${layer}' of block '${part?.block}'`;
}

/** The index of the first sum that is not finite; disposes of them. */
async function firstNotFinite(sums: readonly tf.Tensor[]): Promise<number | undefined> {
  const values = await Promise.all(sums.map((sum) => sum.data()));
  tf.dispose([...sums]);
  const first = values.findIndex(([value]) => !Number.isFinite(value));
  return first === -1 ? undefined : first;
}
