/** An array's values, row-major, with its axes in another order. */
export function permuted(values: Float32Array, shape: readonly number[], axes: readonly number[]): Float32Array {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1));
  const sizes = axes.map((axis) => shape[axis] as number);
  const steps = axes.map((axis) => strides[axis] as number);
  const out = new Float32Array(values.length);
  const position = axes.map(() => 0);
  for (let i = 0, from = 0; i < out.length; i++) {
    out[i] = values[from] as number;
    for (let axis = axes.length - 1; axis >= 0; axis--) {
      from += steps[axis] as number;
      position[axis] = (position[axis] as number) + 1;
      if ((position[axis] as number) < (sizes[axis] as number)) break;
      from -= (steps[axis] as number) * (sizes[axis] as number);
      position[axis] = 0;
    }
  }
  return out;
}
