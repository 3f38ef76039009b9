import { withRoomOnHeap } from '../wasm-heap.js';

/** Of sums.c. */
export interface SumKernels {
  addUp(x: number, sums: number, outer: number, count: number, inner: number, scale: number, room: number): void;
}

/** A reduction `[outer, count, inner]` → `[outer, inner]`. */
export interface Reduction {
  readonly outer: number;
  /** How many values make a sum. */
  readonly count: number;
  readonly inner: number;
  /** What the sums are multiplied by. */
  readonly scale: number;
}

export function addUpOnHeap(
  backend: unknown,
  kernels: SumKernels,
  { outer, count, inner, scale }: Reduction,
  { x, sums }: { readonly x: number; readonly sums: number },
): void {
  withRoomOnHeap(backend, { float64: 2 * inner }, ({ float64 }) =>
    kernels.addUp(x, sums, outer, count, inner, scale, float64),
  );
}
