import * as tf from '@tensorflow/tfjs-core';
import type { LayerVariable } from '@tensorflow/tfjs-layers';
import { type KernelForm, toPoints } from '../runtime/minimal-filtering.js';
import { asAffine, type BatchNormVariables, normalizeByBatch } from './batch-norm.js';
import type { DerivedTensors } from './derived-tensors.js';
import type { WeightedLayer } from './weighted-layer.js';

/** What follows a convolution. */
export type ConvActivation = 'relu' | 'elu' | 'none';

/** Whether the normalisation comes before the activation, as in most models of the thesis, after it, or not at all. */
export type NormOrder = 'norm-activation' | 'activation-norm' | 'activation';

/** Every {@link NormOrder}. */
export const NORM_ORDERS: readonly NormOrder[] = ['norm-activation', 'activation-norm', 'activation'];

/** How a unit computes. */
export interface ConvSteps {
  /** The convolution alone, by a kernel in any form. */
  convolve(x: tf.Tensor, kernel: tf.Tensor): tf.Tensor;
  /** activation(convolution + bias). */
  activated(x: tf.Tensor, kernel: tf.Tensor, bias: tf.Tensor1D): tf.Tensor;
  /** The maximum over neighbours that comes after all, if there is one. */
  readonly pool?: ((y: tf.Tensor) => tf.Tensor) | undefined;
  /** The form of the kernel that is best for this input. */
  formFor(x: tf.Tensor): KernelForm;
}

export interface ConvUnitConfig {
  /** `filters` comes last. */
  readonly kernelShape: number[];
  readonly activation: ConvActivation;
  readonly order?: NormOrder;
  /** Appended to the names of the variables, `conv` and `bn`. */
  readonly suffix?: string;
}

/** What a unit computes with when statistics are fixed. */
type Fixed = {
  readonly kernel: tf.Tensor;
  readonly bias: tf.Tensor1D;
  /** Of a normalisation that follows the activation. */
  readonly scale?: tf.Tensor1D;
  readonly shift?: tf.Tensor1D;
  /** 1, or −1 where the scale is negative. */
  readonly sign?: tf.Tensor1D;
};

/**
 * Convolution, batch normalisation, activation and pooling together. With fixed statistics the normalisation is folded into
 * the kernel, and pooling comes first, so that there is less left to pass over: the maximum of what is increasing is that of
 * its argument. The variables belong to a layer, and bear the original implementations' names: `conv/kernel` … `bn/gamma` ….
 */
export class ConvUnit {
  private readonly kernel: LayerVariable;
  private readonly bias: LayerVariable;
  private readonly norm: BatchNormVariables | undefined;
  private readonly fixed: DerivedTensors<KernelForm, Fixed>;

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
    const sources = [this.kernel, this.bias, ...Object.values<LayerVariable>({ ...this.norm })];
    this.fixed = owner.derive(sources, (form) => {
      const fixed = this.fold();
      return form === 'taps' ? fixed : { ...fixed, kernel: toPoints(fixed.kernel as tf.Tensor4D) };
    });
  }

  apply(x: tf.Tensor, training: boolean): tf.Tensor {
    return training && this.norm ? this.applyInTraining(x, this.norm) : this.applyFixed(x);
  }

  private applyInTraining(x: tf.Tensor, norm: BatchNormVariables): tf.Tensor {
    const { steps } = this;
    const { activation, order } = this.config;
    // Nothing of it will hold after the step, and training needs the room.
    this.fixed.dispose();
    const kernel = this.kernel.read();
    const bias = this.bias.read() as tf.Tensor1D;
    const pool = (y: tf.Tensor) => steps.pool?.(y) ?? y;
    if (order === 'activation-norm') return pool(normalizeByBatch(steps.activated(x, kernel, bias), norm));
    const isElu = activation === 'elu';
    const y = normalizeByBatch(steps.convolve(x, kernel), norm, { bias, activation: isElu ? 'none' : activation });
    return pool(isElu ? tf.elu(y) : y);
  }

  private applyFixed(x: tf.Tensor): tf.Tensor {
    const { steps } = this;
    const { kernel, bias, scale, shift, sign } = this.fixedFor(x);
    if (steps.pool === undefined) {
      const y = steps.activated(x, kernel, bias);
      return scale && shift ? tf.add(tf.mul(y, scale), shift) : y;
    }
    const greatest = tf.add(steps.pool(steps.convolve(x, kernel)), bias);
    const y = activate(sign ? tf.mul(greatest, sign) : greatest, this.config.activation);
    return scale && shift ? tf.add(tf.mul(y, scale), shift) : y;
  }

  private fixedFor(x: tf.Tensor): Fixed {
    const form = this.steps.formFor(x);
    if (this.norm || form === 'points') return this.fixed.read(form);
    return { kernel: this.kernel.read(), bias: this.bias.read() as tf.Tensor1D };
  }

  private fold(): Fixed {
    const kernel = this.kernel.read();
    const bias = this.bias.read() as tf.Tensor1D;
    const unfolded = () => ({ kernel: tf.clone(kernel), bias: tf.clone(bias) });
    if (this.norm === undefined) return unfolded();
    const { scale, shift } = asAffine(this.norm);
    if (this.config.order !== 'activation-norm') return folded(kernel, bias, scale, shift);
    if (this.steps.pool === undefined) return { ...unfolded(), scale, shift };
    // Where the scale is negative the greatest comes from the least: of the negative, which the kernel then gives, the greatest.
    const sign = tf.sub(1, tf.mul(2, tf.step(tf.neg(scale)))) as tf.Tensor1D;
    return { ...folded(kernel, bias, sign), scale, shift, sign };
  }
}

function folded(kernel: tf.Tensor, bias: tf.Tensor1D, scale: tf.Tensor1D, shift?: tf.Tensor1D): Fixed {
  const scaled = tf.mul(bias, scale) as tf.Tensor1D;
  return { kernel: tf.mul(kernel, scale), bias: shift ? tf.add(scaled, shift) : scaled };
}

function normOf(owner: WeightedLayer, name: string, shape: number[]): BatchNormVariables {
  return {
    gamma: owner.ones(`${name}/gamma`, shape),
    beta: owner.zeros(`${name}/beta`, shape),
    movingMean: owner.zeros(`${name}/moving_mean`, shape, false),
    movingVariance: owner.ones(`${name}/moving_variance`, shape, false),
  };
}

export function activate<T extends tf.Tensor>(x: T, activation: ConvActivation): T {
  if (activation === 'none') return x;
  return activation === 'relu' ? tf.relu(x) : tf.elu(x);
}
