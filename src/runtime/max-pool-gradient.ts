import * as tf from '@tensorflow/tfjs-core';
import { replaceOnWasm } from './replace-kernel.js';
import { addressesOnHeap, outputOnHeap, valuesOnHeap } from './wasm-heap.js';
import type { MaxPoolKernels } from './wasm-kernels/max-pool.js';
import { wasmKernels } from './wasm-kernels/module.js';

/**
 * The gradient of max-pooling without padding. The wasm backend's own takes 0 for the least value that there is, and so
 * misses every window whose maximum is negative.
 */
export function replaceMaxPoolGrad(): void {
  replaceOnWasm(tf.MaxPoolGrad, ({ inputs, attrs, backend }) => {
    const { dy, input } = inputs as { dy: tf.Tensor4D; input: tf.Tensor4D };
    const { filterSize, strides, pad } = attrs as unknown as tf.MaxPoolGradAttrs;
    const pooling = tf.backend_util.computePool2DInfo(input.shape, filterSize, strides, 1, pad);
    const output = outputOnHeap(backend, input.shape);
    const kernels = wasmKernels(backend);
    if (kernels === undefined) {
      const [x, gradient, dx] = [input, dy, output].map((tensor) => valuesOnHeap(backend, tensor));
      poolGradient(dx as Float32Array, x as Float32Array, gradient as Float32Array, pooling);
    } else {
      poolGradientOnHeap(kernels, addressesOnHeap(backend, { x: input, dy, dx: output }), pooling);
    }
    return output;
  });
}

function poolGradientOnHeap(
  kernels: MaxPoolKernels,
  { x, dy, dx }: Readonly<Record<'x' | 'dy' | 'dx', number>>,
  pooling: tf.backend_util.Conv2DInfo,
): void {
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth } = pooling;
  const { filterHeight, filterWidth, strideHeight, strideWidth } = pooling;
  const sizes = [batchSize, inHeight, inWidth, inChannels, outHeight, outWidth] as const;
  kernels.maxPoolGradient(x, dy, dx, ...sizes, filterHeight, filterWidth, strideHeight, strideWidth);
}

function poolGradient(dx: Float32Array, x: Float32Array, dy: Float32Array, pooling: tf.backend_util.Conv2DInfo): void {
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth } = pooling;
  dx.fill(0);
  for (let b = 0, out = 0; b < batchSize; b++) {
    for (let y = 0; y < outHeight; y++) {
      for (let column = 0; column < outWidth; column++) {
        const corner = (b * inHeight + y * pooling.strideHeight) * inWidth + column * pooling.strideWidth;
        for (let channel = 0; channel < inChannels; channel++, out++) {
          const greatest = greatestOf(x, corner * inChannels + channel, pooling);
          dx[greatest] = (dx[greatest] as number) + (dy[out] as number);
        }
      }
    }
  }
}

/** Where, in a window that begins at `first`, the greatest value lies. */
function greatestOf(x: Float32Array, first: number, pooling: tf.backend_util.Conv2DInfo): number {
  const { inWidth, inChannels, filterHeight, filterWidth } = pooling;
  let greatest = first;
  for (let row = 0; row < filterHeight; row++) {
    for (let column = 0; column < filterWidth; column++) {
      const at = first + (row * inWidth + column) * inChannels;
      if ((x[at] as number) > (x[greatest] as number)) greatest = at;
    }
  }
  return greatest;
}
