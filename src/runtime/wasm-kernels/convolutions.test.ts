import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { startWasm, WASM_VARIANTS } from '../../../test/harness/wasm-variant.js';
import { compareWithout } from '../../../test/harness/without-wasm-kernels.js';
import { conv2d, conv2dBias, type Padding } from '../conv2d.js';
import { convRoute } from './conv-routes.js';
import { type ConvSize, convSize } from './conv-size.js';

/** Sizes that cut tiles of outputs, groups of channels and groups of filters. */
const CASES: readonly {
  readonly name: string;
  readonly image: [number, number, number, number];
  readonly kernel: [number, number, number, number];
  readonly padding: Padding;
}[] = [
  { name: '3 × 3', image: [3, 13, 15, 17], kernel: [3, 3, 17, 18], padding: both(1, 1) },
  { name: '3 × 3, whole tiles and groups', image: [2, 24, 16, 24], kernel: [3, 3, 24, 16], padding: both(1, 1) },
  { name: '3 × 3, unpadded', image: [2, 22, 23, 32], kernel: [3, 3, 32, 33], padding: both(0, 0) },
  { name: '3 × 3, more zeros than taps', image: [2, 14, 15, 32], kernel: [3, 3, 32, 33], padding: both(4, 5) },
  {
    name: '4 × 5, padded on one side',
    image: [3, 15, 17, 51],
    kernel: [4, 5, 51, 50],
    padding: [
      [3, 0],
      [0, 4],
    ],
  },
  { name: '2 × 3', image: [2, 32, 14, 68], kernel: [2, 3, 68, 70], padding: both(0, 1) },
  { name: '1 × 3', image: [3, 1, 94, 61], kernel: [1, 3, 61, 62], padding: both(0, 1) },
  { name: '7 × 1', image: [6, 95, 1, 98], kernel: [7, 1, 98, 97], padding: both(3, 0) },
  { name: '38 × 7 on one channel', image: [2, 48, 40, 1], kernel: [38, 7, 1, 51], padding: both(0, 3) },
];

/** Small images: lines of one value and of more, more of them than are taken at a time, rows that are not whole, zeros on one side. */
const DIRECT: readonly {
  readonly image: [number, number, number, number];
  readonly kernel: [number, number, number, number];
  readonly padding: Padding;
  readonly strides: [number, number];
}[] = [
  { image: [2, 60, 45, 1], kernel: [38, 1, 1, 20], padding: both(0, 0), strides: [1, 1] },
  { image: [1, 96, 61, 1], kernel: [67, 7, 1, 8], padding: both(0, 3), strides: [1, 1] },
  { image: [2, 70, 53, 1], kernel: [31, 5, 1, 15], padding: both(4, 2), strides: [2, 3] },
  {
    image: [1, 40, 50, 3],
    kernel: [7, 6, 3, 16],
    padding: [
      [0, 5],
      [4, 0],
    ],
    strides: [3, 1],
  },
];

function both(bands: number, frames: number): Padding {
  return [
    [bands, bands],
    [frames, frames],
  ];
}

