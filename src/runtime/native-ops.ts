import * as tf from '@tensorflow/tfjs-core';

const KERNEL = 'MusrepBiasAdd';

/** The part of the native tfjs backend that runs an op of TensorFlow by its name. */
interface NativeBackend {
  readonly isUsingGpuDevice: boolean;
  readonly binding: Readonly<Record<'TF_ATTR_TYPE' | 'TF_ATTR_STRING' | 'TF_FLOAT', number>>;
  executeSingleOutput(name: string, attrs: readonly NativeAttr[], inputs: readonly tf.TensorInfo[]): tf.TensorInfo;
}

interface NativeAttr {
  readonly name: string;
  readonly type: number;
  readonly value: number | string;
}

/** Whether the native tfjs backend computes, on the processor. */
export function isNativeOnCpu(): boolean {
  return tf.getBackend() === 'tensorflow' && !(tf.backend() as unknown as NativeBackend).isUsingGpuDevice;
}

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
