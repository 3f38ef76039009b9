import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { refusal } from '../../test/harness/small-model.js';
import { TINY_OPTIONS, tinyBatch, tinyBatches, tinyModel, weightsOf } from '../../test/harness/tiny-training.js';
import { multiLabel } from '../backends/heads/multi-label.js';
import { singleLabel } from '../backends/heads/single-label.js';
import { flatten } from '../backends/pooling.js';
import { defineBlock } from '../core/block.js';
import { audioModel } from '../core/builder.js';
import { averagePrecision, rocAuc } from '../metrics/index.js';
import { useTfjsBackend } from '../runtime/tfjs-backend.js';
import { earlyStopping } from './callbacks.js';
import type { EpochRecord } from './history.js';
import { MemoryGuard } from './memory-guard.js';
import type { TrainerOptions } from './plan.js';
import { Trainer } from './trainer.js';

beforeAll(async () => {
  await useTfjsBackend('wasm');
});

/** Frames of a waveform as a sequence: nothing to learn, nothing random. */
const frames = defineBlock({
  name: 'test/frames',
  role: 'frontend',
  takes: ['waveform'],
  defaults: { length: 4 },
  output: ({ samples }, { length }) => ({ kind: 'sequence', frames: samples / length, channels: length }),
  build: (x, { length }, { input, layers }) =>
    layers.reshape('frames', [input.samples / length, length]).apply(x) as typeof x,
});

/** A logistic regression. */
const linearModel = () =>
  audioModel({ sampleRate: 8000, samples: 16, seed: 1 })
    .frontend(frames())
    .backend(flatten())
    .head(multiLabel(['a', 'b'], { dropout: 0 }))
    .build();

const linearBatch = (items: number, from = 0) => ({
  inputs: Array.from({ length: items }, (_, i) => Array.from({ length: 16 }, (_, j) => Math.sin(7 * (from + i) + j))),
  targets: Array.from({ length: items }, (_, i) => [(from + i) % 2, (from + i) % 3 === 0 ? 1 : 0]),
});

const withoutTime = (history: readonly EpochRecord[]) => history.map(({ seconds, ...record }) => record);

