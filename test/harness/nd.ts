import { uniforms } from '../../src/core/random.js';

/** An array of float64 in row-major order: the references compute with these, in plain loops. */
export interface Nd {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

const sizeOf = (shape: readonly number[]) => shape.reduce((product, size) => product * size, 1);

/** Calls back with each index of a shape, in order. */
function eachIndex(shape: readonly number[], visit: (index: number[], flat: number) => void): void {
  const index = shape.map(() => 0);
  const size = sizeOf(shape);
  for (let flat = 0; flat < size; flat++) {
    visit(index, flat);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis] = (index[axis] as number) + 1;
      if ((index[axis] as number) < (shape[axis] as number)) break;
      index[axis] = 0;
    }
  }
}

const flatOf = (shape: readonly number[], index: readonly number[]) =>
  shape.reduce((flat, size, axis) => flat * size + (index[axis] as number), 0);

export function nd(shape: readonly number[], valueAt: (index: readonly number[], flat: number) => number): Nd {
  const data = new Float64Array(sizeOf(shape));
  eachIndex(shape, (index, flat) => {
    data[flat] = valueAt(index, flat);
  });
  return { shape, data };
}

export function fromValues(shape: readonly number[], values: ArrayLike<number>): Nd {
  return { shape, data: Float64Array.from(values) };
}

/** Uniform on [low, high), rounded to float32 so that every side starts from the same numbers. */
export function randomNd(name: string, shape: readonly number[], low = -1, high = 1): Nd {
  const draws = uniforms(name, 1, sizeOf(shape));
  return { shape, data: draws.map((u) => Math.fround(low + (high - low) * u)) };
}

export const at = (x: Nd, index: readonly number[]): number => x.data[flatOf(x.shape, index)] as number;

export const map = (x: Nd, f: (value: number) => number): Nd => ({ shape: x.shape, data: x.data.map(f) });

export const reshape = (x: Nd, shape: readonly number[]): Nd => ({ shape, data: x.data });

/** Elementwise with NumPy's broadcasting. */
export function zip(a: Nd, b: Nd, f: (a: number, b: number) => number): Nd {
  const rank = Math.max(a.shape.length, b.shape.length);
  const wide = (x: Nd) => [...Array(rank - x.shape.length).fill(1), ...x.shape] as number[];
  const [shapeA, shapeB] = [wide(a), wide(b)];
  const shape = shapeA.map((size, axis) => Math.max(size, shapeB[axis] as number));
  const pick = (sizes: number[], index: readonly number[]) => index.map((i, axis) => (sizes[axis] === 1 ? 0 : i));
  return nd(shape, (index) =>
    f(a.data[flatOf(shapeA, pick(shapeA, index))] as number, b.data[flatOf(shapeB, pick(shapeB, index))] as number),
  );
}

export const add = (a: Nd, b: Nd): Nd => zip(a, b, (x, y) => x + y);
export const mul = (a: Nd, b: Nd): Nd => zip(a, b, (x, y) => x * y);
export const relu = (x: Nd): Nd => map(x, (value) => Math.max(0, value));
export const sigmoid = (x: Nd): Nd => map(x, (value) => 1 / (1 + Math.exp(-value)));

export function transpose(x: Nd, axes: readonly number[]): Nd {
  const shape = axes.map((axis) => x.shape[axis] as number);
  return nd(shape, (index) => {
    const from = x.shape.map(() => 0);
    axes.forEach((axis, i) => {
      from[axis] = index[i] as number;
    });
    return at(x, from);
  });
}

export function slice(x: Nd, begin: readonly number[], size: readonly number[]): Nd {
  return nd(size, (index) =>
    at(
      x,
      index.map((i, axis) => i + (begin[axis] as number)),
    ),
  );
}

