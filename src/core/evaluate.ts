import type * as tf from '@tensorflow/tfjs-core';
import type { SymbolicTensor } from '@tensorflow/tfjs-layers';

/** A tensor of a model's graph, and its value. */
export type KnownTensor = readonly [SymbolicTensor, tf.Tensor];

/**
 * The value of one tensor of a model's graph where those of others are known, computed layer by layer as at inference. It
 * may begin in the middle of the model, where a LayersModel can only begin at an input, and it is differentiable. What
 * lies between stays until the `tf.tidy` around it ends.
 */
export function evaluate(target: SymbolicTensor, known: readonly KnownTensor[]): tf.Tensor {
  const values = new Map(known.map(([symbol, value]) => [symbol.id, value]));
  const valueAt = (symbol: SymbolicTensor): tf.Tensor => {
    const found = values.get(symbol.id);
    if (found !== undefined) return found;
    const inputs = symbol.inputs.map(valueAt);
    const input = inputs.length === 1 ? (inputs[0] as tf.Tensor) : inputs;
    const value = symbol.sourceLayer.apply(input, { training: false }) as tf.Tensor;
    values.set(symbol.id, value);
    return value;
  };
  return valueAt(target);
}
