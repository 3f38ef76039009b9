import * as tf from '@tensorflow/tfjs-core';
import type { KernelCall } from './replace-kernel.js';

/** A reduction `[outer, count, inner]` → `[outer, inner]`. */
export interface Reduction {
  readonly outer: number;
  /** How many values become one. */
  readonly count: number;
  readonly inner: number;
  /** Of the output as tfjs wants it. */
  readonly shape: readonly number[];
}

/** What tfjs asks of a kernel that reduces floats over neighbouring axes; undefined for another kind. */
export function reductionOf(
  { inputs, attrs }: KernelCall,
  nameOfAxes: 'axis' | 'reductionIndices',
): Reduction | undefined {
  const { x } = inputs as { x: tf.TensorInfo };
  const { keepDims, [nameOfAxes]: axis } = attrs as unknown as tf.SumAttrs & tf.MaxAttrs;
  const axes = tf.util.parseAxisParam(axis, x.shape).sort((a, b) => a - b);
  const areNeighbours = axes.every((one, i) => one === (axes[0] as number) + i);
  if (x.dtype !== 'float32' || axes.length === 0 || !areNeighbours) return undefined;
  const [left] = tf.backend_util.computeOutAndReduceShapes(x.shape, axes);
  const [first, last] = [axes[0] as number, (axes.at(-1) as number) + 1];
  const parts = [x.shape.slice(0, first), x.shape.slice(first, last), x.shape.slice(last)];
  const [outer, count, inner] = parts.map((part) => tf.util.sizeFromShape(part)) as [number, number, number];
  return { outer, count, inner, shape: keepDims ? tf.backend_util.expandShapeToKeepDim(left, axes) : left };
}
