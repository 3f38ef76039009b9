import { beforeAll, describe, expect, it } from 'vitest';
import * as tf from '@tensorflow/tfjs-core';
import { BLOCK_CASES } from '../harness/block-cases.js';
import { kernelsOf, toTensor, weightedTensor } from '../harness/compare.js';
import { KERNEL_CASES } from '../harness/kernel-cases.js';
import { buildAlone, runBlockCase } from '../harness/run-block-case.js';
import { runKernelCase } from '../harness/run-kernel-case.js';
import { AVAILABLE, ON_BACKEND, startBackend } from '../harness/tfjs-backend.js';

describe.skipIf(!AVAILABLE)(`kernels ${ON_BACKEND}`, () => {
  beforeAll(startBackend);

  for (const one of KERNEL_CASES) it(one.name, () => runKernelCase(one));

  it('are all on the list of those that are tested', async () => {
    const tested = new Set<string>();
    for (const { op, inputs } of KERNEL_CASES) {
      const names = await kernelsOf(() => tf.grads((...x) => weightedTensor(op(...x)))(inputs.map(toTensor)));
      for (const name of names) tested.add(name);
    }
    const untested = new Set<string>();
    for (const one of BLOCK_CASES) {
      const model = buildAlone(one);
      const names = await kernelsOf(() => {
        for (const training of [false, true]) {
          const apply = (x: tf.Tensor) => weightedTensor(model.apply(x, { training }) as tf.Tensor);
          tf.grad(apply)(toTensor(one.data));
          const variables = model.trainableWeights.map((variable) => variable.read() as tf.Variable);
          if (variables.length > 0) tf.variableGrads(() => apply(toTensor(one.data)), variables);
        }
      });
      for (const name of names) if (!tested.has(name) && !OWN.includes(name)) untested.add(name);
      model.dispose();
    }
    expect([...untested]).toEqual([]);
  });
});

/** The library's own kernels are compared with float64 as part of the blocks that use them. */
const OWN = ['MusrepPowerSpectrogram'];

describe.skipIf(!AVAILABLE)(`blocks ${ON_BACKEND}`, () => {
  beforeAll(startBackend);

  for (const one of BLOCK_CASES) it(one.name, () => runBlockCase(one));
});
