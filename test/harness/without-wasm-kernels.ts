import type * as tf from '@tensorflow/tfjs-core';
import { allowWasmKernels } from '../../src/runtime/wasm-kernels/module.js';
import { requireClose } from './compare.js';

/** Computes with what is used where the module of kernels does not run. */
export function withoutWasmKernels<T>(compute: () => T): T {
  const allowed = allowWasmKernels([]);
  try {
    return compute();
  } finally {
    allowWasmKernels(allowed);
  }
}

/** Fails unless both ways agree within a share of the greatest value. Gives what both have computed. */
export async function compareWithout(what: string, compute: () => tf.Tensor, share = 1e-5) {
  const [ours, other] = [compute(), withoutWasmKernels(compute)];
  const [values, reference] = [await ours.data(), await other.data()];
  ours.dispose();
  other.dispose();
  requireClose(what, values, reference, share);
  return { values, reference };
}
