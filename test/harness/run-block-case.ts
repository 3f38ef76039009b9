import * as tf from '@tensorflow/tfjs-core';
import {
  type LayersModel,
  model as layersModelOf,
  type SymbolicTensor,
  input as tfInput,
} from '@tensorflow/tfjs-layers';
import { shapeOf } from '../../src/core/feature.js';
import { initialise } from '../../src/core/initialise.js';
import { LayerFactory } from '../../src/core/layer-factory.js';
import { uniforms } from '../../src/core/random.js';
import { variablesOf } from '../../src/core/variables.js';
import { assignWeights } from '../../src/io/assign-weights.js';
import { readSafetensors, writeSafetensors } from '../../src/io/safetensors.js';
import type { BlockCase } from './block-cases.js';
import {
  finiteDifferences,
  requireClose,
  requireThat,
  someEntries,
  toTensor,
  weighted,
  weightedTensor,
} from './compare.js';
import { fromValues, type Nd } from './nd.js';
import type { Weights } from './reference-blocks.js';

/** Entries of each variable whose gradient is compared. */
const GRADIENT_ENTRIES = 6;

/** The block alone as a model. */
export function buildAlone({ block, input }: BlockCase, seed = 1): LayersModel {
  const layers = new LayerFactory(seed, () => block.name);
  const x = tfInput({ shape: shapeOf(input) });
  const y = block.build(x, { input, waveform: x, layers }) as SymbolicTensor;
  initialise(layers.made, seed);
  return layersModelOf({ inputs: x, outputs: y });
}

/** Takes a block through shape, forward, gradient, save and load, seed, leak and dispose on the tfjs backend in use. */
export async function runBlockCase(one: BlockCase): Promise<void> {
  const before = tf.memory().numTensors;
  const model = buildAlone(one);
  unsettle(model);
  const weights = await readWeights(model);
  const x = toTensor(one.data);
  const built = tf.memory().numTensors;
  for (const training of [false, true]) await checkPass(one, model, x, weights, training);
  requireThat(
    tf.memory().numTensors === built,
    `${one.name}: ${tf.memory().numTensors - built} tensors are left behind`,
  );
  await checkSaveAndLoad(one, model, x, weights);
  x.dispose();
  await checkSeed(one);
  model.dispose();
  requireThat(
    tf.memory().numTensors === before,
    `${one.name}: dispose leaves ${tf.memory().numTensors - before} tensors`,
  );
}

/** Gives a model statistics, scales and shifts other than zero and one, so that leaving one out would be seen. */
export function unsettle(model: LayersModel): void {
  for (const [key, variable] of variablesOf(model)) {
    const size = tf.util.sizeFromShape(variable.shape as number[]);
    const spread = /variance|gamma/.test(key) ? (u: number) => 0.6 + u : (u: number) => u - 0.5;
    if (!/gamma|beta|moving/.test(key)) continue;
    const value = tf.tensor(Float32Array.from(uniforms(key, 2, size), spread), variable.shape as number[]);
    variable.write(value);
    value.dispose();
  }
}

/** A model's variables in float64, by name. */
export async function readWeights(model: LayersModel): Promise<Map<string, Nd>> {
  const entries = [...variablesOf(model)].map(async ([key, variable]): Promise<[string, Nd]> => {
    return [key, fromValues(variable.shape as number[], (await variable.read().data()) as Float32Array)];
  });
  return new Map(await Promise.all(entries));
}

