import * as tf from '@tensorflow/tfjs-core';
import { type ConvKernel, conv2dBias, type Padding } from '../runtime/conv2d.js';
import type { ConvActivation } from './conv-unit.js';

/** Zeros that keep the length: half a kernel on both sides, of an even one less before than after, as TensorFlow does. */
export function keepingLength(kernelSize: number): [before: number, after: number] {
  return [Math.floor((kernelSize - 1) / 2), Math.floor(kernelSize / 2)];
}

/** A sequence is an image of one row. */
export function asImage(
  x: tf.Tensor,
  kernel: tf.Tensor,
  pass: (x: tf.Tensor4D, kernel: tf.Tensor4D) => tf.Tensor4D,
): tf.Tensor {
  return tf.squeeze(pass(tf.expandDims(x, 1) as tf.Tensor4D, tf.expandDims(kernel, 0) as tf.Tensor4D), [1]);
}

interface ActivatedConv {
  readonly padding: Padding;
  readonly activation: ConvActivation;
  readonly strides?: readonly [number, number];
}

/** activation(convolution + bias), in one kernel where tfjs has it. */
export function activatedConv2d(
  x: tf.Tensor4D,
  kernel: ConvKernel,
  bias: tf.Tensor1D,
  { padding, activation, strides = [1, 1] }: ActivatedConv,
): tf.Tensor4D {
  const fused = activation === 'relu' ? 'relu' : 'linear';
  const y = conv2dBias(x, kernel, bias, padding, fused, strides);
  return activation === 'elu' ? tf.elu(y) : y;
}
