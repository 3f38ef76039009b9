import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { ConvNorm1D, ConvNorm2D } from '../../src/layers/conv-norm.js';
import { activate, NORM_ORDERS } from '../../src/layers/conv-unit.js';
import { convolveByPoints, kernelFormFor, toPoints } from '../../src/runtime/minimal-filtering.js';
import { requireClose } from '../harness/compare.js';
import { AVAILABLE, ON_BACKEND, startBackend } from '../harness/tfjs-backend.js';

const uniform = (shape: number[], seed: number) => tf.randomUniform(shape, -1, 1, 'float32', seed);

/** Fails unless two ways of computing agree within a share of the greatest value. */
async function requireEqual(what: string, compute: () => tf.Tensor, reference: () => tf.Tensor, share = 1e-5) {
  const [y, expected] = [tf.tidy(compute), tf.tidy(reference)];
  expect(y.shape).toEqual(expected.shape);
  requireClose(what, await y.data(), await expected.data(), share);
  tf.dispose([y, expected]);
}

describe.skipIf(!AVAILABLE)(`convolutions by points ${ON_BACKEND}`, () => {
  beforeAll(startBackend);

  for (const shape of [
    [1, 8, 12, 4],
    [3, 5, 7, 3],
    [2, 1, 2, 5],
    // More tiles than are computed at a time: in one image, and in several.
    [1, 131, 130, 1],
    [5, 61, 63, 2],
  ]) {
    it(`equal tfjs's: [${shape}]`, async () => {
      const x = uniform(shape, 1) as tf.Tensor4D;
      const kernel = uniform([3, 3, shape.at(-1) as number, 6], 2) as tf.Tensor4D;
      const tensors = tf.memory().numTensors;
      await requireEqual(
        'outputs',
        () => convolveByPoints(x, toPoints(kernel)),
        () => tf.conv2d(x, kernel, 1, 'same'),
      );
      expect(tf.memory().numTensors).toBe(tensors);
      tf.dispose([x, kernel]);
    });
  }

  it('are taken where they pay, and never while tfjs differentiates', () => {
    const isNative = tf.getBackend() === 'tensorflow';
    const large = () => kernelFormFor([1, 64, 115, 128], [3, 3, 128, 128]);
    expect(large()).toBe(isNative ? 'points' : 'taps');
    expect(kernelFormFor([1, 8, 8, 128], [3, 3, 128, 128])).toBe('taps');
    expect(kernelFormFor([1, 64, 115, 128], [5, 5, 128, 128])).toBe('taps');
    expect(kernelFormFor([1, 64, 115, 1], [3, 3, 1, 128])).toBe('taps');
    const x = tf.scalar(2);
    tf.tidy(() =>
      tf.grad((one) => {
        expect(large()).toBe('taps');
        return tf.square(one);
      })(x),
    );
    x.dispose();
  });
});

describe.skipIf(!AVAILABLE)(`convolution, batch norm, activation and pooling ${ON_BACKEND}`, () => {
  beforeAll(startBackend);

  for (const order of NORM_ORDERS) {
    for (const activation of ['relu', 'elu', 'none'] as const) {
      it(`are one layer that equals the steps: ${order}, ${activation}`, async () => {
        const pooling = { size: [2, 3], strides: [2, 2] };
        const layer = new ConvNorm2D({ name: 'layer', filters: 6, kernelSize: [3, 3], order, activation, pooling });
        const x = uniform([2, 9, 8, 3], 1);
        const y = layer.apply(x) as tf.Tensor;
        expect(layer.computeOutputShape(x.shape)).toEqual(y.shape);
        y.dispose();
        await unsettle(layer);
        const steps = () => {
          const [kernel, bias, ...norm] = layer.getWeights() as [tf.Tensor4D, ...tf.Tensor[]];
          const convolved = tf.add(tf.conv2d(x as tf.Tensor4D, kernel, 1, 'same'), bias as tf.Tensor);
          const active = (z: tf.Tensor) => activate(z, activation);
          const all =
            order === 'activation-norm' ? normalized(active(convolved), norm) : active(normalized(convolved, norm));
          return tf.maxPool(all as tf.Tensor4D, [2, 3], 2, 'valid');
        };
        await requireEqual('outputs', () => layer.apply(x) as tf.Tensor, steps);
        // What is folded follows the weights.
        await unsettle(layer, 5);
        await requireEqual('outputs of other weights', () => layer.apply(x) as tf.Tensor, steps);
        x.dispose();
        layer.dispose();
      });
    }
  }

  it('pool sequences alike', async () => {
    const layer = new ConvNorm1D({ name: 'layer', filters: 4, kernelSize: 3, pooling: { size: [3], strides: [2] } });
    const x = uniform([2, 10, 3], 1);
    expect(layer.computeOutputShape(x.shape)).toEqual([2, 4, 4]);
    (layer.apply(x) as tf.Tensor).dispose();
    await unsettle(layer);
    await requireEqual(
      'outputs',
      () => layer.apply(x) as tf.Tensor,
      () => {
        const [kernel, bias, ...norm] = layer.getWeights() as [tf.Tensor3D, ...tf.Tensor[]];
        const convolved = tf.add(tf.conv1d(x as tf.Tensor3D, kernel, 1, 'same'), bias as tf.Tensor);
        const image = tf.expandDims(tf.relu(normalized(convolved, norm)), 1) as tf.Tensor4D;
        return tf.squeeze(tf.maxPool(image, [1, 3], [1, 2], 'valid'), [1]);
      },
    );
    x.dispose();
    layer.dispose();
  });

  it('give gradients to their weights with fixed statistics, and keep nothing once disposed of', async () => {
    const before = tf.memory();
    const layer = new ConvNorm2D({ name: 'layer', filters: 2, kernelSize: [3, 3] });
    const x = uniform([1, 4, 4, 1], 1);
    const sum = () => tf.tidy(() => tf.sum(layer.apply(x) as tf.Tensor) as tf.Scalar);
    sum().dispose();
    await unsettle(layer);
    const { numTensors } = tf.memory();
    for (let i = 0; i < 3; i++) sum().dispose();
    expect(tf.memory().numTensors).toBe(numTensors);
    const variables = layer.trainableWeights.map((weight) => weight.read() as tf.Variable);
    const { value, grads } = tf.variableGrads(sum, variables);
    expect(Object.values(grads)).toHaveLength(4);
    for (const gradient of Object.values(grads)) {
      expect(Math.max(...[...(await gradient.data())].map(Math.abs))).toBeGreaterThan(1e-3);
    }
    tf.dispose([value, ...Object.values(grads), x]);
    layer.dispose();
    const { numTensors: left, numDataBuffers } = tf.memory();
    expect({ left, numDataBuffers }).toEqual({ left: before.numTensors, numDataBuffers: before.numDataBuffers });
  });
});

/** Weights of any sign, variances above 0. */
async function unsettle(layer: ConvNorm2D | ConvNorm1D, seed = 2): Promise<void> {
  const weights = tf.tidy(() =>
    layer.weights.map((weight, i) => {
      const values = uniform(weight.shape as number[], seed + i);
      return weight.originalName.endsWith('variance') ? tf.add(tf.abs(values), 0.1) : values;
    }),
  );
  layer.setWeights(weights);
  tf.dispose(weights);
}

function normalized(y: tf.Tensor, norm: tf.Tensor[]): tf.Tensor {
  if (norm.length === 0) return y;
  const [gamma, beta, mean, variance] = norm as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
  return tf.add(tf.mul(tf.div(tf.sub(y, mean), tf.sqrt(tf.add(variance, 1e-5))), gamma), beta);
}