async function checkPass(
  one: BlockCase,
  model: LayersModel,
  x: tf.Tensor,
  weights: Map<string, Nd>,
  training: boolean,
) {
  const name = `${one.name}, ${training ? 'training' : 'inference'}`;
  const reference = (data: Nd, values: Map<string, Nd>) =>
    one.reference(data, ((key: string) => values.get(key) as Nd) satisfies Weights, training);
  const variables = [...variablesOf(model)].filter(([, variable]) => variable.trainable);
  const outputs = tf.tidy(() => {
    const apply = (input: tf.Tensor) => model.apply(input, { training }) as tf.Tensor;
    const y = apply(x);
    const dx = tf.grad((input) => weightedTensor(apply(input)))(x);
    const list = variables.map(([, variable]) => variable.read() as tf.Variable);
    const grads = list.length > 0 ? tf.variableGrads(() => weightedTensor(apply(x)), list).grads : {};
    return [y, dx, ...list.map((variable) => grads[variable.name] as tf.Tensor)];
  });
  // A training pass moved the running statistics: later passes start from the same ones again.
  restore(model, weights);
  const [y, dx, ...dw] = outputs as [tf.Tensor, tf.Tensor, ...tf.Tensor[]];
  const announced = one.block.output(one.input);
  requireThat(
    String(y.shape.slice(1)) === String(shapeOf(announced)),
    `${name}: gives [${y.shape}], announces ${announced.kind} [${shapeOf(announced)}]`,
  );
  requireClose(`${name}, forward`, await y.data(), reference(one.data, weights).data, one.tolerance ?? 2e-5);

  const share = one.gradientTolerance ?? 1e-3;
  await checkGradient(
    `${name}, gradient of the input`,
    dx,
    one.data,
    (moved) => weighted(reference(moved, weights).data),
    share,
  );
  for (const [i, [key]] of variables.entries()) {
    // Batch statistics take away any constant: the gradient of a bias before them is of rounding size.
    if (training && /conv(_\d)?\/bias$/.test(key)) continue;
    if (training && key === 'dense1/bias') continue;
    const loss = (moved: Nd) => weighted(reference(one.data, new Map(weights).set(key, moved)).data);
    await checkGradient(`${name}, gradient of ${key}`, dw[i] as tf.Tensor, weights.get(key) as Nd, loss, share);
  }
  tf.dispose(outputs);
}

async function checkGradient(name: string, gradient: tf.Tensor, x: Nd, loss: (moved: Nd) => number, share: number) {
  const entries = someEntries(x.data.length, GRADIENT_ENTRIES);
  const values = await gradient.data();
  const found = entries.map((entry) => values[entry] as number);
  requireClose(name, found, finiteDifferences(x, entries, loss), share);
}

function restore(model: LayersModel, weights: Map<string, Nd>): void {
  for (const [key, variable] of variablesOf(model)) {
    const value = toTensor(weights.get(key) as Nd);
    variable.write(value);
    value.dispose();
  }
}

/** Another instance, of another seed, that reads the weights' file gives the same output bit for bit. */
async function checkSaveAndLoad(one: BlockCase, model: LayersModel, x: tf.Tensor, weights: Map<string, Nd>) {
  const file = writeSafetensors(
    [...weights].map(([key, { shape, data }]) => [key, { shape, values: Float32Array.from(data) }]),
  );
  const other = buildAlone(one, 2);
  assignWeights(other, readSafetensors(file).tensors);
  const outputs = [model, other].map((each) => tf.tidy(() => each.apply(x, { training: false }) as tf.Tensor));
  const [before, after] = await Promise.all(outputs.map((output) => output.data()));
  requireThat(String(before) === String(after), `${one.name}: saved and loaded, it gives another output`);
  requireThat(
    JSON.stringify(JSON.parse(JSON.stringify(one.block.config))) === JSON.stringify(one.block.config),
    `${one.name}: its config does not survive JSON`,
  );
  tf.dispose(outputs);
  other.dispose();
}

/** The same seed gives the same weights, another seed others. */
async function checkSeed(one: BlockCase): Promise<void> {
  const kernels = async (seed: number) => {
    const model = buildAlone(one, seed);
    const weights = await readWeights(model);
    model.dispose();
    return [...weights].filter(([key]) => key.endsWith('kernel')).map(([, { data }]) => String(data));
  };
  const [first, again, other] = [await kernels(1), await kernels(1), await kernels(2)];
  requireThat(String(first) === String(again), `${one.name}: the same seed gives other weights`);
  requireThat(
    first.every((values, i) => values !== other[i]),
    `${one.name}: another seed gives the same weights`,
  );
}
