import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { linearBatch, linearModel } from '../../test/harness/linear-model.js';
import { refusal } from '../../test/harness/small-model.js';
import { TINY_OPTIONS, tinyBatch, tinyBatches, tinyModel, weightsOf } from '../../test/harness/tiny-training.js';
import { useTfjsBackend } from '../runtime/tfjs-backend.js';
import { earlyStopping } from './callbacks.js';
import type { TrainerOptions } from './plan.js';
import { Trainer } from './trainer.js';

beforeAll(async () => {
  await useTfjsBackend('wasm');
});

describe('what cannot be', () => {
  const { inputs, targets } = tinyBatch(1);
  const fitOne = async (batches: never, options: object = {}) => {
    const model = tinyModel();
    const before = tf.memory().numTensors;
    const weights = await weightsOf(model);
    try {
      await new Trainer(model, TINY_OPTIONS).fit(batches, { epochs: 1, ...options });
    } finally {
      expect(tf.memory().numTensors).toBe(before);
      expect(await weightsOf(model)).toEqual(weights);
      model.dispose();
    }
  };
  const refused: readonly (readonly [string, unknown, string, RegExp])[] = [
    ['no batch', [], 'bad-option', /at least one batch for epoch 1.*function/],
    [
      'other targets',
      [{ inputs, targets: [[1], [0], [1], [0]] }],
      'bad-shape',
      /batch 1 of epoch 1: targets \[batch, 3\].*row of 1/,
    ],
    ['other windows', [{ inputs: [[1, 2]], targets: [[1, 0, 1]] }], 'bad-shape', /inputs \[batch, 2048\].*row of 2/],
    ['no targets', [{ inputs }], 'bad-shape', /targets \[batch, 3\]. Received: undefined/],
    ['fewer targets', [{ inputs, targets: targets.slice(1) }], 'bad-shape', /4 inputs and 3 targets/],
    [
      'one item',
      [{ inputs: inputs.slice(1, 2), targets: targets.slice(1, 2) }],
      'bad-shape',
      /batch norm 'bn'.*at least 2/,
    ],
    [
      'NaN',
      [{ inputs: inputs.map((row, i) => (i === 2 ? row.with(7, Number.NaN) : row)), targets }],
      'bad-audio',
      /item 2 has sample 7 = NaN/,
    ],
    ['target 2', [{ inputs, targets: targets.with(1, [0, 2, 0]) }], 'bad-option', /item 1 has the target 'low' = 2/],
  ];
  for (const [name, batches, code, message] of refused) {
    it(`is refused: ${name}`, async () => {
      await expect(fitOne(batches as never)).rejects.toEqual(refusal(code, message));
    });
  }

  it('is refused before work begins', async () => {
    const model = tinyModel();
    const make = (options: object) => () => new Trainer(model, { ...TINY_OPTIONS, ...options } as never);
    expect(make({ frozen: ['layer3'] })).toThrowError(refusal('unknown-name', /Did you mean 'layer/));
    expect(make({ learningRateFactors: { convStak: 2 } })).toThrowError(
      refusal('unknown-name', /Did you mean 'convStack'/),
    );
    expect(make({ learningRateFactors: { convStack: 0 } })).toThrowError(refusal('bad-option', /above 0/));
    expect(make({ frozen: model.parts.map(({ block }) => block) })).toThrowError(
      refusal('bad-option', /nothing to train/),
    );
    expect(make({ clipNorm: 0 })).toThrowError(refusal('bad-option', /clipNorm/));
    expect(make({ accumulate: 0 })).toThrowError(refusal('bad-option', /accumulate/));
    expect(make({ monitor: 'auc' })).toThrowError(refusal('unknown-name', /monitor/));
    expect(make({ stages: [] })).toThrowError(refusal('bad-option', /no stage/));
    const stage = { fromEpoch: 2, optimizer: { name: 'sgd', learningRate: 1 } };
    expect(make({ stages: [stage] })).toThrowError(refusal('bad-option', /must be 0 for the first.*Received: 2/));
    const trainer = new Trainer(model, { ...TINY_OPTIONS, monitor: 'rocAuc' });
    await expect(trainer.fit([], { epochs: 1 })).rejects.toEqual(refusal('bad-option', /'rocAuc' needs 'validation'/));
    await expect(trainer.fit([], { epochs: 0, validation: [] })).rejects.toEqual(refusal('bad-option', /epochs/));
    model.dispose();
  });

  it('says that early stopping has nothing to go by', async () => {
    const model = tinyModel();
    const callbacks = [earlyStopping({ patience: 1, monitor: 'rocAuc' })];
    const run = new Trainer(model, TINY_OPTIONS).fit([tinyBatch(1)], { epochs: 3, callbacks });
    await expect(run).rejects.toEqual(refusal('bad-option', /no epoch has the monitored value 'rocAuc'/));
    model.dispose();
  });

  it('leaves nothing behind where a loss of one’s own gives no number', async () => {
    const model = tinyModel();
    const loss = (targets: tf.Tensor2D, scores: tf.Tensor2D) => tf.sub(targets, scores) as unknown as tf.Scalar;
    const tensors = tf.memory().numTensors;
    const run = new Trainer(model, { ...TINY_OPTIONS, loss } as TrainerOptions).fit([tinyBatch(1)], { epochs: 1 });
    await expect(run).rejects.toThrow(/Expected a scalar tensor from 'loss'/);
    expect(tf.memory().numTensors).toBe(tensors);
    model.dispose();
  });

  it('says where an iterator that is used up ends', async () => {
    const model = tinyModel();
    const once = [tinyBatch(1)].values();
    const run = new Trainer(model, TINY_OPTIONS).fit(once, { epochs: 2 });
    await expect(run).rejects.toEqual(refusal('bad-option', /epoch 2. Received: none. A generator/));
    model.dispose();
  });
});

describe('divergence', () => {
  it('stops at the step and names the layer and block where it began', async () => {
    const model = tinyModel();
    const huge = { name: 'sgd', learningRate: 1e30 } as const;
    const run = new Trainer(model, { ...TINY_OPTIONS, optimizer: huge }).fit(tinyBatches, { epochs: 9 });
    await expect(run).rejects.toEqual(
      refusal('diverged', /at step \d+: its (loss|gradient) is not finite.*layer '\w+' of block '\w+'/),
    );
    model.dispose();
  });

  it('leaves the weights and statistics of the last step that was made', async () => {
    const nan = (targets: tf.Tensor2D, scores: tf.Tensor2D) => tf.mul(tf.sum(tf.sub(targets, scores)), Number.NaN);
    const infinite = (_targets: tf.Tensor2D, scores: tf.Tensor2D) => tf.sum(tf.sqrt(tf.mul(scores, 0)));
    for (const wrong of [nan, infinite]) {
      const model = tinyModel();
      const good: Record<string, readonly number[]>[] = [];
      let batches = 0;
      // Two batches an update: the third update goes wrong at its second.
      const loss = (targets: tf.Tensor2D, scores: tf.Tensor2D) =>
        (++batches < 6 ? tf.sum(tf.squaredDifference(scores, targets)) : wrong(targets, scores)) as tf.Scalar;
      const trainer = new Trainer(model, { ...TINY_OPTIONS, loss, accumulate: 2 } as TrainerOptions);
      const callbacks = [{ onStepEnd: async () => void good.push(await weightsOf(model)) }];
      const tensors = tf.memory().numTensors;
      const run = trainer.fit(Array(6).fill(tinyBatch(1)), { epochs: 1, callbacks });
      await expect(run).rejects.toEqual(refusal('diverged', /step 3/));
      expect(good).toHaveLength(2);
      expect(good[1]?.['layer1/bn/moving_mean']).not.toEqual(good[0]?.['layer1/bn/moving_mean']);
      expect(await weightsOf(model)).toEqual(good[1]);
      expect(tf.memory().numTensors).toBe(tensors);
      model.dispose();
    }
  });

  it('names a gradient that is not finite although the loss is', async () => {
    const model = linearModel();
    const infinite = (_targets: tf.Tensor2D, scores: tf.Tensor2D) => tf.sum(tf.sqrt(tf.mul(scores, 0))) as tf.Scalar;
    const optimizer = { name: 'sgd', learningRate: 1 } as const;
    const before = await weightsOf(model);
    const tensors = tf.memory().numTensors;
    const run = new Trainer(model, { optimizer, loss: infinite }).fit([linearBatch(2)], { epochs: 1 });
    await expect(run).rejects.toEqual(
      refusal('diverged', /step 1: its gradient.*'dense\/bias' in layer 'dense' of block 'multiLabel'/),
    );
    expect(await weightsOf(model)).toEqual(before);
    expect(tf.memory().numTensors).toBe(tensors);
    model.dispose();
  });
});
