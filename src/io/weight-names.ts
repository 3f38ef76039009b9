import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel, LayerVariable } from '@tensorflow/tfjs-layers';
import { MusrepError } from '../core/errors.js';
import { variablesOf } from '../core/variables.js';
import type { NamedTensor } from './safetensors.js';

/** What PyTorch calls a variable of each role. */
const PYTORCH_ROLES: Record<string, string> = {
  kernel: 'weight',
  bias: 'bias',
  gamma: 'weight',
  beta: 'bias',
  moving_mean: 'running_mean',
  moving_variance: 'running_var',
};

/** Tensors of the original files that are computed, not learned. */
const COMPUTED = /(num_batches_tracked|spectrogram\.window|mel_scale\.fb)$/;

/** `layer1/conv/kernel` → `layer1.conv.weight` */
export function pytorchName(key: string): string {
  const parts = key.split('/');
  const role = parts.pop() as string;
  return [...parts, PYTORCH_ROLES[role] ?? role].join('.');
}

/**
 * PyTorch's layout of a kernel to tfjs's, by the rank: dense [out, in] → [in, out], convolution [out, in, …space] →
 * […space, in, out].
 */
function fromPytorchLayout({ shape, values }: NamedTensor): NamedTensor {
  const rank = shape.length;
  if (rank < 2) return { shape, values };
  const axes = [...Array.from({ length: rank - 2 }, (_, i) => i + 2), 1, 0];
  return { shape: axes.map((axis) => shape[axis] as number), values: permuted(values, shape, axes) };
}

function permuted(values: Float32Array, shape: readonly number[], axes: readonly number[]): Float32Array {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1));
  const sizes = axes.map((axis) => shape[axis] as number);
  const steps = axes.map((axis) => strides[axis] as number);
  const out = new Float32Array(values.length);
  const position = axes.map(() => 0);
  for (let i = 0, from = 0; i < out.length; i++) {
    out[i] = values[from] as number;
    for (let axis = axes.length - 1; axis >= 0; axis--) {
      from += steps[axis] as number;
      position[axis] = (position[axis] as number) + 1;
      if ((position[axis] as number) < (sizes[axis] as number)) break;
      from -= (steps[axis] as number) * (sizes[axis] as number);
      position[axis] = 0;
    }
  }
  return out;
}

/**
 * Gives every variable of the model its value; nothing is changed unless all are there with the right shape, and none
 * is left over.
 */
export function assignWeights(model: LayersModel, tensors: ReadonlyMap<string, NamedTensor>): void {
  const variables = variablesOf(model);
  const found = [...variables.keys()].some((key) => tensors.has(key))
    ? new Map(tensors)
    : new Map([...variables.keys()].flatMap((key) => fromPytorch(key, tensors)));
  const problems = [...missingOrMisshapen(variables, found), ...leftOver(variables, tensors)];
  if (problems.length > 0) {
    const shown = problems.slice(0, 3).join('; ');
    const more = problems.length > 3 ? `; and ${problems.length - 3} more` : '';
    throw new MusrepError('bad-weights', `These weights are not for this model: ${shown}${more}.`);
  }
  for (const [key, variable] of variables) {
    const { shape, values } = found.get(key) as NamedTensor;
    const value = tf.tensor(values, [...shape]);
    variable.write(value);
    value.dispose();
  }
}

function fromPytorch(key: string, tensors: ReadonlyMap<string, NamedTensor>): [string, NamedTensor][] {
  const tensor = tensors.get(pytorchName(key));
  return tensor ? [[key, fromPytorchLayout(tensor)]] : [];
}

function missingOrMisshapen(variables: Map<string, LayerVariable>, found: ReadonlyMap<string, NamedTensor>): string[] {
  return [...variables].flatMap(([key, variable]) => {
    const tensor = found.get(key);
    if (tensor === undefined) return [`'${key}' is missing`];
    const fits = tf.util.arraysEqual([...tensor.shape], variable.shape as number[]);
    return fits ? [] : [`'${key}' is [${tensor.shape}] and should be [${variable.shape}]`];
  });
}

function leftOver(variables: Map<string, LayerVariable>, tensors: ReadonlyMap<string, NamedTensor>): string[] {
  const known = new Set([...variables.keys()].flatMap((key) => [key, pytorchName(key)]));
  const unknown = [...tensors.keys()].filter((name) => !known.has(name) && !COMPUTED.test(name));
  return unknown.map((name) => `'${name}' has no place in it`);
}
