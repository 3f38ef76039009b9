import * as tf from '@tensorflow/tfjs-core';
import { conv2d, conv2dBias, type Padding } from '../../src/runtime/conv2d.js';
import { maxOver } from '../../src/runtime/max.js';
import { gelu, multiHeadAttention } from '../../src/runtime/transformer-ops.js';
import * as ref from './nd.js';
import { type Nd, randomNd } from './nd.js';
import { attention, gelu as geluReference } from './reference-blocks.js';

/** A use of tfjs kernels as the library uses them, with what it should give in float64. */
export interface KernelCase {
  readonly name: string;
  readonly inputs: readonly Nd[];
  readonly op: (...inputs: tf.Tensor[]) => tf.Tensor;
  readonly reference: (...inputs: Nd[]) => Nd;
  /** Share of the greatest value by which a result may differ; 1e-5 unless given. */
  readonly tolerance?: number;
  /** Whether the gradient is tested too; true unless given. */
  readonly differentiable?: boolean;
}

const matrix = randomNd('matrix', [5, 7]);
const positive = randomNd('positive', [5, 7], 0.2, 3);
const row = randomNd('row', [7], 0.5, 1.5);
const image = randomNd('image', [2, 9, 8, 3]);
/** Another array: tfjs still needs the one that it gave. */
const reversed = (parts: readonly tf.Tensor[]) => [...parts].reverse();
const features = randomNd('features', [2, 1, 20, 6]);
const bias = randomNd('bias', [4]);
const kernel33 = randomNd('kernel33', [3, 3, 3, 4]);
const kernel17 = randomNd('kernel17', [1, 7, 6, 4]);
const mel = randomNd('mel', [2, 16, 12, 1]);
const tall = randomNd('tall', [11, 7, 1, 5]);
const t4 = (x: tf.Tensor | undefined) => x as tf.Tensor4D;

const elementwise: readonly KernelCase[] = [
  { name: 'add, broadcast', inputs: [matrix, row], op: tf.add, reference: ref.add },
  {
    name: 'subtract, broadcast',
    inputs: [matrix, row],
    op: tf.sub,
    reference: (a, b) => ref.zip(a, b, (x, y) => x - y),
  },
  { name: 'multiply, broadcast', inputs: [matrix, row], op: tf.mul, reference: ref.mul },
  { name: 'divide, broadcast', inputs: [matrix, row], op: tf.div, reference: (a, b) => ref.zip(a, b, (x, y) => x / y) },
  {
    name: 'add of several',
    inputs: [matrix, positive, matrix],
    op: (...x) => tf.addN(x),
    reference: (a, b, c) => ref.add(ref.add(a, b), c),
  },
  { name: 'square', inputs: [matrix], op: tf.square, reference: (x) => ref.map(x, (v) => v * v) },
  { name: 'square root', inputs: [positive], op: tf.sqrt, reference: (x) => ref.map(x, Math.sqrt) },
  {
    name: 'power',
    inputs: [positive],
    op: (x) => tf.pow(x as tf.Tensor, 0.5),
    reference: (x) => ref.map(x, Math.sqrt),
  },
  { name: 'logarithm', inputs: [positive], op: tf.log, reference: (x) => ref.map(x, Math.log) },
  {
    name: 'clip',
    inputs: [matrix],
    op: (x) => tf.clipByValue(x as tf.Tensor, -0.3, 3e38),
    reference: (x) => ref.map(x, (v) => Math.max(-0.3, v)),
  },
  { name: 'relu', inputs: [matrix], op: tf.relu, reference: ref.relu },
  { name: 'sigmoid', inputs: [matrix], op: tf.sigmoid, reference: ref.sigmoid },
  { name: 'hyperbolic tangent', inputs: [matrix], op: tf.tanh, reference: (x) => ref.map(x, Math.tanh) },
  {
    name: 'elu',
    inputs: [matrix],
    op: tf.elu,
    reference: (x) => ref.map(x, (v) => (v > 0 ? v : Math.expm1(v))),
  },
  {
    name: 'sign of what is not negative',
    inputs: [ref.relu(matrix)],
    op: tf.sign,
    reference: (x) => ref.map(x, Math.sign),
    differentiable: false,
  },
  { name: 'absolute value', inputs: [matrix], op: tf.abs, reference: (x) => ref.map(x, Math.abs) },
  { name: 'exponential', inputs: [matrix], op: tf.exp, reference: (x) => ref.map(x, Math.exp) },
  {
    name: 'exact GELU',
    inputs: [randomNd('gelu', [5, 7], -4, 4)],
    op: (x) => gelu(x as tf.Tensor),
    reference: geluReference,
  },
  { name: 'copy', inputs: [matrix], op: tf.clone, reference: (x) => x },
  {
    name: 'dropout that keeps everything',
    inputs: [matrix],
    op: (x) => tf.dropout(x as tf.Tensor, 1e-9, undefined, 1),
    reference: (x) => x,
  },
];

