import * as tf from '@tensorflow/tfjs-core';
import { reductionOf } from './reductions.js';
import { replaceOnWasm } from './replace-kernel.js';
import { addressesOnHeap, outputOnHeap } from './wasm-heap.js';
import { wasmKernels } from './wasm-kernels/module.js';

/** Maxima on wasm: the backend's own first moves the axis to the end, and then takes one value at a time. */
export function replaceMaxima(): void {
  replaceOnWasm(tf.Max, (call, original) => {
    const kernels = wasmKernels(call.backend);
    const reduction = reductionOf(call, 'reductionIndices');
    if (kernels === undefined || reduction === undefined || reduction.count === 0) return original(call);
    const { outer, count, inner, shape } = reduction;
    const { x } = call.inputs as { x: tf.TensorInfo };
    const output = outputOnHeap(call.backend, shape);
    const at = addressesOnHeap(call.backend, { x, output });
    kernels.greatest(at.x, at.output, outer, count, inner);
    return output;
  });
}
