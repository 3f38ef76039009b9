import type * as tf from '@tensorflow/tfjs-core';
import type { SymbolicTensor } from '@tensorflow/tfjs-layers';

/** What tfjs keeps of a layer's call. */
interface Called {
  readonly inputs: readonly SymbolicTensor[];
  readonly callArgs: Record<string, unknown> | undefined;
}

export interface ForwardOptions {
  readonly training: boolean;
  /** Is told of what each layer gives, in the order of computing. */
  readonly onLayer?: (name: string, value: tf.Tensor) => void;
}

/** Computes one tensor of a model's graph from another: what lies before that is not computed. */
export function forward(
  to: SymbolicTensor,
  from: SymbolicTensor,
  x: tf.Tensor,
  { training, onLayer }: ForwardOptions,
): tf.Tensor {
  const known = new Map<number, tf.Tensor>([[from.id, x]]);
  const compute = (tensor: SymbolicTensor): tf.Tensor => {
    const present = known.get(tensor.id);
    if (present !== undefined) return present;
    const { inputs, callArgs } = tensor as unknown as Called;
    const values = inputs.map(compute);
    const input = values.length === 1 ? (values[0] as tf.Tensor) : values;
    const value = tensor.sourceLayer.apply(input, { ...callArgs, training }) as tf.Tensor;
    known.set(tensor.id, value);
    onLayer?.(tensor.sourceLayer.name, value);
    return value;
  };
  return compute(to);
}

/** Whether a tensor follows from another alone. */
export function followsFrom(to: SymbolicTensor, from: SymbolicTensor): boolean {
  if (to.id === from.id) return true;
  const { inputs } = to as unknown as Called;
  return inputs.length > 0 && inputs.every((input) => followsFrom(input, from));
}