describe.each(WASM_VARIANTS)('convolutions on wasm, %s', (variant) => {
  beforeAll(() => startWasm(variant));

  for (const { name, image, kernel, padding } of CASES) {
    it(`equal the backend's own: ${name}`, async () => {
      const [x, filter] = [tf.randomUniform(image, -1, 1, 'float32', 1), tf.randomUniform(kernel, -1, 1, 'float32', 2)];
      const operands = [x, filter] as [tf.Tensor4D, tf.Tensor4D];
      await compare('output', () => conv2d(...operands, padding));
      const weights = tf.randomUniform(conv2d(...operands, padding).shape, -1, 1, 'float32', 3);
      const loss = (image: tf.Tensor, taps: tf.Tensor) =>
        tf.sum(tf.mul(conv2d(image as tf.Tensor4D, taps as tf.Tensor4D, padding), weights)) as tf.Scalar;
      const gradients = tf.grads((image, taps) => loss(image as tf.Tensor, taps as tf.Tensor));
      // The gradient of one channel has too few filters to gain anything.
      if (image[3] > 1) await compare('gradient of the input', () => gradients(operands)[0] as tf.Tensor);
      await compare('gradient of the kernel', () => gradients(operands)[1] as tf.Tensor);
    });
  }

  it('add a bias and rectify', async () => {
    const x = tf.randomUniform([3, 13, 15, 19], -1, 1, 'float32', 1) as tf.Tensor4D;
    const filter = tf.randomUniform([3, 3, 19, 18], -1, 1, 'float32', 2) as tf.Tensor4D;
    const bias = tf.randomUniform([18], -1, 1, 'float32', 3) as tf.Tensor1D;
    for (const activation of ['relu', 'linear'] as const) {
      await compare(activation, () => conv2dBias(x, filter, bias, both(1, 1), activation));
    }
    const y = await conv2dBias(x, filter, bias, both(1, 1), 'relu').data();
    expect(y.every((value) => value >= 0)).toBe(true);
    expect(y.some((value) => value === 0)).toBe(true);
  });

  it('add a bias and rectify with strides, as products of patches', async () => {
    const x = tf.randomUniform([3, 13, 15, 19], -1, 1, 'float32', 1) as tf.Tensor4D;
    const filter = tf.randomUniform([3, 3, 19, 34], -1, 1, 'float32', 2) as tf.Tensor4D;
    const bias = tf.randomUniform([34], -1, 1, 'float32', 3) as tf.Tensor1D;
    for (const activation of ['relu', 'linear'] as const) {
      await compare(activation, () => conv2dBias(x, filter, bias, both(1, 1), activation, [2, 2]));
    }
  });

  for (const { image, kernel, padding, strides } of DIRECT) {
    it(`are computed directly: [${image}] by [${kernel}], strides ${strides}`, async () => {
      const [x, filter] = [tf.randomUniform(image, -1, 1, 'float32', 1), tf.randomUniform(kernel, -1, 1, 'float32', 2)];
      const zeros: [[number, number], ...Padding, [number, number]] = [[0, 0], ...padding, [0, 0]];
      const info = tf.backend_util.computeConv2DInfo(image, kernel, strides, 1, zeros as never);
      expect(convRoute(convSize(info) as ConvSize)).toBe('direct');
      const bias = tf.randomUniform([kernel[3]], -1, 1, 'float32', 3) as tf.Tensor1D;
      for (const activation of ['relu', 'linear'] as const) {
        const operands = [x, filter, bias] as [tf.Tensor4D, tf.Tensor4D, tf.Tensor1D];
        await compare(activation, () => conv2dBias(...operands, padding, activation, strides));
      }
      tf.dispose([x, filter, bias]);
    });
  }

  it('hand NaN and infinity on', async () => {
    const values = await tf.randomUniform([1, 16, 16, 32], -1, 1, 'float32', 1).data();
    values[32 * (8 * 16 + 8)] = Number.NaN;
    const x = tf.tensor4d(values as Float32Array, [1, 16, 16, 32]);
    const filter = tf.randomUniform([3, 3, 32, 32], -1, 1, 'float32', 2) as tf.Tensor4D;
    const y = await conv2dBias(x, filter, tf.zeros([32]), both(1, 1), 'relu').data();
    expect(y.slice(32 * (8 * 16 + 8), 32 * (8 * 16 + 8) + 32).every(Number.isNaN)).toBe(true);
  });

  it('leave no memory behind', () => {
    const x = tf.ones([1, 16, 16, 32]) as tf.Tensor4D;
    const filter = tf.ones([3, 3, 32, 32]) as tf.Tensor4D;
    const before = tf.memory();
    conv2d(x, filter, both(1, 1)).dispose();
    expect(tf.memory()).toMatchObject({ numTensors: before.numTensors, numBytes: before.numBytes });
  });
});

/** Both ways agree to rounding, and the rounding shows that they are two. */
async function compare(what: string, compute: () => tf.Tensor): Promise<void> {
  const { values, reference } = await compareWithout(what, () => tf.tidy(compute));
  expect(values, what).not.toEqual(reference);
}
