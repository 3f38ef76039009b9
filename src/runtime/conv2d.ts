import * as tf from '@tensorflow/tfjs-core';
import { convolveByPoints } from './minimal-filtering.js';

/** Zeros before and after, over bands and over frames. */
export type Padding = readonly [bands: readonly [number, number], frames: readonly [number, number]];

/** A kernel `[height, width, channel, filter]`, or for stride 1 and 3 × 3 the same as points (`kernelFormFor`). */
export type ConvKernel = tf.Tensor4D | tf.Tensor3D;

/** A convolution of images `[batch, band, frame, channel]`. */
export function conv2d(
  x: tf.Tensor4D,
  kernel: ConvKernel,
  padding: Padding,
  strides: readonly [number, number] = [1, 1],
): tf.Tensor4D {
  if (isPoints(kernel)) return convolveByPoints(x, kernel);
  const { image, pad } = padded(x, kernel, padding, strides);
  return tf.conv2d(image, kernel, [...strides], pad);
}

/** activation(conv2d + bias), in one kernel where tfjs has it. */
export function conv2dBias(
  x: tf.Tensor4D,
  filter: ConvKernel,
  bias: tf.Tensor1D,
  padding: Padding,
  activation: 'relu' | 'linear',
  strides: readonly [number, number] = [1, 1],
): tf.Tensor4D {
  if (isPoints(filter) || tf.getBackend() === 'tensorflow') {
    const y = tf.add(conv2d(x, filter, padding, strides), bias) as tf.Tensor4D;
    return activation === 'relu' ? tf.relu(y) : y;
  }
  const { image, pad } = padded(x, filter, padding, strides);
  return tf.fused.conv2d({ x: image, filter, bias, strides: [...strides], pad, activation });
}

function isPoints(kernel: ConvKernel): kernel is tf.Tensor3D {
  return kernel.rank === 3;
}

type ExplicitPadding = Exclude<Parameters<typeof tf.conv2d>[3], string | number>;

/** The native tfjs backend's gradients know no zeros that are unlike TensorFlow's own, nor do the GPU ones' with two unlike sides. */
function padded(
  x: tf.Tensor4D,
  kernel: tf.Tensor4D,
  [bands, frames]: Padding,
  strides: readonly [number, number],
): { image: tf.Tensor4D; pad: 'valid' | 'same' | ExplicitPadding } {
  if (Math.max(...bands, ...frames) === 0) return { image: x, pad: 'valid' };
  const zeros: ExplicitPadding = [[0, 0], [...bands], [...frames], [0, 0]];
  if (tf.getBackend() === 'wasm') return { image: x, pad: zeros };
  if (Math.max(...strides) === 1 && keepsSize(bands, kernel.shape[0]) && keepsSize(frames, kernel.shape[1])) {
    return { image: x, pad: 'same' };
  }
  return { image: tf.pad(x, zeros), pad: 'valid' };
}

/** With kernels as wide as 99 TensorFlow 2.15 writes beyond its buffers when it puts the zeros itself; up to 65 none were seen. */
const MOST_TAPS = 9;

function keepsSize([before, after]: readonly [number, number], taps: number): boolean {
  return taps <= MOST_TAPS && before === Math.floor((taps - 1) / 2) && after === Math.floor(taps / 2);
}
