import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { requireClose } from '../../test/harness/compare.js';
import { refusal } from '../../test/harness/small-model.js';
import { TINY_OPTIONS, tinyBatch, tinyModel, weightsOf } from '../../test/harness/tiny-training.js';
import { useTfjsBackend } from '../runtime/tfjs-backend.js';
import type { Batch } from './batches.js';
import { featureBatches } from './feature-batches.js';
import { Trainer } from './trainer.js';

beforeAll(() => useTfjsBackend('wasm'));

const waveforms = [tinyBatch(1), tinyBatch(2)];
const blocksOf = (model: ReturnType<typeof tinyModel>) => model.parts.map(({ block }) => block);

async function featuresOf(model: ReturnType<typeof tinyModel>, block: string): Promise<Batch[]> {
  const features: Batch[] = [];
  for await (const batch of featureBatches(model, block, waveforms)) features.push(batch);
  return features;
}

describe('batches of features', () => {
  it('train what follows a block as waveforms do where all before is frozen', async () => {
    const [plain, behind] = [tinyModel(), tinyModel()];
    const block = blocksOf(plain).at(-2) as string;
    const frozen = blocksOf(plain).slice(0, -1);
    await new Trainer(plain, { ...TINY_OPTIONS, frozen }).fit(waveforms, { epochs: 2 });

    const features = await featuresOf(behind, block);
    const before = tf.memory().numTensors;
    const trainer = new Trainer(behind, { ...TINY_OPTIONS, features: block });
    await trainer.fit(features, { epochs: 2, validation: features });
    expect(tf.memory().numTensors).toBe(before);
    // Within a gradient tfjs adds biases after convolutions, and not in them: that rounds otherwise.
    const [weights, expected] = [await weightsOf(behind), await weightsOf(plain)];
    for (const [name, values] of Object.entries(expected)) requireClose(name, weights[name] as number[], values, 1e-4);
    const whole = await new Trainer(plain, TINY_OPTIONS).evaluate(waveforms);
    expect((await trainer.evaluate(features)).validationLoss).toBeCloseTo(whole.validationLoss as number, 5);
    plain.dispose();
    behind.dispose();
  });

  it('may be tensors of the shape that the block gives', async () => {
    const model = tinyModel();
    const [first] = model.parts;
    const block = blocksOf(model)[0] as string;
    const shape = first?.output.shape.slice(1) as number[];
    const trainer = new Trainer(model, { ...TINY_OPTIONS, features: block });
    const targets = [
      [1, 0],
      [0, 1],
    ].map((row) => model.labels.map((_, i) => row[i] ?? 0));
    const inputs = tf.randomUniform([2, ...shape], -1, 1, 'float32', 1);
    const [record] = await trainer.fit([{ inputs, targets }], { epochs: 1 });
    expect(record?.loss).toBeGreaterThan(0);
    const wrong = trainer.fit([{ inputs: tf.ones([2, 3]), targets }], { epochs: 1 });
    await expect(wrong).rejects.toEqual(refusal('bad-shape', new RegExp(`inputs \\[batch, ${shape.join(', ')}\\]`)));
    inputs.dispose();
    model.dispose();
  });

  it('say in which layer behind the block numbers cease to be finite', async () => {
    const model = tinyModel();
    const block = blocksOf(model)[0] as string;
    const features = await featuresOf(model, block);
    const huge = { ...TINY_OPTIONS, features: block, optimizer: { name: 'sgd', learningRate: 1e30 } as const };
    await expect(new Trainer(model, huge).fit(features, { epochs: 9 })).rejects.toEqual(refusal('diverged', /layer '/));
    model.dispose();
  });

  it('refuse a block that there is not, and the head', () => {
    const model = tinyModel();
    const head = blocksOf(model).at(-1) as string;
    for (const features of ['none', head]) {
      expect(() => new Trainer(model, { ...TINY_OPTIONS, features })).toThrow(/block before the head/);
    }
    model.dispose();
  });
});
