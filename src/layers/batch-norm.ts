import * as tf from '@tensorflow/tfjs-core';
import type { LayerVariable } from '@tensorflow/tfjs-layers';
import { batchNormalize } from '../runtime/batch-norm.js';
import { type CallArguments, isTraining, onlyInput, WeightedLayer } from './weighted-layer.js';

/** As in the original implementations: PyTorch's defaults. */
export const BATCH_NORM_EPSILON = 1e-5;
/** How much of the running statistics a training step keeps: PyTorch's momentum of 0.1. */
const KEPT = 0.9;

/** The variables of a batch normalisation, one value a channel. */
export interface BatchNormVariables {
  readonly gamma: LayerVariable;
  readonly beta: LayerVariable;
  readonly movingMean: LayerVariable;
  readonly movingVariance: LayerVariable;
}

/** x·scale + shift, which a batch normalisation is when its statistics are fixed. */
export function asAffine(norm: BatchNormVariables): { scale: tf.Tensor1D; shift: tf.Tensor1D } {
  const deviation = tf.sqrt(tf.add(norm.movingVariance.read(), BATCH_NORM_EPSILON));
  const scale = tf.div(norm.gamma.read(), deviation) as tf.Tensor1D;
  const shift = tf.sub(norm.beta.read(), tf.mul(norm.movingMean.read(), scale)) as tf.Tensor1D;
  return { scale, shift };
}

/**
 * activation(norm(x + bias)) by the batch's own statistics, over every axis but the last; moves the running ones towards
 * them.
 */
export function normalizeByBatch<T extends tf.Tensor>(
  x: T,
  norm: BatchNormVariables,
  { bias, activation = 'none' }: { readonly bias?: tf.Tensor; readonly activation?: 'relu' | 'none' } = {},
): T {
  const channels = x.shape.at(-1) as number;
  const count = x.size / channels;
  const inputs = {
    x,
    bias: bias ?? tf.zeros([channels]),
    gamma: norm.gamma.read(),
    beta: norm.beta.read(),
  };
  return batchNormalize(inputs, {
    epsilon: BATCH_NORM_EPSILON,
    activation,
    onStatistics: (mean, variance) => {
      moveTowards(norm.movingMean, mean);
      // PyTorch normalises by the biased variance, and keeps the unbiased one.
      moveTowards(norm.movingVariance, tf.mul(variance, count / Math.max(1, count - 1)));
    },
  }) as T;
}

function moveTowards(running: LayerVariable, value: tf.Tensor): void {
  running.write(tf.add(tf.mul(running.read(), KEPT), tf.mul(value, 1 - KEPT)));
}

/** Batch normalisation over the last axis, with PyTorch's running statistics (tfjs's own keeps the biased variance). */
export class BatchNorm extends WeightedLayer {
  static readonly className = 'MusrepBatchNorm';
  private norm!: BatchNormVariables;

  override build(inputShape: number[]): void {
    const channels = [inputShape.at(-1) as number];
    this.norm = {
      gamma: this.ones('gamma', channels),
      beta: this.zeros('beta', channels),
      movingMean: this.zeros('moving_mean', channels, false),
      movingVariance: this.ones('moving_variance', channels, false),
    };
    this.built = true;
  }

  override call(inputs: tf.Tensor | tf.Tensor[], call: CallArguments): tf.Tensor {
    return tf.tidy(() => {
      const x = onlyInput(inputs);
      if (isTraining(this, call)) return normalizeByBatch(x, this.norm);
      const { scale, shift } = asAffine(this.norm);
      return tf.add(tf.mul(x, scale), shift);
    });
  }
}

tf.serialization.registerClass(BatchNorm);
