import { unpacked } from '../../core/packed-bytes.js';
import { heapMemory, withRoomOnHeap } from '../wasm-heap.js';
import type { BatchNormKernels } from './batch-norm.js';
import { WASM as PLAIN } from './binary.js';
import { WASM as RELAXED } from './binary-relaxed.js';
import type { DirectKernels } from './direct.js';
import type { ErfKernels } from './erf.js';
import type { LayerNormKernels } from './layer-norm.js';
import type { MaxPoolKernels } from './max-pool.js';
import type { MaximaKernels } from './maxima.js';
import type { PatchesKernels } from './patches.js';
import type { ProductKernels } from './products.js';
import type { SumKernels } from './sums.js';
import { convolveOnHeap, type WinogradKernels } from './winograd.js';

/** The functions of the C sources: arguments are addresses on the heap, or numbers where the name says so. */
export type WasmKernels = WinogradKernels &
  PatchesKernels &
  DirectKernels &
  ProductKernels &
  SumKernels &
  BatchNormKernels &
  MaxPoolKernels &
  MaximaKernels &
  ErfKernels &
  LayerNormKernels;

/** The same sources twice: `relaxed` multiplies and adds in one instruction, which not every engine has. */
const BINARIES = { relaxed: RELAXED, plain: PLAIN };
export type WasmVariant = keyof typeof BINARIES;

/** The first that the engine takes is used. */
const VARIANTS: readonly WasmVariant[] = ['relaxed', 'plain'];

const modules = new WeakMap<object, Map<WasmVariant, WasmKernels | undefined>>();
let allowed = VARIANTS;

/** The module on this backend's heap; undefined where it does not run, such as on a heap that threads share. */
export function wasmKernels(backend: unknown): WasmKernels | undefined {
  for (const variant of allowed) {
    const kernels = started(backend as object, variant);
    if (kernels) return kernels;
  }
  return undefined;
}

/**
 * Of which variants the module may be, none if it is to be left aside: tests and benchmarks compare them with each other, and
 * with what is used in its place. Gives what was allowed before.
 */
export function allowWasmKernels(variants: readonly WasmVariant[]): readonly WasmVariant[] {
  const before = allowed;
  allowed = variants;
  return before;
}

function started(backend: object, variant: WasmVariant): WasmKernels | undefined {
  const known = modules.get(backend) ?? new Map<WasmVariant, WasmKernels | undefined>();
  modules.set(backend, known);
  if (!known.has(variant)) known.set(variant, start(backend, variant));
  return known.get(variant);
}

/** It leans on what the backend keeps to itself, so it shows first that it can compute there. */
function start(backend: unknown, variant: WasmVariant): WasmKernels | undefined {
  try {
    const code = new WebAssembly.Module(unpacked(BINARIES[variant]));
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
