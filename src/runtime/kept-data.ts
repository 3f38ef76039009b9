import * as tf from '@tensorflow/tfjs-core';

/** A tensor's values, which stay while tensors over them come and go: a call leaves no more tensors than it found. */
export type KeptData = Readonly<tf.TensorInfo>;

/** Keeps a tensor's values, whatever becomes of the tensor. */
export function keepData({ dataId, shape, dtype }: tf.TensorInfo): KeptData {
  backendOf(dataId).incRef(dataId);
  return { dataId, shape, dtype };
}

/** A tensor over values that were kept. */
export function tensorOver(data: KeptData): tf.Tensor {
  backendOf(data.dataId).incRef(data.dataId);
  return tf.engine().makeTensorFromTensorInfo(data);
}

export function releaseData({ dataId }: KeptData): void {
  const backend = backendOf(dataId);
  if (backend.disposeData(dataId)) tf.engine().removeDataId(dataId, backend);
}

/** The tfjs backend that has the values, which need not be the one in use. */
function backendOf(dataId: object): tf.KernelBackend {
  return (tf.engine().state.tensorInfo.get(dataId) as { readonly backend: tf.KernelBackend }).backend;
}
