import * as tf from '@tensorflow/tfjs-core';
import { conv2d } from '../runtime/conv2d.js';
import { maxOver } from '../runtime/max.js';
import { ConvNorm, ConvNorm1D, type ConvNormConfig } from './conv-norm.js';
import { keepingLength } from './conv-steps.js';
import { activate } from './conv-unit.js';

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

  protected override pool(): (y: tf.Tensor) => tf.Tensor {
    return (y) => maxOver(y, [1]);
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

  protected override pool(): (y: tf.Tensor) => tf.Tensor {
    return (y) => maxOver(y, [1]);
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), kernelSize: [...this.kernelSize] };
  }
}

for (const layer of [EveryBandConvNorm, BandMaxConvNorm]) tf.serialization.registerClass(layer);
