import * as tf from '@tensorflow/tfjs-core';
import { BLOCK_CASES, type BlockCase } from './block-cases.js';
import { toTensor, weightedTensor } from './compare.js';
import { KERNEL_CASES } from './kernel-cases.js';
import { buildAlone } from './run-block-case.js';

/** The library's own kernels are compared with float64 as part of the blocks that use them. */
const OWN = [
  'MusrepPowerSpectrogram',
  'MusrepLayerNorm',
  'MusrepMoments',
  'MusrepNormalize',
  'MusrepGradientMoments',
  'MusrepNormalizeGradient',
];

/** The kernels that blocks run, forward or backward, and no kernel case does, on the tfjs backend in use. */
export async function untestedKernels(): Promise<string[]> {
  const tested = new Set(OWN);
  for (const { op, inputs } of KERNEL_CASES) {
    const names = await kernelsOf(() => tf.grads((...x) => weightedTensor(op(...x)))(inputs.map(toTensor)));
    for (const name of names) tested.add(name);
  }
  const untested = new Set<string>();
  for (const one of BLOCK_CASES) {
    for (const name of await kernelsOfBlock(one)) if (!tested.has(name)) untested.add(name);
  }
  return [...untested];
}

async function kernelsOfBlock(one: BlockCase): Promise<string[]> {
  const model = buildAlone(one);
  const names = await kernelsOf(() => {
    for (const training of [false, true]) {
      const apply = (x: tf.Tensor) => weightedTensor(model.apply(x, { training }) as tf.Tensor);
      // Without gradients some of it is computed in other ways.
      apply(toTensor(one.data));
      tf.grad(apply)(toTensor(one.data));
      const variables = model.trainableWeights.map((variable) => variable.read() as tf.Variable);
      if (variables.length > 0) tf.variableGrads(() => apply(toTensor(one.data)), variables);
    }
  });
  model.dispose();
  return names;
}

async function kernelsOf(action: () => void): Promise<string[]> {
  const { kernelNames } = await tf.profile(() => tf.tidy(action));
  return kernelNames.filter((name) => !name.endsWith('__op') && name !== 'unnamed scope');
}
