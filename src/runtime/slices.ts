import * as tf from '@tensorflow/tfjs-core';
import { replaceOnWasm } from './replace-kernel.js';
import { outputOnHeap, valuesOnHeap } from './wasm-heap.js';

/** Slices on wasm of what lies in one piece. The backend's own copies the whole tensor first, to take a part of the copy. */
export function replaceSlice(): void {
  replaceOnWasm(tf.Slice, (call, original) => {
    const { x } = call.inputs as { x: tf.Tensor };
    const { begin, size } = call.attrs as unknown as tf.SliceAttrs;
    const [from, shape] = tf.slice_util.parseSliceParams(x, begin, size) as [number[], number[]];
    if (x.dtype !== 'float32' || !tf.slice_util.isSliceContinous(x.shape, from, shape)) return original(call);
    const output = outputOnHeap(call.backend, shape);
    const first = tf.slice_util.computeFlatOffset(from, tf.util.computeStrides(x.shape));
    const values = valuesOnHeap(call.backend, x).subarray(first, first + tf.util.sizeFromShape(shape));
    valuesOnHeap(call.backend, output).set(values);
    return output;
  });
}
