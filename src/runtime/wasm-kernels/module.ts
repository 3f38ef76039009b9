import { unpacked } from '../../core/packed-bytes.js';
import { heapMemory, withRoomOnHeap } from '../wasm-heap.js';
import type { BatchNormKernels } from './batch-norm.js';
import { WASM } from './binary.js';
import type { MaxPoolKernels } from './max-pool.js';
import type { MaximaKernels } from './maxima.js';
import type { PatchesKernels } from './patches.js';
import type { ProductKernels } from './products.js';
import type { SumKernels } from './sums.js';
import { convolveOnHeap, type WinogradKernels } from './winograd.js';

/** The functions of the C sources: arguments are addresses on the heap, or numbers where the name says so. */
export type WasmKernels = WinogradKernels &
  PatchesKernels &
  ProductKernels &
  SumKernels &
  BatchNormKernels &
  MaxPoolKernels &
  MaximaKernels;

const modules = new WeakMap<object, WasmKernels | 'unfit'>();
let isEnabled = true;

/** The module on this backend's heap; undefined where it does not run, such as on a heap that threads share. */
export function wasmKernels(backend: unknown): WasmKernels | undefined {
  if (!isEnabled) return undefined;
  const known = modules.get(backend as object) ?? start(backend) ?? 'unfit';
  modules.set(backend as object, known);
  return known === 'unfit' ? undefined : known;
}

/** Whether the module is used where it runs: tests and benchmarks compare it with what is used in its place. */
export function setWasmKernels(enabled: boolean): void {
  isEnabled = enabled;
}

/** It leans on what the backend keeps to itself, so it shows first that it can compute there. */
function start(backend: unknown): WasmKernels | undefined {
  try {
    const code = new WebAssembly.Module(unpacked(WASM));
    const { exports } = new WebAssembly.Instance(code, { env: { memory: heapMemory(backend) } });
    const kernels = exports as unknown as WasmKernels;
    return isRight(backend, kernels) ? kernels : undefined;
  } catch {
    return undefined;
  }
}

const LINE = { batch: 1, height: 1, channels: 1, outHeight: 1, filters: 1, kernelHeight: 1 };
const UNIT = { strideHeight: 1, strideWidth: 1, top: 0, left: 0 };

/** Four outputs of three taps. */
function isRight(backend: unknown, kernels: WasmKernels): boolean {
  const values = [3, -1, 4, 1, -5, 9];
  const taps = [2, -6, 5];
  return withRoomOnHeap(backend, { x: values.length, kernel: taps.length, y: 4 }, ({ x, kernel, y }) => {
    const floats = (address: number, count: number) => new Float32Array(heapMemory(backend).buffer, address, count);
    floats(x, values.length).set(values);
    floats(kernel, taps.length).set(taps);
    convolveOnHeap(backend, kernels, { ...LINE, ...UNIT, width: 6, outWidth: 4, kernelWidth: 3 }, { x, kernel, y });
    const expected = [32, -21, -23, 77];
    return floats(y, 4).every((value, i) => Math.abs(value - (expected[i] as number)) < 1e-3);
  });
}
