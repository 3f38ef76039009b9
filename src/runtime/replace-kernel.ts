import * as tf from '@tensorflow/tfjs-core';

/** What tfjs hands to a kernel. */
export type KernelCall = Parameters<tf.KernelFunc>[0];

/**
 * Puts a kernel in the place of the wasm backend's own, where that is loaded. It is handed the backend's, for what it leaves
 * to it.
 */
export function replaceOnWasm(
  kernelName: string,
  compute: (call: KernelCall, original: tf.KernelFunc) => ReturnType<tf.KernelFunc>,
): void {
  const original = tf.getKernel(kernelName, 'wasm');
  if (original === undefined) return;
  tf.unregisterKernel(kernelName, 'wasm');
  // With what sets the original up.
  tf.registerKernel({ ...original, kernelFunc: (call) => compute(call, original.kernelFunc) });
}
