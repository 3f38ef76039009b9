import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { refusal } from '../../test/harness/small-model.js';
import { TINY_OPTIONS, tinyBatch, tinyBatches, tinyModel, weightsOf } from '../../test/harness/tiny-training.js';
import { useTfjsBackend } from '../runtime/tfjs-backend.js';
import { Trainer } from './trainer.js';
import type { TrainingStep } from './training-step.js';

beforeAll(() => useTfjsBackend('wasm'));

async function trained(step?: TrainingStep) {
  const model = tinyModel();
  const history = await new Trainer(model, { ...TINY_OPTIONS, ...(step && { step }) }).fit(tinyBatches, { epochs: 2 });
  const weights = await weightsOf(model);
  model.dispose();
  return { weights, losses: history.map(({ loss }) => loss) };
}

describe('a step of one’s own', () => {
  it('that asks for the loss alone is the step that there is anyway', async () => {
    expect(await trained(({ inputs, targets }, { loss }) => loss(inputs, targets))).toEqual(await trained());
  });

  it('is what is made small', async () => {
    const plain = await trained();
    const doubled = await trained(({ inputs, targets }, { loss }) => tf.mul(loss(inputs, targets), 2));
    expect(doubled.losses[0]).toBeGreaterThan(1.5 * (plain.losses[0] as number));
    const towardsHalf = await trained(({ inputs }, { scores }) => tf.mean(tf.square(tf.sub(scores(inputs), 0.5))));
    expect(towardsHalf.losses[1]).toBeLessThan(0.25);
    expect(towardsHalf.weights).not.toEqual(plain.weights);
  });

  it('is given another seed for each batch, and the same ones again', async () => {
    const seedsOf = async () => {
      const seeds: number[] = [];
      await trained(({ inputs, targets }, { loss, seed }) => {
        seeds.push(seed);
        return loss(inputs, targets);
      });
      return seeds;
    };
    const seeds = await seedsOf();
    expect(new Set(seeds).size).toBe(seeds.length);
    expect(await seedsOf()).toEqual(seeds);
  });

  it('must give one number, and leaves nothing behind where it does not', async () => {
    const model = tinyModel();
    const before = { tensors: tf.memory().numTensors, weights: await weightsOf(model) };
    const step: TrainingStep = ({ inputs }, { scores }) => scores(inputs) as tf.Tensor as tf.Scalar;
    const run = new Trainer(model, { ...TINY_OPTIONS, step }).fit([tinyBatch(0)], { epochs: 1 });
    await expect(run).rejects.toEqual(
      refusal('bad-shape', /scalar tensor from 'loss' and 'step'. Received: a tensor \[/),
    );
    expect(tf.memory().numTensors).toBe(before.tensors);
    expect(await weightsOf(model)).toEqual(before.weights);
    model.dispose();
  });
});
