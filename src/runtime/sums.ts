import * as tf from '@tensorflow/tfjs-core';
import { type Reduction, reductionOf } from './reductions.js';
import { replaceOnWasm } from './replace-kernel.js';
import { addressesOnHeap, outputOnHeap, valuesOnHeap } from './wasm-heap.js';
import { wasmKernels } from './wasm-kernels/module.js';
import { addUpOnHeap } from './wasm-kernels/sums.js';

/**
 * Sums and means on wasm, added up in float64. The backend's own add up in float32, one after the other: over the 10⁵
 * values of an image that leaves gradients with errors of a percent. These are also faster, since they move nothing.
 */
export function replaceSums(): void {
  replace(tf.Sum, () => 1);
  replace(tf.Mean, (count) => 1 / count);
}

function replace(kernelName: string, scaleOf: (count: number) => number): void {
  replaceOnWasm(kernelName, (call, original) => {
    const reduction = reductionOf(call, 'axis');
    if (reduction === undefined) return original(call);
    const { x } = call.inputs as { x: tf.TensorInfo };
    const output = outputOnHeap(call.backend, reduction.shape);
    addUp(call.backend, x, output, reduction, scaleOf(reduction.count));
    return output;
  });
}

function addUp(backend: unknown, x: tf.TensorInfo, output: tf.TensorInfo, reduction: Reduction, scale: number): void {
  const kernels = wasmKernels(backend);
  if (kernels === undefined) {
    addUpInPlainCode(valuesOnHeap(backend, x), valuesOnHeap(backend, output), reduction, scale);
  } else {
    addUpOnHeap(backend, kernels, { ...reduction, scale }, addressesOnHeap(backend, { x, sums: output }));
  }
}

function addUpInPlainCode(
  values: Float32Array,
  sums: Float32Array,
  { outer, count, inner }: Reduction,
  scale: number,
): void {
  const row = new Float64Array(inner);
  for (let o = 0, from = 0; o < outer; o++) {
    row.fill(0);
    for (let i = 0; i < count; i++) {
      for (let j = 0; j < inner; j++, from++) row[j] = (row[j] as number) + (values[from] as number);
    }
    for (let j = 0; j < inner; j++) sums[o * inner + j] = (row[j] as number) * scale;
  }
}
