import * as tf from '@tensorflow/tfjs-core';
import type { LayerVariable } from '@tensorflow/tfjs-layers';
import { asAffine, type BatchNormVariables, normalizeByBatch } from './batch-norm.js';
import type { WeightedLayer } from './weighted-layer.js';

/** What follows a convolution. */
export type ConvActivation = 'relu' | 'elu' | 'none';

/** Whether the normalisation comes before the activation, as in the thesis, or after it. */
export type NormOrder = 'norm-activation' | 'activation-norm';

/** How a unit computes. */
export interface ConvSteps {
  /** The convolution alone. */
  convolve(x: tf.Tensor, kernel: tf.Tensor): tf.Tensor;
  /** activation(convolution + bias). */
  activated(x: tf.Tensor, kernel: tf.Tensor, bias: tf.Tensor1D): tf.Tensor;
  /** What comes after all. */
  pool(y: tf.Tensor): tf.Tensor;
  /** The same as `pool(activated(…))`. */
  pooled(x: tf.Tensor, kernel: tf.Tensor, bias: tf.Tensor1D): tf.Tensor;
}

export interface ConvUnitConfig {
  /** `filters` comes last. */
  readonly kernelShape: number[];
  readonly activation: ConvActivation;
  readonly order?: NormOrder;
  /** Appended to the names of the variables, `conv` and `bn`. */
  readonly suffix?: string;
}

/**
 * Convolution, batch normalisation and activation together, so that the normalisation can be folded into the kernel when
 * its statistics are fixed: one pass over the output instead of three. Its variables belong to a layer, and bear the
 * original implementations' names: `conv/kernel` … `bn/gamma` ….
 */
export class ConvUnit {
  private readonly kernel: LayerVariable;
  private readonly bias: LayerVariable;
  private readonly norm: BatchNormVariables;

  constructor(
    owner: WeightedLayer,
    private readonly config: ConvUnitConfig,
    private readonly steps: ConvSteps,
  ) {
    const { kernelShape, suffix = '' } = config;
    const filters = [kernelShape.at(-1) as number];
    this.kernel = owner.zeros(`conv${suffix}/kernel`, kernelShape);
    this.bias = owner.zeros(`conv${suffix}/bias`, filters);
    this.norm = {
      gamma: owner.ones(`bn${suffix}/gamma`, filters),
      beta: owner.zeros(`bn${suffix}/beta`, filters),
      movingMean: owner.zeros(`bn${suffix}/moving_mean`, filters, false),
      movingVariance: owner.ones(`bn${suffix}/moving_variance`, filters, false),
    };
  }

  apply(x: tf.Tensor, training: boolean): tf.Tensor {
    const { steps } = this;
    const kernel = this.kernel.read();
    const bias = this.bias.read() as tf.Tensor1D;
    if (this.config.order === 'activation-norm') {
      return steps.pool(this.normalized(steps.activated(x, kernel, bias), training));
    }
    if (training) {
      const normalized = this.normalized(tf.add(steps.convolve(x, kernel), bias), true);
      return steps.pool(activate(normalized, this.config.activation));
    }
    const { scale, shift } = asAffine(this.norm);
    return steps.pooled(x, tf.mul(kernel, scale), tf.add(tf.mul(bias, scale), shift) as tf.Tensor1D);
  }

  private normalized(y: tf.Tensor, training: boolean): tf.Tensor {
    if (training) return normalizeByBatch(y, this.norm);
    const { scale, shift } = asAffine(this.norm);
    return tf.add(tf.mul(y, scale), shift);
  }
}

export function activate<T extends tf.Tensor>(x: T, activation: ConvActivation): T {
  if (activation === 'none') return x;
  return activation === 'relu' ? tf.relu(x) : tf.elu(x);
}
