import * as tf from '@tensorflow/tfjs-core';
import { conv2d, type Padding } from '../runtime/conv2d.js';
import { maxOver } from '../runtime/max.js';
import { activatedConv2d, asImage, keepingLength } from './conv-steps.js';
import { activate, type ConvActivation, ConvUnit, type NormOrder } from './conv-unit.js';
import { type CallArguments, isTraining, onlyInput, WeightedLayer } from './weighted-layer.js';

export interface ConvNormConfig {
  readonly name: string;
  readonly filters: number;
  /** `relu` unless given. */
  readonly activation?: ConvActivation;
  /** `norm-activation` unless given. */
  readonly order?: NormOrder;
}

/** A layer of one convolution with batch normalisation and activation. */
abstract class ConvNorm extends WeightedLayer {
  protected readonly filters: number;
  protected readonly activation: ConvActivation;
  private readonly order: NormOrder;
  private unit!: ConvUnit;

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
    const kernelShape = this.kernelShape(inputShape.at(-1) as number);
    const { activation, order } = this;
    this.unit = new ConvUnit(
      this,
      { kernelShape, activation, order },
      {
        convolve: (x, kernel) => this.convolve(x, kernel),
        activated: (x, kernel, bias) => this.activated(x, kernel, bias),
        pool: (y) => this.pool(y),
        pooled: (x, kernel, bias) => this.pooled(x, kernel, bias),
      },
    );
    this.built = true;
  }

  override call(inputs: tf.Tensor | tf.Tensor[], call: CallArguments): tf.Tensor {
    return tf.tidy(() => this.unit.apply(onlyInput(inputs), isTraining(this, call)));
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), filters: this.filters, activation: this.activation, order: this.order };
  }
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
    const { padding, activation } = this;
    return activatedConv2d(x as tf.Tensor4D, kernel as tf.Tensor4D, bias, { padding, activation });
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
  private readonly stride: number;

  constructor(config: ConvNormConfig & { readonly kernelSize: number; readonly stride?: number }) {
    super(config);
    this.kernelSize = config.kernelSize;
    this.stride = config.stride ?? 1;
  }

  protected override kernelShape(channels: number): number[] {
    return [this.kernelSize, channels, this.filters];
  }

  override computeOutputShape([batch, frames]: number[]): number[] {
    return [batch as number, Math.floor(((frames as number) - 1) / this.stride) + 1, this.filters];
  }

  protected override convolve(x: tf.Tensor, kernel: tf.Tensor): tf.Tensor {
    return asImage(x, kernel, (image, filter) => conv2d(image, filter, this.padding, [1, this.stride]));
  }

  protected override activated(x: tf.Tensor, kernel: tf.Tensor, bias: tf.Tensor1D): tf.Tensor {
    const { padding, stride, activation } = this;
    return asImage(x, kernel, (image, filter) =>
      activatedConv2d(image, filter, bias, { padding, strides: [1, stride], activation }),
    );
  }

  private get padding(): Padding {
    return [[0, 0], keepingLength(this.kernelSize)];
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), kernelSize: this.kernelSize, stride: this.stride };
  }
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
    return conv2d(x as tf.Tensor4D, kernel as tf.Tensor4D, [[0, 0], keepingLength(this.kernelSize[1])]);
  }

  protected override activated(x: tf.Tensor, kernel: tf.Tensor, bias: tf.Tensor1D): tf.Tensor {
    return activate(tf.add(this.convolve(x, kernel), bias), this.activation);
  }

  protected override pool(y: tf.Tensor): tf.Tensor {
    return maxOver(y, [1]);
  }

  /** Bias and activation are monotonous and alike for all bands: taking the maximum first changes nothing but the work. */
  protected override pooled(x: tf.Tensor, kernel: tf.Tensor, bias: tf.Tensor1D): tf.Tensor {
    return activate(tf.add(this.pool(this.convolve(x, kernel)), bias), this.activation);
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), kernelSize: [...this.kernelSize] };
  }
}

for (const layer of [ConvNorm2D, ConvNorm1D, EveryBandConvNorm, BandMaxConvNorm]) tf.serialization.registerClass(layer);