const arrangements: readonly KernelCase[] = [
  {
    name: 'repeat',
    inputs: [randomNd('repeat', [1, 1, 7])],
    op: (x) => tf.tile(x as tf.Tensor, [3, 1, 1]),
    reference: (x) => ref.concat([x, x, x], 0),
  },
  {
    name: 'reshape',
    inputs: [matrix],
    op: (x) => tf.reshape(x as tf.Tensor, [7, 5]),
    reference: (x) => ref.reshape(x, [7, 5]),
  },
  {
    name: 'one more axis',
    inputs: [matrix],
    op: (x) => tf.expandDims(x as tf.Tensor, 1),
    reference: (x) => ref.reshape(x, [5, 1, 7]),
  },
  {
    name: 'one axis less',
    inputs: [features],
    op: (x) => tf.squeeze(x as tf.Tensor, [1]),
    reference: (x) => ref.reshape(x, [2, 20, 6]),
  },
  {
    name: 'transpose',
    inputs: [image],
    op: (x) => tf.transpose(x as tf.Tensor, [3, 1, 2, 0]),
    reference: (x) => ref.transpose(x, [3, 1, 2, 0]),
  },
  {
    name: 'slice',
    inputs: [image],
    op: (x) => tf.slice(x as tf.Tensor, [0, 2, 1, 0], [2, 5, 6, 3]),
    reference: (x) => ref.slice(x, [0, 2, 1, 0], [2, 5, 6, 3]),
  },
  {
    name: 'zero padding',
    inputs: [matrix],
    op: (x) =>
      tf.pad(x as tf.Tensor, [
        [1, 2],
        [0, 3],
      ]),
    reference: (x) =>
      ref.pad(x, [
        [1, 2],
        [0, 3],
      ]),
  },
  { name: 'reverse', inputs: [matrix], op: (x) => tf.reverse(x as tf.Tensor, 1), reference: (x) => ref.reverse(x, 1) },
  {
    name: 'concatenate, last axis',
    inputs: [matrix, positive],
    op: (...x) => tf.concat(x, 1),
    reference: (...x) => ref.concat(x, 1),
  },
  {
    name: 'one by one along an axis, and together again',
    inputs: [image],
    op: (x) => tf.stack(reversed(tf.unstack(x as tf.Tensor, 1)), 1),
    reference: (x) => ref.reverse(x, 1),
  },
  {
    name: 'parts, in another order',
    inputs: [matrix],
    op: (x) => tf.concat(reversed(tf.split(x as tf.Tensor, [5, 2], 1)), 1),
    reference: (x) => ref.concat([ref.slice(x, [0, 5], [5, 2]), ref.slice(x, [0, 0], [5, 5])], 1),
  },
  {
    name: 'concatenate, first axis',
    inputs: [matrix, positive],
    op: (...x) => tf.concat(x, 0),
    reference: (...x) => ref.concat(x, 0),
  },
];

const reductions: readonly KernelCase[] = [
  {
    name: 'sum of all',
    inputs: [image],
    op: (x) => tf.sum(x as tf.Tensor),
    reference: (x) => ref.reduce(x, [0, 1, 2, 3], ref.sumOf),
  },
  {
    name: 'sum of leading axes',
    inputs: [image],
    op: (x) => tf.sum(x as tf.Tensor, [0, 1, 2]),
    reference: (x) => ref.reduce(x, [0, 1, 2], ref.sumOf),
  },
  {
    name: 'mean of one axis',
    inputs: [image],
    op: (x) => tf.mean(x as tf.Tensor, 1),
    reference: (x) => ref.reduce(x, [1], ref.meanOf),
  },
  {
    name: 'mean of leading axes',
    inputs: [image],
    op: (x) => tf.mean(x as tf.Tensor, [0, 1, 2]),
    reference: (x) => ref.reduce(x, [0, 1, 2], ref.meanOf),
  },
  {
    name: 'maximum of one axis',
    inputs: [image],
    op: (x) => maxOver(x as tf.Tensor, [1]),
    reference: (x) => ref.reduce(x, [1], (v) => Math.max(...v)),
  },
  {
    name: 'maximum of the first axis',
    inputs: [image],
    op: (x) => maxOver(x as tf.Tensor, [0]),
    reference: (x) => ref.reduce(x, [0], (v) => Math.max(...v)),
  },
  {
    name: 'maximum among equals',
    inputs: [randomNd('shifts', [4])],
    // Every value stands three times: the gradient of their maximum is theirs together.
    op: (x) => maxOver(tf.add(tf.zeros([3, 4]), x as tf.Tensor), [0, 1]),
    reference: (x) => ref.reduce(x, [0], (v) => Math.max(...v)),
  },
  { name: 'variance', inputs: [image], op: (x) => tf.moments(x as tf.Tensor, [0, 1, 2]).variance, reference: variance },
];

