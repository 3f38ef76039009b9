import * as tf from '@tensorflow/tfjs-core';
import { conv2d } from './conv2d.js';
import { replaceOnWasm } from './replace-kernel.js';
import { inputGradient } from './wasm-kernels/convolutions.js';

/**
 * The gradient of a convolution with respect to its input on wasm: a convolution of the output's gradient, with zeros
 * between its values where there was a stride, by the kernel turned round. The backend's own kernel does not use what makes
 * its convolutions fast.
 */
export function replaceConv2DBackpropInput(): void {
  replaceOnWasm(tf.Conv2DBackpropInput, (call, original) => {
    const tensors = call.inputs as { dy: tf.Tensor4D; filter: tf.Tensor4D };
    const attrs = call.attrs as unknown as tf.Conv2DBackpropInputAttrs;
    return inputGradient(call.backend, tensors, attrs) ?? composed(tensors, attrs) ?? original(call);
  });
}

function composed(
  { dy, filter }: { dy: tf.Tensor4D; filter: tf.Tensor4D },
  { inputShape, strides, pad, dimRoundingMode }: tf.Conv2DBackpropInputAttrs,
): tf.Tensor4D | undefined {
  const info = tf.backend_util.computeConv2DInfo(inputShape, filter.shape, strides, 1, pad, dimRoundingMode);
  const { padInfo, inHeight, inWidth, filterHeight, filterWidth, strideHeight, strideWidth } = info;
  const bands = around(inHeight, info.outHeight, filterHeight, strideHeight, padInfo.top);
  const frames = around(inWidth, info.outWidth, filterWidth, strideWidth, padInfo.left);
  // Padding wider than the kernel leaves values of the output that saw no input.
  if (Math.min(...bands, ...frames) < 0) return undefined;
  return tf.tidy(() => {
    const turned = tf.transpose(tf.reverse(filter, [0, 1]), [0, 1, 3, 2]) as tf.Tensor4D;
    return conv2d(spread(dy, strideHeight, strideWidth), turned, [bands, frames]);
  });
}

/** Zeros on both sides of the gradient, so that the convolution gives the input's size. */
function around(size: number, outSize: number, kernel: number, stride: number, before: number): [number, number] {
  return [kernel - 1 - before, size - 1 - (outSize - 1) * stride + before];
}

/** Puts zeros between values: `stride − 1` after each but the last. */
function spread(dy: tf.Tensor4D, strideHeight: number, strideWidth: number): tf.Tensor4D {
  if (strideHeight === 1 && strideWidth === 1) return dy;
  const [batch, height, width, channels] = dy.shape;
  const columns = withZerosBehind(tf.reshape(dy, [batch * height * width, 1, channels]), strideWidth);
  const wide = width * strideWidth;
  const rows = withZerosBehind(tf.reshape(columns, [batch * height, 1, wide * channels]), strideHeight);
  const all = tf.reshape(rows, [batch, height * strideHeight, wide, channels]) as tf.Tensor4D;
  const [high, long] = [(height - 1) * strideHeight + 1, (width - 1) * strideWidth + 1];
  return tf.slice(all, [0, 0, 0, 0], [batch, high, long, channels]);
}

/** `[row, 1, value]` → `[row, stride, value]` */
function withZerosBehind(x: tf.Tensor, stride: number): tf.Tensor {
  return tf.pad(x, [
    [0, 0],
    [0, stride - 1],
    [0, 0],
  ]);
}
