import * as tf from '@tensorflow/tfjs-core';

/** The part of the native tfjs backend that runs TensorFlow's ops, one by one or as a graph. */
export interface NativeBackend {
  readonly isUsingGpuDevice: boolean;
  readonly binding: Readonly<Record<`TF_ATTR_${AttrType}` | 'TF_FLOAT' | 'TF_INT32', number>>;
  executeSingleOutput(name: string, attrs: readonly NativeAttr[], inputs: readonly tf.TensorInfo[]): tf.TensorInfo;
  executeMultipleOutputs(
    name: string,
    attrs: readonly NativeAttr[],
    inputs: readonly tf.TensorInfo[],
    count: number,
  ): tf.TensorInfo[];
  readSync(dataId: object): tf.BackendValues;
  loadSavedModelMetaGraph(folder: string, tags: string): number;
  runSavedModel(
    id: number,
    inputs: readonly tf.TensorInfo[],
    names: readonly { readonly name: string }[],
    outputs: readonly string[],
  ): tf.Tensor[];
  deleteSavedModel(id: number): void;
}

export type AttrType = 'STRING' | 'INT' | 'FLOAT' | 'BOOL' | 'TYPE' | 'SHAPE';

/** An attribute of an op; `type` is one of the binding's `TF_ATTR_…`. */
export interface NativeAttr {
  readonly name: string;
  readonly type: number;
  readonly value: AttrValue | readonly AttrValue[];
}

export type AttrValue = number | string | boolean;

/** The native tfjs backend, if it is in use. */
export function nativeBackend(): NativeBackend | undefined {
  return tf.getBackend() === 'tensorflow' ? (tf.backend() as unknown as NativeBackend) : undefined;
}

/** Whether the native tfjs backend computes, on the processor. */
export function isNativeOnCpu(): boolean {
  return nativeBackend()?.isUsingGpuDevice === false;
}
