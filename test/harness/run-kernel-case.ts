import * as tf from '@tensorflow/tfjs-core';
import { finiteDifferences, requireClose, someEntries, toTensor, weighted, weightedTensor } from './compare.js';
import type { KernelCase } from './kernel-cases.js';
import type { Nd } from './nd.js';

/** Runs a case forward and backward on the tfjs backend in use, against float64. */
export async function runKernelCase(one: KernelCase): Promise<void> {
  const inputs = one.inputs.map(toTensor);
  const output = tf.tidy(() => one.op(...inputs));
  const gradients =
    one.differentiable === false ? [] : tf.tidy(() => tf.grads((...x) => weightedTensor(one.op(...x)))(inputs));
  try {
    const tolerance = one.tolerance ?? 1e-5;
    requireClose(`${one.name}, forward`, await output.data(), one.reference(...one.inputs).data, tolerance);
    for (const [i, gradient] of gradients.entries()) await checkGradient(one, i, gradient, tolerance);
  } finally {
    tf.dispose([inputs, output, gradients]);
  }
}

async function checkGradient(one: KernelCase, i: number, gradient: tf.Tensor, tolerance: number): Promise<void> {
  const input = one.inputs[i] as Nd;
  const entries = someEntries(input.data.length, 40);
  const expected = finiteDifferences(input, entries, (x) => weighted(one.reference(...one.inputs.with(i, x)).data));
  const values = await gradient.data();
  const found = entries.map((entry) => values[entry] as number);
  requireClose(`${one.name}, gradient of input ${i}`, found, expected, 3 * tolerance);
}
