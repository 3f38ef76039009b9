import * as tf from '@tensorflow/tfjs-core';
import type { LayerVariable } from '@tensorflow/tfjs-layers';
import { bandAxis, bandConv2d, conv2d, conv2dBias, type Padding } from '../runtime/conv2d.js';
import { maxOver } from '../runtime/max.js';
import { asAffine, type BatchNormVariables, normalizeByBatch } from './batch-norm.js';
import { type CallArguments, onlyInput, WeightedLayer } from './weighted-layer.js';

/** What follows a convolution. */
export type ConvActivation = 'relu' | 'elu' | 'none';

/** Whether the normalisation comes before the activation, as in the thesis, or after it. */
export type NormOrder = 'norm-activation' | 'activation-norm';

export interface ConvNormConfig {
  readonly name: string;
  readonly filters: number;
  /** `relu` unless given. */
  readonly activation?: ConvActivation;
  /** `norm-activation` unless given. */
  readonly order?: NormOrder;
}

/**
 * Convolution, batch normalisation and activation in one layer, so that the normalisation can be folded into the kernel
 * when its statistics are fixed: one pass over the output instead of three. Its variables bear the original
 * implementations' names, `conv/kernel` … `bn/gamma` ….
 */
abstract class ConvNorm extends WeightedLayer {
  protected readonly filters: number;
  protected readonly activation: ConvActivation;
  private readonly order: NormOrder;
  private kernel!: LayerVariable;
  private bias!: LayerVariable;
  private norm!: BatchNormVariables;

  constructor({ name, filters, activation, order }: ConvNormConfig) {
    super({ name });
    this.filters = filters;
    this.activation = activation ?? 'relu';
    this.order = order ?? 'norm-activation';
  }

  /** The kernel's shape for an input of so many channels; `filters` comes last. */
  protected abstract kernelShape(channels: number): number[];
  /** activation(convolution + bias). */
  protected abstract activated(x: tf.Tensor, kernel: tf.Tensor, bias: tf.Tensor1D): tf.Tensor;
  /** The convolution alone. */
  protected abstract convolve(x: tf.Tensor, kernel: tf.Tensor): tf.Tensor;

  /** What comes after all. */
  protected pool(y: tf.Tensor): tf.Tensor {
    return y;
  }

  /** The same as `pool(activated(…))`. */
  protected pooled(x: tf.Tensor, kernel: tf.Tensor, bias: tf.Tensor1D): tf.Tensor {
    return this.pool(this.activated(x, kernel, bias));
  }

  override build(inputShape: number[]): void {
    const filters = [this.filters];
    this.kernel = this.zeros('conv/kernel', this.kernelShape(inputShape.at(-1) as number));
    this.bias = this.zeros('conv/bias', filters);
    this.norm = {
      gamma: this.ones('bn/gamma', filters),
      beta: this.zeros('bn/beta', filters),
      movingMean: this.zeros('bn/moving_mean', filters, false),
      movingVariance: this.ones('bn/moving_variance', filters, false),
    };
    this.built = true;
  }

  override call(inputs: tf.Tensor | tf.Tensor[], { training }: CallArguments): tf.Tensor {
    return tf.tidy(() => {
      const x = onlyInput(inputs);
      const kernel = this.kernel.read();
      const bias = this.bias.read() as tf.Tensor1D;
      if (this.order === 'activation-norm') {
        return this.pool(this.normalized(this.activated(x, kernel, bias), training === true));
      }
      if (training) {
        const normalized = this.normalized(tf.add(this.convolve(x, kernel), bias), true);
        return this.pool(activate(normalized, this.activation));
      }
      const { scale, shift } = asAffine(this.norm);
      return this.pooled(x, tf.mul(kernel, scale), tf.add(tf.mul(bias, scale), shift) as tf.Tensor1D);
    });
  }

  private normalized(y: tf.Tensor, training: boolean): tf.Tensor {
    if (training) return normalizeByBatch(y, this.norm);
    const { scale, shift } = asAffine(this.norm);
    return tf.add(tf.mul(y, scale), shift);
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), filters: this.filters, activation: this.activation, order: this.order };
  }
}

function activate<T extends tf.Tensor>(x: T, activation: ConvActivation): T {
  if (activation === 'none') return x;
  return activation === 'relu' ? tf.relu(x) : tf.elu(x);
}

/** Zeros that keep the length: half a kernel on both sides, of an even one less before than after, as TensorFlow does. */
function keepingLength(kernelSize: number): [before: number, after: number] {
  return [Math.floor((kernelSize - 1) / 2), Math.floor(kernelSize / 2)];
}

/** Over images `[batch, band, frame, channel]`, padded with zeros to keep their size. */
export class ConvNorm2D extends ConvNorm {
  static readonly className = 'MusrepConvNorm2D';
  private readonly kernelSize: readonly [number, number];

  constructor(config: ConvNormConfig & { readonly kernelSize: readonly [number, number] }) {
    super(config);
    this.kernelSize = config.kernelSize;
  }

  protected override kernelShape(channels: number): number[] {
    return [...this.kernelSize, channels, this.filters];
  }

  override computeOutputShape(inputShape: number[]): number[] {
    return [...inputShape.slice(0, -1), this.filters];
  }

  protected override convolve(x: tf.Tensor, kernel: tf.Tensor): tf.Tensor {
    return conv2d(x as tf.Tensor4D, kernel as tf.Tensor4D, this.padding);
  }

