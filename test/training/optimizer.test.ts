import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, layers, model as layersModelOf, input as tfInput } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { clipFactor, globalNorm, Optimizer } from '../../src/training/optimizer.js';
import type { Parameter } from '../../src/training/parameters.js';
import type { OptimizerOptions } from '../../src/training/update-rules.js';
import { requireClose } from '../harness/compare.js';
import { refusal } from '../harness/small-model.js';
import { AVAILABLE, ON_BACKEND, startBackend } from '../harness/tfjs-backend.js';

interface Golden {
  readonly start: readonly [number[][], number[]];
  readonly gradients: readonly (readonly [number[][], number[]])[];
  /** Kernel and bias after each step. */
  readonly cases: Readonly<Record<string, readonly (readonly [number[], number[]])[]>>;
}

const GOLDEN = JSON.parse(readFileSync(join(import.meta.dirname, 'vectors/optimizers.json'), 'utf8')) as Golden;
const CLIPPED = 'sgd, Nesterov, clipped, two rates';

const CASES: Readonly<Record<string, OptimizerOptions>> = {
  adam: { name: 'adam', learningRate: 0.01 },
  'adam, weight decay': { name: 'adam', learningRate: 0.01, weightDecay: 0.1, beta1: 0.8, beta2: 0.99, epsilon: 1e-3 },
  adamW: { name: 'adamW', learningRate: 0.01, weightDecay: 0.1 },
  sgd: { name: 'sgd', learningRate: 0.1 },
  'sgd, momentum': { name: 'sgd', learningRate: 0.1, momentum: 0.9, weightDecay: 0.01 },
  'sgd, Nesterov': { name: 'sgd', learningRate: 0.1, momentum: 0.9, nesterov: true, weightDecay: 0.01 },
  [CLIPPED]: { name: 'sgd', learningRate: 0.1, momentum: 0.9, nesterov: true },
};

/** A dense layer with the golden's first values. */
function start(): { model: LayersModel; parameters: (biasFactor: number) => Parameter[] } {
  const x = tfInput({ shape: [3] });
  const dense = layers.dense({ units: 2, name: 'dense' });
  const model = layersModelOf({ inputs: x, outputs: dense.apply(x) as typeof x });
  tf.tidy(() => dense.setWeights(GOLDEN.start.map((one) => tf.tensor(one as number[]))));
  const [kernel, bias] = dense.weights as [Parameter['variable'], Parameter['variable']];
  const parameters = (factor: number) => [
    { key: 'dense/kernel', variable: kernel, factor: 1 },
    { key: 'dense/bias', variable: bias, factor },
  ];
  return { model, parameters };
}

async function step(optimizer: Optimizer, index: number, clipNorm?: number): Promise<void> {
  const gradients = (GOLDEN.gradients[index] as Golden['gradients'][number]).map((one) => tf.tensor(one as number[]));
  const norm = globalNorm(gradients);
  const [length] = await norm.data();
  optimizer.apply(gradients, { scheduleFactor: 1, gradientFactor: clipFactor(length as number, clipNorm) });
  tf.dispose([gradients, norm]);
}

describe.skipIf(!AVAILABLE)(`optimizers ${ON_BACKEND}`, () => {
  beforeAll(startBackend);

  for (const [name, options] of Object.entries(CASES)) {
    it(`${name}: equal PyTorch step for step, also when its state is saved and restored on the way`, async () => {
      const { model, parameters } = start();
      const before = tf.memory().numTensors;
      const isClipped = name === CLIPPED;
      let optimizer = new Optimizer(options, parameters(isClipped ? 0.5 : 1));
      for (const [i, expected] of (GOLDEN.cases[name] as Golden['cases'][string]).entries()) {
        await step(optimizer, i, isClipped ? 1 : undefined);
        for (const [j, { variable }] of parameters(1).entries()) {
          const reference = expected[j] as number[];
          requireClose(`step ${i + 1}`, await variable.read().data(), reference, 1e-6);
        }
        const saved = await optimizer.save();
        optimizer.dispose();
        optimizer = new Optimizer(options, parameters(isClipped ? 0.5 : 1));
        optimizer.restore(saved);
      }
      optimizer.dispose();
      expect(tf.memory().numTensors).toBe(before);
      model.dispose();
    });
  }

  it('refuse what cannot be', () => {
    const make = (options: object) => () => new Optimizer(options as OptimizerOptions, []);
    expect(make({ name: 'adm', learningRate: 1 })).toThrowError(refusal('unknown-name', /Did you mean 'adam'/));
    expect(make({ name: 'adam', learningRate: -1 })).toThrowError(refusal('bad-option', /learningRate.*Received: -1/));
    expect(make({ name: 'adam', learningRate: 1, beta1: 1 })).toThrowError(refusal('bad-option', /beta1.*below 1/));
    expect(make({ name: 'sgd', learningRate: 1, nesterov: true })).toThrowError(refusal('bad-option', /momentum/));
    expect(make({ name: 'sgd', learningRate: Number.NaN })).toThrowError(refusal('bad-option', /NaN/));
  });
});
