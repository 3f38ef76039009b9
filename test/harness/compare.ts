import * as tf from '@tensorflow/tfjs-core';
import { uniforms } from '../../src/core/random.js';
import type { Nd } from './nd.js';

/** Fails unless the values are equal within a share of the greatest reference value. Gives the worst difference. */
export function requireClose(
  what: string,
  values: ArrayLike<number>,
  reference: ArrayLike<number>,
  share: number,
): number {
  if (values.length !== reference.length) {
    throw new Error(`${what}: ${values.length} values, and the reference has ${reference.length}`);
  }
  let greatest = 0;
  for (let i = 0; i < reference.length; i++) greatest = Math.max(greatest, Math.abs(reference[i] as number));
  const allowed = share * Math.max(greatest, 1e-3);
  let worst = 0;
  for (let i = 0; i < reference.length; i++) {
    const difference = Math.abs((values[i] as number) - (reference[i] as number));
    if (!(difference <= allowed)) {
      throw new Error(`${what}: value ${i} is ${values[i]}, and the reference ${reference[i]} (allowed ${allowed})`);
    }
    worst = Math.max(worst, difference);
  }
  return worst;
}

export function requireThat(condition: boolean, message: string): void {
  if (!condition) throw new Error(message);
}

export const toTensor = (x: Nd): tf.Tensor => tf.tensor(Float32Array.from(x.data), [...x.shape]);

/** Fixed weights that make one number of an output, so that its gradient says something about every value. */
const probe = (length: number): Float64Array => uniforms('probe', 1, length).map((u) => Math.fround(2 * u - 1));

export function weighted(values: Float64Array): number {
  const weights = probe(values.length);
  return values.reduce((sum, value, i) => sum + value * (weights[i] as number), 0);
}

export function weightedTensor(y: tf.Tensor): tf.Scalar {
  return tf.sum(tf.mul(tf.reshape(y, [-1]), tf.tensor1d(Float32Array.from(probe(y.size))))) as tf.Scalar;
}

/** d f / d x[i] by central differences of a float64 function, for the given entries of x. */
export function finiteDifferences(x: Nd, entries: readonly number[], f: (x: Nd) => number, step = 1e-5): number[] {
  return entries.map((entry) => {
    const moved = (by: number): Nd => ({ shape: x.shape, data: x.data.with(entry, (x.data[entry] as number) + by) });
    return (f(moved(step)) - f(moved(-step))) / (2 * step);
  });
}

/** Up to `count` entries spread over an array. */
export function someEntries(length: number, count: number): number[] {
  const used = Math.min(length, count);
  return Array.from({ length: used }, (_, i) => Math.floor(((i + 0.5) * length) / used));
}
