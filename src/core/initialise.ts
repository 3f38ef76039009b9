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
    for (const variable of layer.weights) if (NORMAL.includes(role(variable))) fillNormal(variable, seed);
    if (initialFanIn === undefined) initialiseKernels(layer, seed);
    else for (const variable of layer.weights) fill(variable, 1 / Math.sqrt(initialFanIn), seed);
  }
}

function initialiseKernels(layer: Layer, seed: number): void {
  const kernels = layer.weights.filter((variable) => /(^|_)kernel$/.test(role(variable)));
  for (const kernel of kernels) {
    const fanIn = kernel.shape.slice(0, -1).reduce<number>((product, size) => product * (size as number), 1);
    const key = variableKey(kernel);
    const bias = layer.weights.find((variable) => variableKey(variable) === key.replace(/kernel$/, 'bias'));
    for (const variable of bias ? [kernel, bias] : [kernel]) fill(variable, 1 / Math.sqrt(fanIn), seed);
  }
}

/** What starts with the standard normal distribution: tokens, positions and other embeddings. */
const NORMAL = ['cls_token', 'pos_embedding', 'embeddings'];

function fill(variable: LayerVariable, bound: number, seed: number): void {
  write(variable, uniforms(variableKey(variable), seed, sizeOf(variable)), (u) => bound * (2 * u - 1));
}

/** By Box and Muller: two uniform numbers make one that is normal. */
function fillNormal(variable: LayerVariable, seed: number): void {
  const [radii, angles] = ['radius', 'angle'].map((part) =>
    uniforms(`${variableKey(variable)}/${part}`, seed, sizeOf(variable)),
  ) as [Float64Array, Float64Array];
  const normal = (u: number, i: number) =>
    Math.sqrt(-2 * Math.log(1 - u)) * Math.cos(2 * Math.PI * (angles[i] as number));
  write(variable, radii, normal);
}

function write(variable: LayerVariable, draws: Float64Array, value: (u: number, i: number) => number): void {
  // Not Float32Array.from, which takes six times as long.
  const values = new Float32Array(draws.length);
  for (let i = 0; i < values.length; i++) values[i] = value(draws[i] as number, i);
  const tensor = tf.tensor(values, variable.shape as number[]);
  variable.write(tensor);
  tensor.dispose();
}

function sizeOf(variable: LayerVariable): number {
  return tf.util.sizeFromShape(variable.shape as number[]);
}

function role(variable: LayerVariable): string {
  return variableKey(variable).split('/').at(-1) as string;
}
