import { withRoomOnHeap } from '../wasm-heap.js';
import { COLUMNS, DEPTH, ROWS, upTo } from './conv-size.js';

/** Of products.c. */
export interface ProductKernels {
  multiply(
    a: number,
    b: number,
    out: number,
    howMany: number,
    numberOfRows: number,
    numberOfInner: number,
    numberOfColumns: number,
    isATransposed: number,
    isBTransposed: number,
    panel: number,
    packed: number,
  ): void;
}

/** `[count, rows, inner]` by `[count, inner, columns]`; what is transposed lies the other way round. */
export interface ProductSize {
  readonly count: number;
  readonly rows: number;
  readonly inner: number;
  readonly columns: number;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

export function multiplyOnHeap(
  backend: unknown,
  kernels: ProductKernels,
  { count, rows, inner, columns, transposeA, transposeB }: ProductSize,
  { a, b, out }: { readonly a: number; readonly b: number; readonly out: number },
): void {
  const depth = Math.min(inner, DEPTH);
  const packed = transposeA ? depth * upTo(rows, ROWS) : 0;
  withRoomOnHeap(backend, { panel: depth * COLUMNS, packed }, (room) => {
    const isTransposed = [Number(transposeA), Number(transposeB)] as const;
    kernels.multiply(a, b, out, count, rows, inner, columns, ...isTransposed, room.panel, room.packed);
  });
}
