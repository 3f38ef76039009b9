import * as tf from '@tensorflow/tfjs-core';
import { replaceOnWasm } from './replace-kernel.js';

/** The part of the wasm backend that counts who uses a tensor's values. */
interface Counting {
  incRef(dataId: object): void;
}

/** Copies on wasm that share their values, as on every other backend and as its own reshaping does: tensors never change. */
export function replaceIdentity(): void {
  replaceOnWasm(tf.Identity, ({ inputs, backend }) => {
    const { dataId, shape, dtype } = inputs.x as tf.TensorInfo;
    (backend as Counting).incRef(dataId);
    return { dataId, shape, dtype };
  });
}
