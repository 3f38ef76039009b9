import type { Reduction } from '../reductions.js';
import { withRoomOnHeap } from '../wasm-heap.js';

/** Of sums.c. */
export interface SumKernels {
  addUp(x: number, sums: number, outer: number, count: number, inner: number, scale: number, room: number): void;
}

/** Sums that are multiplied by `scale`. */
type ScaledReduction = Pick<Reduction, 'outer' | 'count' | 'inner'> & { readonly scale: number };

export function addUpOnHeap(
  backend: unknown,
  kernels: SumKernels,
  { outer, count, inner, scale }: ScaledReduction,
  { x, sums }: { readonly x: number; readonly sums: number },
): void {
  withRoomOnHeap(backend, { float64: 2 * inner }, ({ float64 }) =>
    kernels.addUp(x, sums, outer, count, inner, scale, float64),
  );
}