describe('fit', () => {
  it('learns, leaves no tensor behind, and leaves room for other work', async () => {
    const model = tinyModel();
    const before = tf.memory().numTensors;
    let turns = 0;
    const timer = setInterval(() => turns++, 0);
    const history = await new Trainer(model, TINY_OPTIONS).fit(tinyBatches, {
      epochs: 12,
      validation: [tinyBatch(100), tinyBatch(101)],
    });
    clearInterval(timer);
    expect(tf.memory().numTensors).toBe(before);
    expect(turns).toBeGreaterThan(20);
    expect(history.map(({ epoch, steps }) => [epoch, steps])).toEqual(
      Array.from({ length: 12 }, (_, i) => [i + 1, 3 * (i + 1)]),
    );
    expect(history.at(-1)?.loss).toBeLessThan(0.7 * (history[0]?.loss as number));
    expect(history.at(-1)?.rocAuc).toBeGreaterThan(0.95);
    model.dispose();
  });

  it('repeats itself bit for bit with the same seed, and differs with another', async () => {
    const runs = [];
    for (const seed of [5, 5, 6]) {
      const model = tinyModel();
      const history = await new Trainer(model, { ...TINY_OPTIONS, seed }).fit([tinyBatch(1), tinyBatch(2)], {
        epochs: 2,
      });
      runs.push({ weights: await weightsOf(model), history: withoutTime(history) });
      model.dispose();
    }
    expect(runs[1]).toEqual(runs[0]);
    expect(runs[2]?.weights['dense2/kernel']).not.toEqual(runs[0]?.weights['dense2/kernel']);
  });

  it('gives the same weights, bit for bit, without a look at the memory before', async () => {
    const runs = [];
    for (const isGuarded of [true, false]) {
      const requireRoom = vi.spyOn(MemoryGuard.prototype, 'requireRoom');
      if (!isGuarded) requireRoom.mockImplementation(() => {});
      const model = tinyModel();
      const history = await new Trainer(model, TINY_OPTIONS).fit(tinyBatches, {
        epochs: 2,
        validation: [tinyBatch(9)],
      });
      expect(requireRoom).toHaveBeenCalledTimes(8);
      runs.push({ weights: await weightsOf(model), history: withoutTime(history) });
      requireRoom.mockRestore();
      model.dispose();
    }
    expect(runs[1]).toEqual(runs[0]);
  });

  it('takes tensors and arrays alike, from iterables of either kind', async () => {
    const { inputs, targets } = tinyBatch(1);
    const tensors = {
      inputs: tf.tensor2d(
        inputs.flatMap((row) => [...row]),
        [4, 2048],
      ),
      targets: tf.tensor2d(targets),
    };
    async function* oneByOne() {
      yield { inputs: inputs.map((row) => Array.from(row)), targets: targets.map((row) => Float32Array.from(row)) };
    }
    const results = [];
    for (const batches of [[{ inputs, targets }], new Set([tensors]), () => oneByOne()]) {
      const model = tinyModel();
      await new Trainer(model, TINY_OPTIONS).fit(batches, { epochs: 1 });
      results.push(await weightsOf(model));
      model.dispose();
    }
    expect(results[1]).toEqual(results[0]);
    expect(results[2]).toEqual(results[0]);
    expect(tensors.inputs.isDisposed).toBe(false);
    tf.dispose([tensors.inputs, tensors.targets]);
  });

  it('averages the gradients of several batches, the last of them fewer', async () => {
    const [whole, halves] = [linearModel(), linearModel()];
    const options = { optimizer: { name: 'sgd', learningRate: 0.5 }, loss: 'binaryCrossentropy' } as const;
    const steps: number[] = [];
    const callbacks = [{ onStepEnd: ({ progress }: { progress: { step: number } }) => void steps.push(progress.step) }];
    await new Trainer(whole, options).fit([linearBatch(6), linearBatch(3, 6)], { epochs: 1 });
    await new Trainer(halves, { ...options, accumulate: 2 }).fit(
      [linearBatch(3), linearBatch(3, 3), linearBatch(3, 6)],
      { epochs: 1, callbacks },
    );
    expect(steps).toEqual([1, 2]);
    const [expected, received] = [await weightsOf(whole), await weightsOf(halves)];
    received['dense/kernel']?.forEach((value, i) => {
      expect(value).toBeCloseTo(expected['dense/kernel']?.[i] as number, 6);
    });
    whole.dispose();
    halves.dispose();
  });

  it('goes by the schedule, by the factors of blocks, and by the gradients’ norm', async () => {
    const moved = async (options: object) => {
      const model = linearModel();
      const before = (await weightsOf(model))['dense/kernel'] as readonly number[];
      const optimizer = { name: 'sgd', learningRate: 1 } as const;
      await new Trainer(model, { optimizer, loss: 'binaryCrossentropy', ...options }).fit([linearBatch(6)], {
        epochs: 1,
      });
      const after = await weightsOf(model);
      model.dispose();
      return Math.hypot(...before.map((value, i) => value - (after['dense/kernel']?.[i] as number)));
    };
    const whole = await moved({});
    expect(await moved({ schedule: () => 0.25 })).toBeCloseTo(0.25 * whole, 5);
    expect(await moved({ learningRateFactors: { multiLabel: 0.5 } })).toBeCloseTo(0.5 * whole, 5);
    expect(await moved({ learningRateFactors: { dense: 0.5 } })).toBeCloseTo(0.5 * whole, 5);
    expect(await moved({ clipNorm: 1e-3 })).toBeLessThan(1e-3);
    expect(await moved({ clipNorm: 100 })).toBeCloseTo(whole, 6);
  });

  it('leaves frozen blocks as they are, statistics and all', async () => {
    const model = tinyModel();
    const before = await weightsOf(model);
    await new Trainer(model, { ...TINY_OPTIONS, frozen: ['melSpectrogram', 'layer1'] }).fit([tinyBatch(1)], {
      epochs: 2,
    });
    const after = await weightsOf(model);
    for (const key of Object.keys(before)) {
      const isFrozen = /^(spec_bn|layer1)\//.test(key);
      const isRounding = /(conv|dense1)\/bias$/.test(key);
      if (!isRounding) expect(String(after[key]) === String(before[key]), key).toBe(isFrozen);
    }
    await new Trainer(model, TINY_OPTIONS).fit([tinyBatch(1)], { epochs: 1 });
    expect((await weightsOf(model))['layer1/bn/moving_mean']).not.toEqual(before['layer1/bn/moving_mean']);
    model.dispose();
  });

  it('keeps the best epoch or the last, and stops early', async () => {
    const rising = { optimizer: { name: 'sgd', learningRate: 0.05 }, loss: 'binaryCrossentropy' } as const;
    const wrong = { ...linearBatch(6), targets: linearBatch(6).targets.map((row) => row.map((target) => 1 - target)) };
    const model = linearModel();
    const first = linearModel();
    const callbacks = [earlyStopping({ patience: 2 })];
    // What is learned is the opposite of what the validation says: the first epoch is the best.
    const history = await new Trainer(model, rising).fit([linearBatch(6)], {
      epochs: 9,
      validation: [wrong],
      callbacks,
    });
    expect(history.length).toBe(3);
    await new Trainer(first, rising).fit([linearBatch(6)], { epochs: 1 });
    expect(await weightsOf(model)).toEqual(await weightsOf(first));
    const again = await new Trainer(model, rising).fit([linearBatch(6)], {
      epochs: 2,
      validation: [wrong],
      keep: 'last',
    });
    expect(again.length).toBe(2);
    expect(await weightsOf(model)).not.toEqual(await weightsOf(first));
    model.dispose();
    first.dispose();
  });

  it('reloads the best weights where a stage begins, and starts its optimiser', async () => {
    const stages = [
      { fromEpoch: 0, optimizer: { name: 'adam', learningRate: 0.01 } },
      { fromEpoch: 2, optimizer: { name: 'sgd', learningRate: 0, momentum: 0.9 } },
    ] as const;
    const model = tinyModel();
    const first = tinyModel();
    const validation = [tinyBatch(50)];
    const staged = await new Trainer(model, { ...TINY_OPTIONS, stages }).fit(tinyBatches, {
      epochs: 3,
      validation,
      keep: 'last',
    });
    const plain = await new Trainer(first, { ...TINY_OPTIONS, optimizer: stages[0].optimizer }).fit(tinyBatches, {
      epochs: 2,
      validation,
    });
    expect(staged.map(({ learningRate }) => learningRate)).toEqual([0.01, 0.01, 0]);
    expect(withoutTime(staged.slice(0, 2))).toEqual(withoutTime(plain));
    expect((await weightsOf(model))['layer2/conv/kernel']).toEqual((await weightsOf(first))['layer2/conv/kernel']);
    model.dispose();
    first.dispose();
  });
});

