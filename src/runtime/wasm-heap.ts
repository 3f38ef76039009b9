import type * as tf from '@tensorflow/tfjs-core';

/** The part of the wasm backend that a kernel in TypeScript needs: its tensors lie on one heap. */
interface WasmBackend {
  typedArrayFromHeap(tensor: tf.TensorInfo): Float32Array;
  makeOutput(shape: number[], dtype: tf.DataType): tf.TensorInfo;
}

/** The values of a tensor, on the heap itself: they move when the heap grows, so outputs are made before they are read. */
export function valuesOnHeap(backend: unknown, tensor: tf.TensorInfo): Float32Array {
  return (backend as WasmBackend).typedArrayFromHeap(tensor);
}

/** A new tensor, whose values are whatever lay there. */
export function outputOnHeap(backend: unknown, shape: number[]): tf.TensorInfo {
  return (backend as WasmBackend).makeOutput(shape, 'float32');
}
