import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import { refusal } from '../../test/harness/small-model.js';
import { TINY_OPTIONS, tinyBatch, tinyModel, weightsOf } from '../../test/harness/tiny-training.js';
import { multiLabel } from '../backends/heads/multi-label.js';
import { singleLabel } from '../backends/heads/single-label.js';
import { useTfjsBackend } from '../runtime/tfjs-backend.js';
import { Trainer } from './trainer.js';
import { withHead } from './with-head.js';

beforeAll(async () => {
  await useTfjsBackend('wasm');
});

it('keeps the weights of the blocks under a new head, which can be trained alone', async () => {
  const before = tf.memory().numTensors;
  const [model, fresh] = [tinyModel(3), tinyModel(4)];
  const { inputs, targets } = tinyBatch(1);
  await new Trainer(model, TINY_OPTIONS).fit([{ inputs, targets }], { epochs: 1 });
  const original = await weightsOf(model);
  const other = withHead(model, singleLabel(['calm', 'tense'], { dropout: 0 }));
  expect(other.labels).toEqual(['calm', 'tense']);
  const taken = await weightsOf(other);
  const body = Object.keys(taken).filter((key) => /^(spec_bn|layer\d)\//.test(key));
  expect(body.length).toBe(16);
  for (const key of body) expect(taken[key], key).toEqual(original[key]);
  expect(Object.keys(taken).filter((key) => !body.includes(key))).toEqual(['dense/kernel', 'dense/bias']);

  const trainer = new Trainer(other, {
    optimizer: { name: 'adam', learningRate: 0.1 },
    loss: 'categoricalCrossentropy',
    frozen: ['melSpectrogram', 'convStack'],
  });
  const batch = { inputs, targets: targets.map(([high]) => [high as number, 1 - (high as number)]) };
  const history = await trainer.fit([batch], { epochs: 20 });
  expect(history.at(-1)?.loss).toBeLessThan(0.5 * (history[0]?.loss as number));
  const trained = await weightsOf(other);
  for (const key of body) expect(trained[key], key).toEqual(original[key]);
  expect(await weightsOf(model)).toEqual(original);
  model.dispose();
  other.dispose();
  fresh.dispose();
  expect(tf.memory().numTensors).toBe(before);
});

it('refuses labels that cannot be', () => {
  const model = tinyModel();
  expect(() => withHead(model, multiLabel([]))).toThrowError(refusal('bad-option', /at least one label/));
  model.dispose();
});
