import * as tf from '@tensorflow/tfjs-core';

/** Zeros before and after, over bands and over frames. */
export type Padding = readonly [bands: readonly [number, number], frames: readonly [number, number]];

/**
 * A convolution of images `[batch, band, frame, channel]` by `[height, width, channel, filter]`. The zeros are put there
 * first: the native tfjs backend takes none in the convolution itself, and none pads two sides unlike.
 */
export function conv2d(
  x: tf.Tensor4D,
  kernel: tf.Tensor4D,
  padding: Padding,
  strides: readonly [number, number] = [1, 1],
): tf.Tensor4D {
  return tf.conv2d(zeroPadded(x, padding), kernel, [...strides], 'valid');
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
  const padded = zeroPadded(x, padding);
  return tf.fused.conv2d({ x: padded, filter, bias, strides: [...strides], pad: 'valid', activation });
}

function zeroPadded(x: tf.Tensor4D, [bands, frames]: Padding): tf.Tensor4D {
  if (Math.max(...bands, ...frames) === 0) return x;
  return tf.pad(x, [[0, 0], [...bands], [...frames], [0, 0]]);
}

/**
 * Convolves one-channel spectrograms, `[batch, band, frame, 1]`, with kernels `[height, width, 1, filter]` that are tall
 * in bands; no padding over bands. Gives `[batch, band, frame, filter]`, or on wasm `[band, batch, frame, filter]`:
 * {@link bandAxis} says which.
 */
export function bandConv2d(x: tf.Tensor4D, kernel: tf.Tensor4D, frames: readonly [number, number]): tf.Tensor4D {
  const padding = [[0, 0], frames] as const;
  return bandAxis() === 0 ? shiftedBands(x, kernel, padding) : conv2d(x, kernel, padding);
}

/** The axis of `bandConv2d`'s output that holds the bands. */
export function bandAxis(): 0 | 1 {
  return tf.getBackend() === 'wasm' ? 0 : 1;
}

/**
 * One convolution over time per band shift, all in one batch, the bands as its channels: twice as fast on wasm,
 * whose convolution is slow when there is a single input channel.
 */
function shiftedBands(x: tf.Tensor4D, kernel: tf.Tensor4D, padding: Padding): tf.Tensor4D {
  const [batch, bands, frames] = x.shape;
  const [height, width, , filters] = kernel.shape;
  const shifts = bands - height + 1;
  const byFrame = tf.transpose(tf.reshape(x, [batch, bands, frames]), [0, 2, 1]);
  const shifted = Array.from({ length: shifts }, (_, low) => tf.slice(byFrame, [0, 0, low], [batch, frames, height]));
  const stacked = tf.reshape(tf.concat(shifted, 0), [shifts * batch, 1, frames, height]) as tf.Tensor4D;
  const overTime = tf.transpose(kernel, [2, 1, 0, 3]) as tf.Tensor4D;
  const responses = conv2d(stacked, overTime, padding);
  const [before, after] = padding[1];
  return tf.reshape(responses, [shifts, batch, frames + before + after - width + 1, filters]);
}
