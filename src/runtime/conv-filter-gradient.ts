import * as tf from '@tensorflow/tfjs-core';
import { kernelGradient } from './wasm-kernels/convolutions.js';

/**
 * The gradient of a convolution with respect to its kernel, which the wasm backend lacks: itself a convolution, of the
 * input with batch and channels exchanged, by the output's gradient, dilated by the stride.
 */
export function registerConv2DBackpropFilter(): void {
  tf.registerKernel({
    kernelName: tf.Conv2DBackpropFilter,
    backendName: 'wasm',
    kernelFunc: ({ inputs, attrs, backend }) => {
      const tensors = inputs as { x: tf.Tensor4D; dy: tf.Tensor4D };
      const geometry = attrs as unknown as tf.Conv2DBackpropFilterAttrs;
      return kernelGradient(backend, tensors, geometry) ?? filterGradient(tensors.x, tensors.dy, geometry);
    },
  });
}

function filterGradient(x: tf.Tensor4D, dy: tf.Tensor4D, attrs: tf.Conv2DBackpropFilterAttrs): tf.Tensor4D {
  const { strides, pad, dimRoundingMode, filterShape } = attrs;
  const { padInfo, strideHeight, strideWidth, filterHeight, filterWidth, outHeight, outWidth } =
    tf.backend_util.computeConv2DInfo(x.shape, filterShape, strides, 1, pad, dimRoundingMode);
  return tf.tidy(() => {
    const rows = extentSeen(x.shape[1], padInfo.top, (outHeight - 1) * strideHeight + filterHeight);
    const columns = extentSeen(x.shape[2], padInfo.left, (outWidth - 1) * strideWidth + filterWidth);
    const cropped = tf.slice(x, [0, 0, 0, 0], [x.shape[0], rows.kept, columns.kept, x.shape[3]]);
    const padded = tf.pad(cropped, [
      [0, 0],
      [rows.before, rows.after],
      [columns.before, columns.after],
      [0, 0],
    ]);
    const swapped = tf.transpose(padded, [3, 1, 2, 0]) as tf.Tensor4D;
    const kernel = tf.transpose(dy, [1, 2, 0, 3]) as tf.Tensor4D;
    const gradient = tf.conv2d(swapped, kernel, 1, 'valid', 'NHWC', [strideHeight, strideWidth]);
    return tf.transpose(gradient, [1, 2, 0, 3]) as tf.Tensor4D;
  });
}

/** How much of an axis a convolution saw: what is kept of it, and the zeros on both sides that make up `span`. */
function extentSeen(size: number, before: number, span: number) {
  const kept = Math.min(size, span - before);
  return { kept, before, after: span - before - kept };
}