export function pad(x: Nd, paddings: readonly (readonly [number, number])[]): Nd {
  const shape = x.shape.map((size, axis) => size + (paddings[axis]?.[0] ?? 0) + (paddings[axis]?.[1] ?? 0));
  return nd(shape, (index) => {
    const from = index.map((i, axis) => i - (paddings[axis]?.[0] ?? 0));
    return from.every((i, axis) => i >= 0 && i < (x.shape[axis] as number)) ? at(x, from) : 0;
  });
}

export function reverse(x: Nd, axis: number): Nd {
  return nd(x.shape, (index) => at(x, index.with(axis, (x.shape[axis] as number) - 1 - (index[axis] as number))));
}

export function concat(parts: readonly Nd[], axis: number): Nd {
  const first = parts[0] as Nd;
  const total = parts.reduce((sum, part) => sum + (part.shape[axis] as number), 0);
  return nd(first.shape.with(axis, total), (index) => {
    let i = index[axis] as number;
    for (const part of parts) {
      if (i < (part.shape[axis] as number)) return at(part, index.with(axis, i));
      i -= part.shape[axis] as number;
    }
    return Number.NaN;
  });
}

/** Reduces over axes, which vanish, unless kept with size 1. */
export function reduce(x: Nd, axes: readonly number[], f: (values: number[]) => number, keep = false): Nd {
  const shape = x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
  const over = x.shape.map((size, axis) => (axes.includes(axis) ? size : 1));
  const reduced = nd(shape, (index) => {
    const values: number[] = [];
    eachIndex(over, (inner) =>
      values.push(
        at(
          x,
          index.map((i, axis) => i + (inner[axis] as number)),
        ),
      ),
    );
    return f(values);
  });
  return keep
    ? reduced
    : reshape(
        reduced,
        shape.filter((_, axis) => !axes.includes(axis)),
      );
}

export const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
export const meanOf = (values: readonly number[]): number => sumOf(values) / values.length;

export function matMul(a: Nd, b: Nd): Nd {
  const [rows, inner] = a.shape as [number, number];
  return nd([rows, b.shape[1] as number], ([i, j]) => {
    let sum = 0;
    for (let k = 0; k < inner; k++) sum += at(a, [i as number, k]) * at(b, [k, j as number]);
    return sum;
  });
}

/** `[batch, row, column, in]` by `[height, width, in, out]`, no padding. */
export function conv2d(x: Nd, kernel: Nd, [strideY, strideX]: readonly [number, number] = [1, 1]): Nd {
  const [batch, rows, columns, inputs] = x.shape as [number, number, number, number];
  const [height, width, , outputs] = kernel.shape as [number, number, number, number];
  const shape = [
    batch,
    Math.floor((rows - height) / strideY) + 1,
    Math.floor((columns - width) / strideX) + 1,
    outputs,
  ];
  return nd(shape, ([b, y, c, o]) => {
    let sum = 0;
    for (let i = 0; i < height; i++) {
      for (let j = 0; j < width; j++) {
        const from = flatOf(x.shape, [b as number, (y as number) * strideY + i, (c as number) * strideX + j, 0]);
        const by = flatOf(kernel.shape, [i, j, 0, o as number]);
        for (let k = 0; k < inputs; k++)
          sum += (x.data[from + k] as number) * (kernel.data[by + k * outputs] as number);
      }
    }
    return sum;
  });
}

/** `[batch, row, column, channel]`; what a last window does not fill is dropped. */
export function maxPool(
  x: Nd,
  [height, width]: readonly [number, number],
  [strideY, strideX]: readonly [number, number],
): Nd {
  const [batch, rows, columns, channels] = x.shape as [number, number, number, number];
  const shape = [
    batch,
    Math.floor((rows - height) / strideY) + 1,
    Math.floor((columns - width) / strideX) + 1,
    channels,
  ];
  return nd(shape, ([b, y, c, channel]) => {
    const window: number[] = [];
    for (let i = 0; i < height * width; i++) {
      const row = (y as number) * strideY + Math.floor(i / width);
      const column = (c as number) * strideX + (i % width);
      window.push(at(x, [b as number, row, column, channel as number]));
    }
    return Math.max(...window);
  });
}
