import { unpacked } from '../core/packed-bytes.js';
import { WASM } from './dot-products-wasm.js';

/** Dot products of a signal with rows of filter taps. All lie on one heap, and places are indices into it. */
export interface DotProducts {
  readonly heap: Float32Array;
  /**
   * `count` products with the `taps` taps from `row` on, a multiple of four: of what begins at `signal`, at `signal + step`
   * and so on. They go to `out`, `out + stride` and so on.
   */
  dots(signal: number, step: number, row: number, taps: number, out: number, stride: number, count: number): void;
}

/** With a heap of `length` numbers: four at a time where the engine can, one at a time otherwise. */
export function dotProducts(length: number): DotProducts {
  return simdDotProducts(length) ?? plainDotProducts(length);
}

const PAGE_BYTES = 65_536;
/** Compiled once, at the first use. */
let compiled: WebAssembly.Module | undefined;

/** By WebAssembly; undefined where that lacks SIMD, or a page forbids it. */
export function simdDotProducts(length: number): DotProducts | undefined {
  try {
    compiled ??= new WebAssembly.Module(unpacked(WASM));
    const memory = new WebAssembly.Memory({ initial: Math.ceil((4 * length) / PAGE_BYTES) });
    const { exports } = new WebAssembly.Instance(compiled, { env: { memory } });
    const dots = exports.dots as DotProducts['dots'];
    return {
      heap: new Float32Array(memory.buffer),
      // A pointer counts bytes.
      dots: (signal, step, row, taps, out, stride, count) =>
        dots(4 * signal, step, 4 * row, taps, 4 * out, stride, count),
    };
  } catch {
    return undefined;
  }
}

export function plainDotProducts(length: number): DotProducts {
  const heap = new Float32Array(length);
  return {
    heap,
    dots(signal, step, row, taps, out, stride, count) {
      for (let i = 0; i < count; i++) {
        const at = signal + i * step;
        let sum = 0;
        for (let k = 0; k < taps; k++) sum += (heap[at + k] as number) * (heap[row + k] as number);
        heap[out + i * stride] = sum;
      }
    },
  };
}
