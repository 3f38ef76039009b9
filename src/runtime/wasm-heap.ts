import type * as tf from '@tensorflow/tfjs-core';

/** The part of the wasm backend that kernels of our own need: its tensors lie on one heap. */
interface WasmBackend {
  readonly wasm: { readonly asm: { readonly memory: WebAssembly.Memory } };
  getMemoryOffset(dataId: object): number;
  typedArrayFromHeap(tensor: tf.TensorInfo): Float32Array;
  makeOutput(shape: number[], dtype: tf.DataType): tf.TensorInfo;
  disposeData(dataId: object): boolean;
}

/** The heap itself. */
export function heapMemory(backend: unknown): WebAssembly.Memory {
  return (backend as WasmBackend).wasm.asm.memory;
}

/** The values of a tensor, on the heap itself: they move when the heap grows, so outputs are made before they are read. */
export function valuesOnHeap(backend: unknown, tensor: tf.TensorInfo): Float32Array {
  return (backend as WasmBackend).typedArrayFromHeap(tensor);
}

/** Where a tensor's values begin, in bytes; they stay there when the heap grows. */
export function addressOnHeap(backend: unknown, { dataId }: tf.TensorInfo): number {
  return (backend as WasmBackend).getMemoryOffset(dataId);
}

/** A new tensor, whose values are whatever lay there. */
export function outputOnHeap(backend: unknown, shape: readonly number[]): tf.TensorInfo {
  return (backend as WasmBackend).makeOutput([...shape], 'float32');
}

/** Hands over room for so many floats each, for as long as `use` runs. */
export function withRoomOnHeap<Name extends string, T>(
  backend: unknown,
  floats: Readonly<Record<Name, number>>,
  use: (addresses: Readonly<Record<Name, number>>) => T,
): T {
  const counts = Object.entries<number>(floats);
  const room = outputOnHeap(backend, [counts.reduce((sum, [, count]) => sum + count, 0)]);
  let next = addressOnHeap(backend, room);
  const addresses = counts.map(([name, count]) => {
    const address = next;
    next += 4 * count;
    return [name, address];
  });
  try {
    return use(Object.fromEntries(addresses));
  } finally {
    (backend as WasmBackend).disposeData(room.dataId);
  }
}
