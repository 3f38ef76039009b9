import * as tf from '@tensorflow/tfjs-core';
import { type ConvKernel, conv2d, type Padding } from '../runtime/conv2d.js';
import { type KernelForm, kernelFormFor } from '../runtime/minimal-filtering.js';
import { activatedConv2d, asImage, keepingLength } from './conv-steps.js';
import { type ConvActivation, ConvUnit, type NormOrder } from './conv-unit.js';
import { type CallArguments, isTraining, onlyInput, WeightedLayer } from './weighted-layer.js';

export interface ConvNormConfig {
  readonly name: string;
  readonly filters: number;
  /** `relu` unless given. */
  readonly activation?: ConvActivation;
  /** `norm-activation` unless given. */
  readonly order?: NormOrder;
  /** The max-pooling after all; what a last window does not fill is dropped. */
  readonly pooling?: Pooling | null;
}

/** In bands and frames; of sequences in frames alone. */
export interface Pooling {
  readonly size: readonly number[];
  readonly strides: readonly number[];
}

/** Windows of so many values, side by side unless the strides are given; null where that is no pooling. */
export function poolingOf(size: readonly number[], strides = size): Pooling | null {
  return [...size, ...strides].every((one) => one === 1) ? null : { size, strides };
}

/** A layer of one convolution with batch normalisation and activation. */
export abstract class ConvNorm extends WeightedLayer {
  protected readonly filters: number;
  protected readonly activation: ConvActivation;
  protected readonly pooling: Pooling | null;
  private readonly order: NormOrder;
  private unit!: ConvUnit;

  constructor({ name, filters, activation, order, pooling }: ConvNormConfig) {
    super({ name });
    this.filters = filters;
    this.pooling = pooling ?? null;
    this.activation = activation ?? 'relu';
    this.order = order ?? 'norm-activation';
  }

  /** The kernel's shape for an input of so many channels; `filters` comes last. */
  protected abstract kernelShape(channels: number): number[];
  /** activation(convolution + bias). */
  protected abstract activated(x: tf.Tensor, kernel: tf.Tensor, bias: tf.Tensor1D): tf.Tensor;
  /** The convolution alone. */
  protected abstract convolve(x: tf.Tensor, kernel: tf.Tensor): tf.Tensor;

  /** The maximum over neighbours that comes after all. */
  protected pool(): ((y: tf.Tensor) => tf.Tensor) | undefined {
    return undefined;
  }

  /** As `kernelFormFor`. */
  protected formFor(_x: tf.Tensor): KernelForm {
    return 'taps';
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
        pool: this.pool(),
        formFor: (x) => this.formFor(x),
      },
    );
    this.built = true;
  }

  override call(inputs: tf.Tensor | tf.Tensor[], call: CallArguments): tf.Tensor {
    return tf.tidy(() => this.unit.apply(onlyInput(inputs), isTraining(this, call)));
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { filters, activation, order, pooling } = this;
    const plain = pooling && { size: [...pooling.size], strides: [...pooling.strides] };
    return { ...super.getConfig(), filters, activation, order, pooling: plain };
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

  override computeOutputShape([batch, ...sizes]: number[]): number[] {
    return [batch as number, ...pooledSizes(sizes.slice(0, -1), this.pooling), this.filters];
  }

  protected override convolve(x: tf.Tensor, kernel: tf.Tensor): tf.Tensor {
    return conv2d(x as tf.Tensor4D, kernel as ConvKernel, this.padding);
  }

  protected override activated(x: tf.Tensor, kernel: tf.Tensor, bias: tf.Tensor1D): tf.Tensor {
    const { padding, activation } = this;
    return activatedConv2d(x as tf.Tensor4D, kernel as ConvKernel, bias, { padding, activation });
  }

  protected override pool(): ((y: tf.Tensor) => tf.Tensor) | undefined {
    const { pooling } = this;
    return pooling ? (y) => maxPooled(y as tf.Tensor4D, pooling) : undefined;
  }

  protected override formFor(x: tf.Tensor): KernelForm {
    return kernelFormFor(x.shape, this.kernelShape(x.shape.at(-1) as number));
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
    const convolved = Math.floor(((frames as number) - 1) / this.stride) + 1;
    return [batch as number, ...pooledSizes([convolved], this.pooling), this.filters];
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

  protected override pool(): ((y: tf.Tensor) => tf.Tensor) | undefined {
    const { pooling } = this;
    if (pooling === null) return undefined;
    const inOneRow = { size: [1, ...pooling.size], strides: [1, ...pooling.strides] };
    return (y) => tf.squeeze(maxPooled(tf.expandDims(y, 1) as tf.Tensor4D, inOneRow), [1]);
  }

  private get padding(): Padding {
    return [[0, 0], keepingLength(this.kernelSize)];
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), kernelSize: this.kernelSize, stride: this.stride };
  }
}

function pooledSizes(sizes: readonly number[], pooling: Pooling | null): number[] {
  if (pooling === null) return [...sizes];
  const { size, strides } = pooling;
  return sizes.map((one, axis) => Math.floor((one - (size[axis] as number)) / (strides[axis] as number)) + 1);
}

function maxPooled(y: tf.Tensor4D, { size, strides }: Pooling): tf.Tensor4D {
  return tf.maxPool(y, size as [number, number], strides as [number, number], 'valid');
}

for (const layer of [ConvNorm2D, ConvNorm1D]) tf.serialization.registerClass(layer);
