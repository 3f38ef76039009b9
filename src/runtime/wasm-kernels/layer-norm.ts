import * as tf from '@tensorflow/tfjs-core';
import { addressesOnHeap, outputOnHeap } from '../wasm-heap.js';
import { wasmKernels } from './module.js';

/** Of sums.c. */
export interface LayerNormKernels {
  normalizeRows(
    x: number,
    howManyRows: number,
    width: number,
    gamma: number,
    beta: number,
    epsilon: number,
    y: number,
  ): void;
}

const KERNEL = 'MusrepLayerNorm';

/** (x − mean)/√(variance + ε)·γ + β over the last axis in one pass, without a gradient; undefined where the module does not run. */
export function wasmLayerNorm<T extends tf.Tensor>(
  x: T,
  gamma: tf.Tensor,
  beta: tf.Tensor,
  epsilon: number,
): T | undefined {
  if (tf.getBackend() !== 'wasm' || wasmKernels(tf.backend()) === undefined) return undefined;
  return tf.engine().runKernel(KERNEL, { x, gamma, beta }, { epsilon }) as T;
}

/** Registers it for wasm. */
export function registerLayerNorm(): void {
  tf.registerKernel({
    kernelName: KERNEL,
    backendName: 'wasm',
    kernelFunc: ({ inputs, attrs, backend }) => {
      const { x, gamma, beta } = inputs as Record<'x' | 'gamma' | 'beta', tf.TensorInfo>;
      const { epsilon } = attrs as { readonly epsilon: number };
      const y = outputOnHeap(backend, x.shape);
      const at = addressesOnHeap(backend, { x, gamma, beta, y });
      const width = x.shape.at(-1) as number;
      const rows = tf.util.sizeFromShape(x.shape) / width;
      (wasmKernels(backend) as LayerNormKernels).normalizeRows(at.x, rows, width, at.gamma, at.beta, epsilon, at.y);
      return y;
    },
  });
}
