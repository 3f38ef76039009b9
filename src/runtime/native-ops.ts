import * as tf from '@tensorflow/tfjs-core';
import type { NativeBackend } from './native-backend.js';

const KERNEL = 'MusrepBiasAdd';

/** TensorFlow's own addition of a bias, which tfjs leaves aside for a general addition that takes twice as long. */
export function registerBiasAdd(): void {
  tf.registerKernel({
    kernelName: KERNEL,
    backendName: 'tensorflow',
    kernelFunc: ({ inputs, backend }) => {
      const native = backend as NativeBackend;
      const { binding } = native;
      const attrs = [
        { name: 'T', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT },
        { name: 'data_format', type: binding.TF_ATTR_STRING, value: 'NHWC' },
      ];
      return native.executeSingleOutput('BiasAdd', attrs, [inputs.x as tf.TensorInfo, inputs.bias as tf.TensorInfo]);
    },
  });
}

/** x `[…, channel]` + bias `[channel]`, without a gradient. */
export function nativeBiasAdd<T extends tf.Tensor>(x: T, bias: tf.Tensor1D): T {
  return tf.engine().runKernel(KERNEL, { x, bias }) as T;
}
