import * as tf from '@tensorflow/tfjs-core';

/**
 * A convolution of images `[batch, band, frame, channel]` by `[height, width, channel, filter]`, with `sides` frames of
 * zeros before and after. The zeros are put there first: the native tfjs backend takes none in the convolution itself.
 */
export function conv2d(x: tf.Tensor4D, kernel: tf.Tensor4D, sides: number): tf.Tensor4D {
  return tf.conv2d(zeroPadded(x, sides), kernel, 1, 'valid');
}

/** relu(conv2d + bias) in one kernel. */
export function conv2dBiasRelu(x: tf.Tensor4D, filter: tf.Tensor4D, bias: tf.Tensor1D, sides: number): tf.Tensor4D {
  return tf.fused.conv2d({ x: zeroPadded(x, sides), filter, bias, strides: 1, pad: 'valid', activation: 'relu' });
}

function zeroPadded(x: tf.Tensor4D, sides: number): tf.Tensor4D {
  if (sides === 0) return x;
  return tf.pad(x, [
    [0, 0],
    [0, 0],
    [sides, sides],
    [0, 0],
  ]);
}

/** What a tall convolution gives: the axis that holds the bands lies first on one tfjs backend, second on another. */
export interface BandResponses {
  /** `[batch, band, frame, filter]`, or `[band, batch, frame, filter]`. */
  readonly responses: tf.Tensor4D;
  readonly bandAxis: 0 | 1;
}

/**
 * Convolves one-channel spectrograms, `[batch, band, frame, 1]`, with kernels `[height, width, 1, filter]` that
 * are tall in bands; no padding over bands, `sides` frames of zeros before and after.
 */
export function bandConv2d(x: tf.Tensor4D, kernel: tf.Tensor4D, sides: number): BandResponses {
  if (tf.getBackend() === 'wasm') return { responses: shiftedBands(x, kernel, sides), bandAxis: 0 };
  return { responses: conv2d(x, kernel, sides), bandAxis: 1 };
}

/**
 * One convolution over time per band shift, all in one batch, the bands as its channels: twice as fast on wasm,
 * whose convolution is slow when there is a single input channel.
 */
function shiftedBands(x: tf.Tensor4D, kernel: tf.Tensor4D, sides: number): tf.Tensor4D {
  const [batch, bands, frames] = x.shape;
  const [height, width, , filters] = kernel.shape;
  const shifts = bands - height + 1;
  const byFrame = tf.transpose(tf.reshape(x, [batch, bands, frames]), [0, 2, 1]);
  const shifted = Array.from({ length: shifts }, (_, low) => tf.slice(byFrame, [0, 0, low], [batch, frames, height]));
  const stacked = tf.reshape(tf.concat(shifted, 0), [shifts * batch, 1, frames, height]) as tf.Tensor4D;
  const overTime = tf.transpose(kernel, [2, 1, 0, 3]) as tf.Tensor4D;
  const responses = conv2d(stacked, overTime, sides);
  return tf.reshape(responses, [shifts, batch, frames + 2 * sides - width + 1, filters]);
}
