import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, it } from 'vitest';
import { BatchNorm } from '../../src/layers/batch-norm.js';
import { requireClose } from '../harness/compare.js';
import { AVAILABLE, ON_BACKEND, startBackend } from '../harness/tfjs-backend.js';

describe.skipIf(!AVAILABLE)(`batch norm ${ON_BACKEND}`, () => {
  beforeAll(startBackend);

  // PyTorch 2.13, BatchNorm1d(2) after one step on [[1, 4], [2, 8], [6, 0]] from running mean 0 and variance 1.
  it('moves its running statistics as PyTorch does', async () => {
    const layer = new BatchNorm({ name: 'bn' });
    const x = tf.tensor2d([1, 4, 2, 8, 6, 0], [3, 2]);
    const y = tf.tidy(() => layer.apply(x, { training: true }) as tf.Tensor);
    const [, , mean, variance] = layer.getWeights() as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
    requireClose('running mean', await mean.data(), [0.3, 0.4], 1e-6);
    requireClose('running variance', await variance.data(), [1.6, 2.5], 1e-6);
    tf.dispose([x, y]);
    layer.dispose();
  });
});
