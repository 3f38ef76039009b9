import * as tf from '@tensorflow/tfjs-core';
import type { LayerVariable } from '@tensorflow/tfjs-layers';
import type { Layer } from './layer-factory.js';
import { uniforms } from './random.js';
import { variableKey } from './variables.js';

/** A layer all of whose variables start alike, uniform on ±1/√initialFanIn. */
interface UniformLayer {
  readonly initialFanIn: number;
}

/**
 * Gives kernels and their biases PyTorch's initial values, uniform on ±1/√fanIn, each by its own name and the seed:
 * equal on every tfjs backend, and unchanged when another block is added to the model.
 */
export function initialise(layers: readonly Layer[], seed: number): void {
  for (const layer of layers) {
    const { initialFanIn } = layer as Partial<UniformLayer>;
    if (initialFanIn === undefined) initialiseKernels(layer, seed);
    else for (const variable of layer.weights) fill(variable, 1 / Math.sqrt(initialFanIn), seed);
  }
}

function initialiseKernels(layer: Layer, seed: number): void {
  const kernels = layer.weights.filter((variable) => role(variable) === 'kernel');
  for (const kernel of kernels) {
    const fanIn = kernel.shape.slice(0, -1).reduce<number>((product, size) => product * (size as number), 1);
    const key = variableKey(kernel);
    const bias = layer.weights.find((variable) => variableKey(variable) === key.replace(/kernel$/, 'bias'));
    for (const variable of bias ? [kernel, bias] : [kernel]) fill(variable, 1 / Math.sqrt(fanIn), seed);
  }
}

function fill(variable: LayerVariable, bound: number, seed: number): void {
  const shape = variable.shape as number[];
  const draws = uniforms(variableKey(variable), seed, tf.util.sizeFromShape(shape));
  const values = new Float32Array(draws.length);
  for (let i = 0; i < values.length; i++) values[i] = bound * (2 * (draws[i] as number) - 1);
  const tensor = tf.tensor(values, shape);
  variable.write(tensor);
  tensor.dispose();
}

function role(variable: LayerVariable): string {
  return variableKey(variable).split('/').at(-1) as string;
}
