import * as tf from '@tensorflow/tfjs-core';
import { useTfjsBackend } from '../../src/runtime/tfjs-backend.js';
import { allowWasmKernels, type WasmVariant, wasmKernels } from '../../src/runtime/wasm-kernels/module.js';

export const WASM_VARIANTS: readonly WasmVariant[] = ['relaxed', 'plain'];

/** Starts the wasm backend with one variant of the module of kernels. Fails where the engine does not take that. */
export async function startWasm(variant: WasmVariant): Promise<void> {
  await useTfjsBackend('wasm');
  allowWasmKernels([variant]);
  if (wasmKernels(tf.backend()) === undefined) throw new Error(`the ${variant} wasm kernels do not run here`);
}
