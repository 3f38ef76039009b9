import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { frames, linearBatch, linearModel } from '../../test/harness/linear-model.js';
import { TINY_OPTIONS, tinyBatch, tinyBatches, tinyModel, weightsOf } from '../../test/harness/tiny-training.js';
import { singleLabel } from '../backends/heads/single-label.js';
import { flatten } from '../backends/pooling.js';
import { audioModel } from '../core/builder.js';
import { averagePrecision, rocAuc } from '../metrics/index.js';
import { useTfjsBackend } from '../runtime/tfjs-backend.js';
import { earlyStopping } from './callbacks.js';
import type { EpochRecord } from './history.js';
import { MemoryGuard } from './memory-guard.js';
import { Trainer } from './trainer.js';

beforeAll(async () => {
  await useTfjsBackend('wasm');
});

const withoutTime = (history: readonly EpochRecord[]) => history.map(({ seconds, ...record }) => record);

describe('fit', () => {
  it('learns, leaves no tensor behind, and leaves room for other work', async () => {
    const model = tinyModel();
    // What is folded is kept from the first window on.
    await model.tag({ samples: new Float32Array(model.samples), sampleRate: model.sampleRate });
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
