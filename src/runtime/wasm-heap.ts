import * as tf from '@tensorflow/tfjs-core';

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

/** The same of several, under their names. */
export function addressesOnHeap<Tensors extends { readonly [name: string]: tf.TensorInfo }>(
  backend: unknown,
  tensors: Tensors,
): { readonly [Name in keyof Tensors]: number } {
  const addresses = Object.entries(tensors).map(([name, one]) => [name, addressOnHeap(backend, one)]);
  return Object.fromEntries(addresses);
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

/** Where tfjs lets the heap end: a page of 64 KiB before 4 GiB. */
const HEAP_BYTES = 2 ** 32 - 2 ** 16;
/**
 * The part of it that tensors can have; the rest goes to what kernels set aside for themselves, and to gaps. Where training
 * steps nearly filled the heap, for eleven architectures, it was 1.09 to 1.44 times as large as their tensors.
 */
const SHARE_OF_TENSORS = 1 / 1.5;

/** How many bytes of tensors can still be made before the heap overflows; infinite on other tfjs backends. */
export function roomForTensors(): number {
  if (tf.getBackend() !== 'wasm') return Number.POSITIVE_INFINITY;
  return HEAP_BYTES * SHARE_OF_TENSORS - tf.memory().numBytes;
}

interface Allocator {
  _malloc(bytes: number): number;
  _free(address: number): void;
}

/**
 * The most bytes that an action's tensors take on the heap of the wasm backend at any time. (tfjs's own profile counts what
 * clones share for each of them.)
 */
export function peakOnHeap(action: () => void): number {
  const { wasm } = tf.backend() as unknown as { wasm: Allocator };
  const { _malloc, _free } = wasm;
  const sizes = new Map<number, number>();
  let [held, peak] = [0, 0];
  wasm._malloc = (bytes) => {
    const address = _malloc(bytes);
    // Beyond 2 GiB it comes back negative, and is freed as positive.
    sizes.set(address >>> 0, bytes);
    held += bytes;
    peak = Math.max(peak, held);
    return address;
  };
  wasm._free = (address) => {
    held -= sizes.get(address) ?? 0;
    sizes.delete(address);
    _free(address);
  };
  try {
    action();
  } finally {
    Object.assign(wasm, { _malloc, _free });
  }
  return peak;
}