describe('evaluate', () => {
  it('gives the metrics of the model’s scores, and names labels without an ROC-AUC', async () => {
    const model = linearModel();
    const batch = linearBatch(7);
    const trainer = new Trainer(model, { optimizer: { name: 'sgd', learningRate: 1 }, loss: 'binaryCrossentropy' });
    const tensors = tf.memory().numTensors;
    const metrics = await trainer.evaluate([linearBatch(4), linearBatch(3, 4)]);
    expect(tf.memory().numTensors).toBe(tensors);
    const scores = tf.tidy(() => model.predict(tf.tensor2d(batch.inputs)).arraySync());
    expect(metrics.rocAuc).toBeCloseTo(rocAuc(batch.targets, scores), 12);
    expect(metrics.averagePrecision).toBeCloseTo(averagePrecision(batch.targets, scores), 12);
    const terms = scores.flatMap((row, i) => row.map((p, j) => -Math.log(batch.targets[i]?.[j] ? p : 1 - p)));
    expect(metrics.validationLoss).toBeCloseTo(terms.reduce((sum, term) => sum + term, 0) / terms.length, 5);
    const right = scores.flatMap((row, i) => row.map((p, j) => Number(p >= 0.5 === (batch.targets[i]?.[j] === 1))));
    expect(metrics.accuracy).toBeCloseTo(right.reduce((sum, one) => sum + one, 0) / right.length, 12);

    const oneSided = await trainer.evaluate([
      { inputs: batch.inputs, targets: batch.targets.map(([a]) => [a as number, 0]) },
    ]);
    expect(oneSided.undefinedLabels).toEqual(['b']);
    const soft = await trainer.evaluate([{ inputs: batch.inputs, targets: batch.targets.map(() => [0.3, 0.6]) }]);
    expect(soft).not.toHaveProperty('rocAuc');
    model.dispose();
  });

  it('counts of a softmax how often the right label scores highest', async () => {
    const model = audioModel({ sampleRate: 8000, samples: 16 })
      .frontend(frames())
      .backend(flatten())
      .head(singleLabel(['a', 'b', 'c']))
      .build();
    const { inputs } = linearBatch(5);
    const scores = tf.tidy(() => model.predict(tf.tensor2d(inputs)).arraySync());
    const winners = scores.map((row) => row.indexOf(Math.max(...row)));
    // Right for the first two items alone.
    const targets = winners.map((winner, i) =>
      [0, 1, 2].map((label) => Number(label === (i < 2 ? winner : (winner + 1) % 3))),
    );
    const trainer = new Trainer(model, {
      optimizer: { name: 'sgd', learningRate: 1 },
      loss: 'categoricalCrossentropy',
    });
    expect((await trainer.evaluate([{ inputs, targets }])).accuracy).toBeCloseTo(0.4, 12);
    model.dispose();
  });
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
