import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel, LayerVariable } from '@tensorflow/tfjs-layers';
import { MusrepError } from '../core/errors.js';
import { variablesOf } from '../core/variables.js';
import { COMPUTED, fromPytorchLayout, pytorchName } from './pytorch-names.js';
import type { NamedTensor } from './safetensors.js';
import { fromTensorflow, isTensorflow } from './tensorflow-names.js';

/**
 * Gives every variable of the model its value; nothing is changed unless all are there with the right shape, and none
 * is left over.
 */
export function assignWeights(model: LayersModel, tensors: ReadonlyMap<string, NamedTensor>): void {
  const variables = variablesOf(model);
  const found = underOurNames(variables, tensors);
  const problems = [...missingOrMisshapen(variables, found), ...leftOver(variables, found)];
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

/** Whose names a file bears shows by itself. */
function underOurNames(
  variables: ReadonlyMap<string, LayerVariable>,
  tensors: ReadonlyMap<string, NamedTensor>,
): ReadonlyMap<string, NamedTensor> {
  if (isTensorflow(tensors)) {
    const shapes = [...variables].map(([key, { shape }]) => [key, shape as number[]] as const);
    return fromTensorflow(new Map(shapes), tensors);
  }
  if ([...variables.keys()].some((key) => tensors.has(key))) return tensors;
  const ours = new Map([...variables.keys()].map((key) => [pytorchName(key), key]));
  return new Map(
    [...tensors].map(([name, tensor]) => {
      const key = ours.get(name);
      return key === undefined ? [name, tensor] : [key, fromPytorchLayout(key, tensor)];
    }),
  );
}

function missingOrMisshapen(variables: Map<string, LayerVariable>, found: ReadonlyMap<string, NamedTensor>): string[] {
  return [...variables].flatMap(([key, variable]) => {
    const tensor = found.get(key);
    if (tensor === undefined) return [`'${key}' is missing`];
    const fits = tf.util.arraysEqual([...tensor.shape], variable.shape as number[]);
    return fits ? [] : [`'${key}' is [${tensor.shape}] and should be [${variable.shape}]`];
  });
}

function leftOver(variables: Map<string, LayerVariable>, found: ReadonlyMap<string, NamedTensor>): string[] {
  const unknown = [...found.keys()].filter((name) => !variables.has(name) && !COMPUTED.test(name));
  return unknown.map((name) => `'${name}' has no place in it`);
}
