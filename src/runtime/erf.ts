import * as tf from '@tensorflow/tfjs-core';
import { replaceOnWasm } from './replace-kernel.js';
import { addressesOnHeap, outputOnHeap } from './wasm-heap.js';
import { wasmKernels } from './wasm-kernels/module.js';

/** The error function on wasm: the backend's own takes one value at a time. */
export function replaceErf(): void {
  replaceOnWasm(tf.Erf, (call, original) => {
    const kernels = wasmKernels(call.backend);
    const { x } = call.inputs as { x: tf.TensorInfo };
    if (kernels === undefined || x.dtype !== 'float32') return original(call);
    const y = outputOnHeap(call.backend, x.shape);
    const at = addressesOnHeap(call.backend, { x, y });
    kernels.erf(at.x, at.y, tf.util.sizeFromShape(x.shape));
    return y;
  });
}
