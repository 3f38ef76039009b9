import * as tf from '@tensorflow/tfjs-core';
import type { LayerVariable } from '@tensorflow/tfjs-layers';
import { asAffine, type BatchNormVariables, normalizeByBatch } from './batch-norm.js';
import type { WeightedLayer } from './weighted-layer.js';

/** What follows a convolution. */
export type ConvActivation = 'relu' | 'elu' | 'none';

/** Whether the normalisation comes before the activation, as in most models of the thesis, after it, or not at all. */
export type NormOrder = 'norm-activation' | 'activation-norm' | 'activation';

/** Every {@link NormOrder}. */
export const NORM_ORDERS: readonly NormOrder[] = ['norm-activation', 'activation-norm', 'activation'];

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
  private readonly norm: BatchNormVariables | undefined;

  constructor(
    owner: WeightedLayer,
    private readonly config: ConvUnitConfig,
    private readonly steps: ConvSteps,
  ) {
    const { kernelShape, order, suffix = '' } = config;
    const filters = [kernelShape.at(-1) as number];
    this.kernel = owner.zeros(`conv${suffix}/kernel`, kernelShape);
    this.bias = owner.zeros(`conv${suffix}/bias`, filters);
    if (order !== 'activation') this.norm = normOf(owner, `bn${suffix}`, filters);
  }

  apply(x: tf.Tensor, training: boolean): tf.Tensor {
    const { steps } = this;
    const kernel = this.kernel.read();
    const bias = this.bias.read() as tf.Tensor1D;
    const { norm } = this;
    if (norm === undefined) return steps.pooled(x, kernel, bias);
    if (this.config.order === 'activation-norm') {
      return steps.pool(normalized(steps.activated(x, kernel, bias), norm, training));
    }
    if (training) {
      const { activation } = this.config;
      const isElu = activation === 'elu';
      const y = normalizeByBatch(steps.convolve(x, kernel), norm, { bias, activation: isElu ? 'none' : activation });
      return steps.pool(isElu ? tf.elu(y) : y);
    }
    const { scale, shift } = asAffine(norm);
    return steps.pooled(x, tf.mul(kernel, scale), tf.add(tf.mul(bias, scale), shift) as tf.Tensor1D);
  }
}

function normOf(owner: WeightedLayer, name: string, shape: number[]): BatchNormVariables {
  return {
    gamma: owner.ones(`${name}/gamma`, shape),
    beta: owner.zeros(`${name}/beta`, shape),
    movingMean: owner.zeros(`${name}/moving_mean`, shape, false),
    movingVariance: owner.ones(`${name}/moving_variance`, shape, false),
  };
}

function normalized(y: tf.Tensor, norm: BatchNormVariables, training: boolean): tf.Tensor {
  if (training) return normalizeByBatch(y, norm);
  const { scale, shift } = asAffine(norm);
  return tf.add(tf.mul(y, scale), shift);
}

export function activate<T extends tf.Tensor>(x: T, activation: ConvActivation): T {
  if (activation === 'none') return x;
  return activation === 'relu' ? tf.relu(x) : tf.elu(x);
}
