import * as tf from '@tensorflow/tfjs-core';
import { replaceOnWasm } from './replace-kernel.js';
import { addressesOnHeap, outputOnHeap, valuesOnHeap } from './wasm-heap.js';
import { wasmKernels } from './wasm-kernels/module.js';
import { addUpOnHeap, type Reduction } from './wasm-kernels/sums.js';

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
    const { x } = call.inputs as { x: tf.TensorInfo };
    const { axis, keepDims } = call.attrs as unknown as tf.SumAttrs;
    const axes = tf.util.parseAxisParam(axis, x.shape).sort((a, b) => a - b);
    const neighbours = axes.every((one, i) => one === (axes[0] as number) + i);
    if (x.dtype !== 'float32' || axes.length === 0 || !neighbours) return original(call);
    const [shape] = tf.backend_util.computeOutAndReduceShapes(x.shape, axes);
    const kept = keepDims ? tf.backend_util.expandShapeToKeepDim(shape, axes) : shape;
    const output = outputOnHeap(call.backend, kept);
    const [first, last] = [axes[0] as number, (axes.at(-1) as number) + 1];
    const sizes = [x.shape.slice(0, first), x.shape.slice(first, last), x.shape.slice(last)];
    const [outer, count, inner] = sizes.map((part) => tf.util.sizeFromShape(part)) as [number, number, number];
    addUp(call.backend, x, output, { outer, count, inner, scale: scaleOf(count) });
    return output;
  });
}

/** [outer, count, inner] → [outer, inner]. */
function addUp(backend: unknown, x: tf.TensorInfo, output: tf.TensorInfo, reduction: Reduction): void {
  const kernels = wasmKernels(backend);
  if (kernels === undefined) {
    addUpInPlainCode(valuesOnHeap(backend, x), valuesOnHeap(backend, output), reduction);
  } else {
    addUpOnHeap(backend, kernels, reduction, addressesOnHeap(backend, { x, sums: output }));
  }
}

function addUpInPlainCode(values: Float32Array, sums: Float32Array, { outer, count, inner, scale }: Reduction): void {
  const row = new Float64Array(inner);
  for (let o = 0, from = 0; o < outer; o++) {
    row.fill(0);
    for (let i = 0; i < count; i++) {
      for (let j = 0; j < inner; j++, from++) row[j] = (row[j] as number) + (values[from] as number);
    }
    for (let j = 0; j < inner; j++) sums[o * inner + j] = (row[j] as number) * scale;
  }
}