  protected override activated(x: tf.Tensor, kernel: tf.Tensor, bias: tf.Tensor1D): tf.Tensor {
    return activatedConv2d(x as tf.Tensor4D, kernel as tf.Tensor4D, bias, this.padding, this.activation);
  }

  private get padding(): Padding {
    return this.kernelSize.map(keepingLength) as [[number, number], [number, number]];
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), kernelSize: [...this.kernelSize] };
  }
}

/** Over time, of sequences `[batch, frame, channel]`, padded with zeros to keep their length. */
export class ConvNorm1D extends ConvNorm {
  static readonly className: string = 'MusrepConvNorm1D';
  protected readonly kernelSize: number;

  constructor(config: ConvNormConfig & { readonly kernelSize: number }) {
    super(config);
    this.kernelSize = config.kernelSize;
  }

  protected override kernelShape(channels: number): number[] {
    return [this.kernelSize, channels, this.filters];
  }

  override computeOutputShape(inputShape: number[]): number[] {
    return [...inputShape.slice(0, -1), this.filters];
  }

  protected override convolve(x: tf.Tensor, kernel: tf.Tensor): tf.Tensor {
    return asImage(x, kernel, (image, filter) => conv2d(image, filter, this.padding));
  }

  protected override activated(x: tf.Tensor, kernel: tf.Tensor, bias: tf.Tensor1D): tf.Tensor {
    return asImage(x, kernel, (image, filter) => activatedConv2d(image, filter, bias, this.padding, this.activation));
  }

  private get padding(): Padding {
    return [[0, 0], keepingLength(this.kernelSize)];
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), kernelSize: this.kernelSize };
  }
}

/** A sequence is an image of one row. */
function asImage(x: tf.Tensor, kernel: tf.Tensor, pass: (x: tf.Tensor4D, kernel: tf.Tensor4D) => tf.Tensor4D) {
  return tf.squeeze(pass(tf.expandDims(x, 1) as tf.Tensor4D, tf.expandDims(kernel, 0) as tf.Tensor4D), [1]);
}

/**
 * Filters over time, the same for every band, and their greatest response over all bands: `[batch, band, frame, 1]` →
 * `[batch, frame, filter]` (the horizontal filters of the TensorFlow musicnn).
 */
export class EveryBandConvNorm extends ConvNorm1D {
  static override readonly className = 'MusrepEveryBandConvNorm';

  override computeOutputShape([batch, , frames]: number[]): number[] {
    return [batch as number, frames as number, this.filters];
  }

  protected override convolve(x: tf.Tensor, kernel: tf.Tensor): tf.Tensor {
    return this.overBands(x, (rows) => super.convolve(rows, kernel));
  }

  protected override activated(x: tf.Tensor, kernel: tf.Tensor, bias: tf.Tensor1D): tf.Tensor {
    return this.overBands(x, (rows) => super.activated(rows, kernel, bias));
  }

  protected override pool(y: tf.Tensor): tf.Tensor {
    return maxOver(y, [1]);
  }

  private overBands(x: tf.Tensor, pass: (rows: tf.Tensor) => tf.Tensor): tf.Tensor {
    const [batch, bands, frames, channels] = x.shape as [number, number, number, number];
    const y = pass(tf.reshape(x, [batch * bands, frames, channels]));
    return tf.reshape(y, [batch, bands, frames, this.filters]);
  }
}

/**
 * Filters tall in bands, and their greatest response over all bands: `[batch, band, frame, 1]` → `[batch, frame, filter]`
 * (the vertical filters of MusiCNN). No padding over bands; over time to keep the length.
 */
export class BandMaxConvNorm extends ConvNorm {
  static readonly className = 'MusrepBandMaxConvNorm';
  private readonly kernelSize: readonly [number, number];

  constructor(config: ConvNormConfig & { readonly kernelSize: readonly [number, number] }) {
    super(config);
    this.kernelSize = config.kernelSize;
  }

  protected override kernelShape(channels: number): number[] {
    return [...this.kernelSize, channels, this.filters];
  }

  override computeOutputShape([batch, , frames]: number[]): number[] {
    return [batch as number, frames as number, this.filters];
  }

  protected override convolve(x: tf.Tensor, kernel: tf.Tensor): tf.Tensor {
    return bandConv2d(x as tf.Tensor4D, kernel as tf.Tensor4D, keepingLength(this.kernelSize[1]));
  }

  protected override activated(x: tf.Tensor, kernel: tf.Tensor, bias: tf.Tensor1D): tf.Tensor {
    return activate(tf.add(this.convolve(x, kernel), bias), this.activation);
  }

  protected override pool(y: tf.Tensor): tf.Tensor {
    return maxOver(y, [bandAxis()]);
  }

  /** Bias and activation are monotonous and alike for all bands: taking the maximum first changes nothing but the work. */
  protected override pooled(x: tf.Tensor, kernel: tf.Tensor, bias: tf.Tensor1D): tf.Tensor {
    return activate(tf.add(this.pool(this.convolve(x, kernel)), bias), this.activation);
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), kernelSize: [...this.kernelSize] };
  }
}

function activatedConv2d(
  x: tf.Tensor4D,
  kernel: tf.Tensor4D,
  bias: tf.Tensor1D,
  padding: Padding,
  activation: ConvActivation,
): tf.Tensor4D {
  const fused = activation === 'relu' ? 'relu' : 'linear';
  const y = conv2dBias(x, kernel, bias, padding, fused);
  return activation === 'elu' ? tf.elu(y) : y;
}

for (const layer of [ConvNorm2D, ConvNorm1D, EveryBandConvNorm, BandMaxConvNorm]) tf.serialization.registerClass(layer);