const products: readonly KernelCase[] = [
  {
    // More than 48 inside: there wasm's own fused product goes wrong.
    name: 'attention of several heads',
    inputs: ['q', 'k', 'v'].map((name) => randomNd(name, [2, 5, 108])),
    op: (q, k, v) => multiHeadAttention(q as tf.Tensor3D, k as tf.Tensor3D, v as tf.Tensor3D, 2),
    reference: (q, k, v) => attention(q, k, v, 2),
  },
  {
    name: 'matrix product',
    inputs: [matrix, randomNd('right', [7, 6])],
    op: (a, b) => tf.matMul(a as tf.Tensor2D, b as tf.Tensor2D),
    reference: ref.matMul,
  },
  {
    name: 'matrix product, more than one block deep',
    inputs: [randomNd('wide', [3, 130]), randomNd('long', [130, 4])],
    op: (a, b) => tf.matMul(a as tf.Tensor2D, b as tf.Tensor2D),
    reference: ref.matMul,
  },
  {
    name: 'dense layer',
    inputs: [randomNd('wide', [3, 130]), randomNd('long', [130, 4]), bias],
    op: (a, b, c) => tf.fused.matMul({ a: a as tf.Tensor, b: b as tf.Tensor, bias: c as tf.Tensor }),
    reference: (a, b, c) => ref.add(ref.matMul(a, b), c),
  },
];

/** An image with zeros around it: as many on each side, by axis. */
const framed = (x: Nd, rows: readonly [number, number], columns: readonly [number, number]) =>
  ref.pad(x, [[0, 0], rows, columns, [0, 0]]);
const inFrames = (sides: number): Padding => [
  [0, 0],
  [sides, sides],
];
/** With zeros before and after in time, as the library pads. */
const inTime = (x: Nd, sides: number) => framed(x, [0, 0], [sides, sides]);

const convolutions: readonly KernelCase[] = [
  {
    name: 'convolution, padded in time',
    inputs: [image, kernel33],
    op: (x, k) => conv2d(t4(x), t4(k), inFrames(1)),
    reference: (x, k) => ref.conv2d(inTime(x, 1), k),
  },
  // Strides are the business of the filter gradient that the library registers for wasm.
  ...(['1,1', '2,2', '3,1', '2,3'] as const).map((text) => {
    const strides = text.split(',').map(Number) as [number, number];
    return {
      name: `convolution, strides ${text}`,
      inputs: [image, kernel33],
      op: (x?: tf.Tensor, k?: tf.Tensor) => tf.conv2d(t4(x), t4(k), strides, 'valid'),
      reference: (x: Nd, k: Nd) => ref.conv2d(x, k, strides),
    };
  }),
  {
    name: 'convolution, stride 2, padded by tfjs',
    inputs: [image, kernel33],
    op: (x, k) => tf.conv2d(t4(x), t4(k), 2, 'same'),
    // For 9 × 8 and a kernel of 3, TensorFlow's `same` pads (1, 1) and (0, 1).
    reference: (x, k) => ref.conv2d(framed(x, [1, 1], [0, 1]), k, [2, 2]),
  },
  {
    name: 'convolution, bias and relu in one',
    inputs: [features, kernel17, bias],
    op: (x, k, b) => conv2dBias(t4(x), t4(k), b as tf.Tensor1D, inFrames(3), 'relu'),
    reference: (x, k, b) => ref.relu(ref.add(ref.conv2d(inTime(x, 3), k), b)),
  },
  {
    name: 'convolution, bias, padded as TensorFlow pads an even kernel',
    inputs: [image, randomNd('kernel24', [2, 4, 3, 4]), bias],
    op: (x, k, b) =>
      conv2dBias(
        t4(x),
        t4(k),
        b as tf.Tensor1D,
        [
          [0, 1],
          [1, 2],
        ],
        'linear',
      ),
    reference: (x, k, b) => ref.add(ref.conv2d(framed(x, [0, 1], [1, 2]), k), b),
  },
  {
    name: 'filters tall in bands',
    inputs: [mel, tall],
    op: (x, k) => conv2d(t4(x), t4(k), inFrames(3)),
    reference: (x, k) => ref.conv2d(inTime(x, 3), k),
  },
];

const negative = randomNd('negative', [2, 9, 8, 3], -3, -0.1);

const poolings: readonly KernelCase[] = [
  // Windows whose greatest value is negative, a rest that is dropped, and windows that overlap.
  ...(
    [
      ['2,4', '2,4'],
      ['1,4', '2,2'],
      ['3,2', '1,2'],
    ] as const
  ).map(([size, strides]) => {
    const [pool, stride] = [size, strides].map((text) => text.split(',').map(Number)) as [
      [number, number],
      [number, number],
    ];
    return {
      name: `max-pooling ${size}, strides ${strides}`,
      inputs: [negative],
      op: (x?: tf.Tensor) => tf.maxPool(t4(x), pool, stride, 'valid'),
      reference: (x: Nd) => ref.maxPool(x, pool, stride),
    };
  }),
];

function variance(x: Nd): Nd {
  const mean = ref.reduce(x, [0, 1, 2], ref.meanOf);
  const squares = ref.map(
    ref.zip(x, mean, (a, b) => a - b),
    (v) => v * v,
  );
  return ref.reduce(squares, [0, 1, 2], ref.meanOf);
}

/** Every use of a tfjs kernel in the library; a kernel that is used and not run here fails the tests. */
export const KERNEL_CASES: readonly KernelCase[] = [
  ...elementwise,
  ...arrangements,
  ...reductions,
  ...products,
  ...convolutions,
  ...poolings,
];
