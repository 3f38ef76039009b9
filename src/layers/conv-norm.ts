import * as tf from '@tensorflow/tfjs-core';
import type { LayerVariable } from '@tensorflow/tfjs-layers';
import { type BandResponses, bandConv2d, conv2d, conv2dBiasRelu } from '../runtime/conv2d.js';
import { asAffine, BATCH_NORM_EPSILON, type BatchNormVariables, normalizeByBatch } from './batch-norm.js';
import { type CallArguments, onlyInput, WeightedLayer } from './weighted-layer.js';

interface ConvNormConfig {
  readonly name: string;
  readonly filters: number;
  readonly epsilon?: number;
}

/**
 * Convolution, batch normalisation and ReLU in one layer, so that the normalisation can be folded into the kernel when
 * its statistics are fixed: one pass over the output instead of three. Its variables bear the original
 * implementations' names, `conv/kernel` … `bn/gamma` ….
 */
abstract class ConvNorm extends WeightedLayer {
  protected readonly filters: number;
  protected readonly epsilon: number;
  private kernel!: LayerVariable;
  private bias!: LayerVariable;
  private norm!: BatchNormVariables;

  constructor({ name, filters, epsilon }: ConvNormConfig) {
    super({ name });
    this.filters = filters;
    this.epsilon = epsilon ?? BATCH_NORM_EPSILON;
  }

  /** The kernel's shape for an input of so many channels; `filters` comes last. */
  protected abstract kernelShape(channels: number): number[];
  /** relu(normalised convolution), by the statistics of the batch. */
  protected abstract trainingPass(
    x: tf.Tensor,
    kernel: tf.Tensor,
    normalize: <T extends tf.Tensor>(y: T) => T,
  ): tf.Tensor;
  /** relu(convolution + bias), the normalisation being folded into both. */
  protected abstract foldedPass(x: tf.Tensor, kernel: tf.Tensor, bias: tf.Tensor1D): tf.Tensor;

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
      const bias = this.bias.read();
      if (training) {
        return this.trainingPass(x, kernel, (y) => normalizeByBatch(tf.add(y, bias), this.norm, this.epsilon));
      }
      const { scale, shift } = asAffine(this.norm, this.epsilon);
      return this.foldedPass(x, tf.mul(kernel, scale), tf.add(tf.mul(bias, scale), shift) as tf.Tensor1D);
    });
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), filters: this.filters, epsilon: this.epsilon };
  }
}

/** Over time, of sequences `[batch, frame, channel]`, padded with zeros to keep their length. The kernel is odd. */
export class ConvNorm1D extends ConvNorm {
  static readonly className = 'MusrepConvNorm1D';
  private readonly kernelSize: number;

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

  protected override trainingPass(
    x: tf.Tensor,
    kernel: tf.Tensor,
    normalize: <T extends tf.Tensor>(y: T) => T,
  ): tf.Tensor {
    return this.asImage(x, kernel, (image, filter) => tf.relu(normalize(conv2d(image, filter, this.sides))));
  }

  protected override foldedPass(x: tf.Tensor, kernel: tf.Tensor, bias: tf.Tensor1D): tf.Tensor {
    return this.asImage(x, kernel, (image, filter) => conv2dBiasRelu(image, filter, bias, this.sides));
  }

  private get sides(): number {
    return Math.floor(this.kernelSize / 2);
  }

  /** A sequence is an image of one row. */
  private asImage(
    x: tf.Tensor,
    kernel: tf.Tensor,
    pass: (x: tf.Tensor4D, kernel: tf.Tensor4D) => tf.Tensor4D,
  ): tf.Tensor {
    return tf.squeeze(pass(tf.expandDims(x, 1) as tf.Tensor4D, tf.expandDims(kernel, 0) as tf.Tensor4D), [1]);
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), kernelSize: this.kernelSize };
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

  protected override trainingPass(
    x: tf.Tensor,
    kernel: tf.Tensor,
    normalize: <T extends tf.Tensor>(y: T) => T,
  ): tf.Tensor {
    const { responses, bandAxis } = this.convolve(x, kernel);
    return tf.max(tf.relu(normalize(responses)), bandAxis);
  }

  /** Bias and ReLU are monotonous and alike for all bands: taking the maximum first changes nothing but the work. */
  protected override foldedPass(x: tf.Tensor, kernel: tf.Tensor, bias: tf.Tensor1D): tf.Tensor {
    const { responses, bandAxis } = this.convolve(x, kernel);
    return tf.relu(tf.add(tf.max(responses, bandAxis), bias));
  }

  private convolve(x: tf.Tensor, kernel: tf.Tensor): BandResponses {
    return bandConv2d(x as tf.Tensor4D, kernel as tf.Tensor4D, Math.floor(this.kernelSize[1] / 2));
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), kernelSize: [...this.kernelSize] };
  }
}

tf.serialization.registerClass(ConvNorm1D);
tf.serialization.registerClass(BandMaxConvNorm);
