import { fork, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { refusal, smallModel } from '../../test/harness/small-model.js';
import { TINY_OPTIONS, tinyBatch, tinyBatches, tinyModel, weightsOf } from '../../test/harness/tiny-training.js';
import { readSafetensors, writeSafetensors } from '../io/safetensors.js';
import { useTfjsBackend } from '../runtime/tfjs-backend.js';
import { checkpoint, earlyStopping } from './callbacks.js';
import type { FitOptions } from './fit-options.js';
import type { EpochRecord } from './history.js';
import type { TrainerOptions } from './plan.js';
import { cosine, warmUp } from './schedules.js';
import { Trainer } from './trainer.js';

beforeAll(async () => {
  await useTfjsBackend('wasm');
});

const newFolder = () => mkdtemp(join(tmpdir(), 'musrep-run-'));
const withoutTime = (history: readonly EpochRecord[]) => history.map(({ seconds, ...record }) => record);
const validation = [tinyBatch(50)];

/** Trains a new model; gives all that must be equal. */
async function train(options: Partial<TrainerOptions>, fit: FitOptions) {
  const model = tinyModel();
  try {
    const history = await new Trainer(model, { ...TINY_OPTIONS, ...options } as TrainerOptions).fit(tinyBatches, fit);
    return { history: withoutTime(history), weights: await weightsOf(model) };
  } finally {
    model.dispose();
  }
}

/** Cancels after so many updates. */
function abortAfter(steps: number) {
  const controller = new AbortController();
  const callback = {
    onStepEnd: ({ progress }: { progress: { step: number } }) => {
      if (progress.step === steps) controller.abort();
    },
  };
  return { signal: controller.signal, callback };
}

/** Trains in a process of its own, which is killed after so many updates if given. */
function trainInProcess(folder: string, killAfter?: number, resume = false): Promise<NodeJS.Signals | null> {
  return new Promise((done, fail) => {
    const script = resolve(import.meta.dirname, '../../test/harness/train-process.ts');
    // With relaxed SIMD sums are rounded otherwise: what this process has the other gets too.
    const flags = process.execArgv.filter((one) => one.includes('relaxed-simd'));
    const child = fork(script, resume ? [folder, 'resume'] : [folder], { execArgv: [...flags, '--import', 'tsx'] });
    child.on('message', (step) => {
      if (step === killAfter) child.kill('SIGKILL');
    });
    child.on('error', fail);
    child.on('exit', (_code, signal) => done(signal));
  });
}

describe('a run that is resumed', () => {
  it('gives the weights of one that was not interrupted, though its process was killed', async () => {
    const folder = await newFolder();
    const uninterrupted = await train({}, { epochs: 4, validation, keep: 'last' });
    // In the middle of the second epoch, then in that of the third.
    expect(await trainInProcess(folder, 5)).toBe('SIGKILL');
    expect(await trainInProcess(folder, 8, true)).toBe('SIGKILL');
    expect(existsSync(join(folder, 'weights.json'))).toBe(false);
    expect(await trainInProcess(folder, undefined, true)).toBe(null);
    const weights = JSON.parse(await readFile(join(folder, 'weights.json'), 'utf8'));
    expect(weights).toEqual(uninterrupted.weights);
  });

  const schedule = (elapsed: { step: number; epoch: number }) =>
    warmUp({ steps: 4 })(elapsed) * cosine({ steps: 20 })(elapsed);
  const runs: readonly (readonly [string, Partial<TrainerOptions>, number])[] = [
    ['within an epoch, with a schedule', { schedule } as never, 4],
    ['at the end of an epoch', {}, 6],
    ['while gradients are averaged', { accumulate: 2 }, 3],
    [
      'within the second stage',
      {
        stages: [
          { fromEpoch: 0, optimizer: { name: 'adam', learningRate: 0.01 } },
          { fromEpoch: 1, optimizer: { name: 'sgd', learningRate: 0.01, momentum: 0.9, nesterov: true }, schedule },
          { fromEpoch: 2, optimizer: { name: 'sgd', learningRate: 0.001, momentum: 0.9, nesterov: true } },
        ],
      } as never,
      5,
    ],
    [
      'just before the second stage',
      {
        stages: [
          { fromEpoch: 0, optimizer: { name: 'adam', learningRate: 0.01 } },
          { fromEpoch: 1, optimizer: { name: 'sgd', learningRate: 0.01 } },
        ],
      } as never,
      3,
    ],
  ];
  for (const [name, options, steps] of runs) {
    it(`is the same after an AbortSignal ${name}`, async () => {
      const folder = await newFolder();
      const tensors = tf.memory().numTensors;
      const uninterrupted = await train(options, { epochs: 4, validation });
      const { signal, callback } = abortAfter(steps);
      const callbacks = [checkpoint(folder, { everySteps: 1 }), callback];
      const aborted = train(options, { epochs: 4, validation, callbacks, signal });
      await expect(aborted).rejects.toMatchObject({ name: 'AbortError' });
      const resumed = await train(options, { epochs: 4, validation, resume: folder });
      expect(resumed).toEqual(uninterrupted);
      expect(tf.memory().numTensors).toBe(tensors);
    });
  }

  it('goes on for more epochs, and does nothing where it had ended early', async () => {
    const folder = await newFolder();
    const callbacks = [checkpoint(folder)];
    const whole = await train({}, { epochs: 3, validation });
    await train({}, { epochs: 2, validation, callbacks });
    expect(await train({}, { epochs: 3, validation, resume: folder })).toEqual(whole);
    const stopping = [earlyStopping({ patience: 1, monitor: 'loss' }), checkpoint(folder)];
    const fit = { epochs: 9, validation, callbacks: stopping };
    const options = { optimizer: { name: 'sgd', learningRate: 0 } } as const;
    const stopped = await train(options, fit);
    expect(stopped.history.length).toBeLessThan(9);
    expect(await train(options, { ...fit, resume: folder })).toEqual(stopped);
  });
});

describe('a checkpoint', () => {
  const oneEpoch = (folder: string, fit: object = {}) =>
    train({}, { epochs: 1, callbacks: [checkpoint(folder)], ...fit });

  it('is refused if it is of another model, run or version, damaged or absent', async () => {
    const folder = await newFolder();
    await expect(oneEpoch(folder, { resume: folder })).rejects.toEqual(refusal('not-found', /checkpoint\.safetensors/));
    await oneEpoch(folder);
    const resume = (options: object) => train(options, { epochs: 2, resume: folder });
    await expect(resume({ seed: 6 })).rejects.toEqual(refusal('bad-checkpoint', /its seed is 5. Received: 6/));
    const optimizer = { name: 'sgd', learningRate: 1 };
    await expect(resume({ optimizer })).rejects.toEqual(
      refusal('bad-checkpoint', /its stages is .*adam.*Received: .*sgd/),
    );
    const other = smallModel();
    const otherRun = new Trainer(other, TINY_OPTIONS as never).fit([], { epochs: 1, resume: folder });
    await expect(otherRun).rejects.toEqual(refusal('bad-checkpoint', /its model is .*melSpectrogram/));
    other.dispose();
    const one = new Trainer(tinyModel(), TINY_OPTIONS).fit([tinyBatch(1)], { epochs: 2, resume: await midEpoch() });
    await expect(one).rejects.toEqual(refusal('bad-checkpoint', /after 2 batches of epoch 1, and now it has 1/));

    const file = join(folder, 'checkpoint.safetensors');
    const bytes = await readFile(file);
    const { tensors, metadata } = readSafetensors(bytes);
    const newer = { ...metadata, run: (metadata.run as string).replace('"formatVersion":1', '"formatVersion":9') };
    await writeFile(file, writeSafetensors(tensors, newer));
    await expect(resume({})).rejects.toEqual(refusal('bad-checkpoint', /format 9.*Update musrep/));
    await writeFile(file, bytes.subarray(0, bytes.length - 100));
    await expect(resume({})).rejects.toEqual(refusal('bad-checkpoint', /damaged/));
    await writeFile(file, writeSafetensors([]));
    await expect(resume({})).rejects.toEqual(refusal('bad-checkpoint', /no checkpoint of musrep/));
  });

  async function midEpoch(): Promise<string> {
    const folder = await newFolder();
    const { signal, callback } = abortAfter(2);
    const fit = { epochs: 2, callbacks: [checkpoint(folder, { everySteps: 1 }), callback], signal };
    await expect(train({}, fit)).rejects.toMatchObject({ name: 'AbortError' });
    return folder;
  }

  it('survives a full disk and a diverged run', async () => {
    const folder = await newFolder();
    await oneEpoch(folder);
    const before = await readFile(join(folder, 'checkpoint.safetensors'));
    const huge = { name: 'sgd', learningRate: 1e30 } as const;
    const diverged = train({ optimizer: huge }, { epochs: 3, callbacks: [checkpoint(folder)] });
    await expect(diverged).rejects.toEqual(refusal('diverged', /not finite/));
    expect((await readFile(join(folder, 'checkpoint.safetensors'))).equals(before)).toBe(true);
    await symlink('/dev/full', join(folder, `checkpoint.safetensors.${process.pid}.tmp`));
    await expect(oneEpoch(folder)).rejects.toEqual(refusal('write-failed', /no space left/));
    expect((await readFile(join(folder, 'checkpoint.safetensors'))).equals(before)).toBe(true);
    expect(await readdir(folder)).toEqual(['checkpoint.safetensors']);
  });

  it('takes away what a process left that was killed while it wrote, and nothing else', async () => {
    const folder = await newFolder();
    const { pid } = spawnSync(process.execPath, ['--version']);
    const others = [`checkpoint.safetensors.${process.ppid}.tmp`, `notes.${pid}.tmp`];
    for (const file of [`checkpoint.safetensors.${pid}.tmp`, ...others]) await writeFile(join(folder, file), 'half');
    await oneEpoch(folder);
    expect(await readdir(folder)).toEqual(['checkpoint.safetensors', ...others].sort());
  });
});
