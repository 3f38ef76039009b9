import * as tf from '@tensorflow/tfjs-core';

/** Zeros before and after, over bands and over frames. */
export type Padding = readonly [bands: readonly [number, number], frames: readonly [number, number]];

/** A convolution of images `[batch, band, frame, channel]` by `[height, width, channel, filter]`. */
export function conv2d(
  x: tf.Tensor4D,
  kernel: tf.Tensor4D,
  padding: Padding,
  strides: readonly [number, number] = [1, 1],
): tf.Tensor4D {
  const { image, pad } = padded(x, padding);
  return tf.conv2d(image, kernel, [...strides], pad);
}

/** activation(conv2d + bias) in one kernel. */
export function conv2dBias(
  x: tf.Tensor4D,
  filter: tf.Tensor4D,
  bias: tf.Tensor1D,
  padding: Padding,
  activation: 'relu' | 'linear',
  strides: readonly [number, number] = [1, 1],
): tf.Tensor4D {
  const { image, pad } = padded(x, padding);
  return tf.fused.conv2d({ x: image, filter, bias, strides: [...strides], pad, activation });
}

type ExplicitPadding = Exclude<Parameters<typeof tf.conv2d>[3], string | number>;

/** Zeros that the native tfjs backend does not put into the convolution itself, and the GPU ones not unlike on two sides. */
function padded(x: tf.Tensor4D, [bands, frames]: Padding): { image: tf.Tensor4D; pad: 'valid' | ExplicitPadding } {
  if (Math.max(...bands, ...frames) === 0) return { image: x, pad: 'valid' };
  const zeros: ExplicitPadding = [[0, 0], [...bands], [...frames], [0, 0]];
  if (tf.getBackend() === 'wasm') return { image: x, pad: zeros };
  return { image: tf.pad(x, zeros), pad: 'valid' };
}
