import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { clipOf, refusal } from '../../test/harness/small-model.js';
import { embeddingHead } from '../backends/heads/embedding-head.js';
import { frameLabels } from '../backends/heads/frame-labels.js';
import { multiLabel } from '../backends/heads/multi-label.js';
import { multiTask } from '../backends/heads/multi-task.js';
import { singleLabel } from '../backends/heads/single-label.js';
import { globalPool } from '../backends/pooling.js';
import { recurrent } from '../backends/recurrent.js';
import { transformerEncoder } from '../backends/transformer-encoder.js';
import { melSpectrogram } from '../frontends/mel-spectrogram.js';
import { loadModel } from '../models/load-model.js';
import { useTfjsBackend } from '../runtime/tfjs-backend.js';
import { audioModel } from './builder.js';
import { byTask } from './by-task.js';

const RATE = 8000;
const mel = () =>
  audioModel({ sampleRate: RATE, samples: 4000, seed: 2 }).frontend(
    melSpectrogram({ fftSize: 256, hopLength: 200, bands: 8 }),
  );
const clip = clipOf(2, RATE);

const tasks = () =>
  mel()
    .backend(globalPool({ pool: 'mean' }))
    .head(
      multiTask({ genre: singleLabel(['rock', 'jazz', 'folk']), mood: multiLabel(['calm', 'dark'], { hidden: 3 }) }),
    )
    .build();
const frames = () =>
  mel()
    .backend(recurrent({ units: 4, depth: 1, output: 'sequence' }))
    .head(frameLabels(['voice', 'drums']))
    .build();

async function savedAndLoaded(model: { save(folder: string): Promise<void> }) {
  const folder = await mkdtemp(join(tmpdir(), 'musrep-head-'));
  await model.save(folder);
  return loadModel(folder);
}

beforeAll(() => useTfjsBackend('wasm'));

describe('multiTask', () => {
  it('gives every task its own scores, which are saved and loaded', async () => {
    const before = tf.memory().numTensors;
    const model = tasks();
    const tags = await model.tag(clip);
    const { genre, mood } = byTask(tags);
    expect(genre.reduce((sum, { score }) => sum + score, 0)).toBeCloseTo(1, 5);
    expect(genre.map(({ label }) => label).sort()).toEqual(['folk', 'jazz', 'rock']);
    expect(mood.map(({ label }) => label).sort()).toEqual(['calm', 'dark']);
    const loaded = await savedAndLoaded(model);
    expect(loaded.labels).toEqual(['genre/rock', 'genre/jazz', 'genre/folk', 'mood/calm', 'mood/dark']);
    expect(await loaded.tag(clip)).toEqual(tags);
    model.dispose();
    loaded.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('refuses what is no task', () => {
    expect(() => multiTask({ all: tasks().spec.head as never })).toThrow(refusal('bad-option', /multiTask 'all'/));
    expect(() => multiTask({ 'a/b': multiLabel(['c']) })).toThrow(refusal('bad-option', /has no slash/));
    expect(() => multiTask({})).toThrow(refusal('bad-option', /at least one label/));
  });
});

describe('frameLabels', () => {
  it('gives rows for frames, with their own times', async () => {
    const before = tf.memory().numTensors;
    const model = frames();
    const { times, scores } = await model.taggram(clip);
    // Four windows of half a second, 21 frames each.
    expect(times.length).toBe(4 * 21);
    expect(scores.length).toBe(times.length);
    expect(times.slice(20, 23)).toEqual([(20 * 0.5) / 21, 0.5, 0.5 + 0.5 / 21]);
    const windows = tf.tensor2d(clip.samples.slice(0, 4000), [1, 4000]);
    const predicted = model.predict(windows);
    expect(predicted.shape).toEqual([1, 21, 2]);
    expect(scores.slice(0, 21).flatMap((row) => [...row])).toEqual([...(await predicted.data())]);
    tf.dispose([windows, predicted]);
    const { embeddings } = await model.embed(clip);
    expect([embeddings.length, embeddings[0]?.length]).toEqual([84, 4]);
    const [first] = await model.tag(clip, { windows: 'all' });
    const column = model.labels.indexOf(first?.label as 'voice');
    const mean = scores.reduce((sum, row) => sum + (row[column] as number), 0) / scores.length;
    expect(first?.score).toBeCloseTo(mean, 6);
    const live: number[] = [];
    for await (const { time } of model.listen([clip.samples], { sampleRate: RATE, hopSeconds: 0.5 })) live.push(time);
    expect(live).toEqual(times);
    const loaded = await savedAndLoaded(model);
    expect((await loaded.taggram(clip)).scores).toEqual(scores);
    model.dispose();
    loaded.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('embeddingHead', () => {
  it('gives embeddings of length 1, and has nothing to tag', async () => {
    const model = mel()
      .backend(globalPool({ pool: 'mean' }))
      .head(embeddingHead({ width: 5, normalize: true }))
      .build();
    const { embeddings } = await model.embed(clip);
    for (const embedding of embeddings) expect(Math.hypot(...embedding)).toBeCloseTo(1, 5);
    await expect(model.tag(clip)).rejects.toEqual(refusal('bad-option', /bare embeddings: use 'embed'/));
    await expect(model.taggram(clip)).rejects.toEqual(refusal('bad-option', /'taggram'/));
    const loaded = await savedAndLoaded(model);
    expect((await loaded.embed(clip)).embeddings).toEqual(embeddings);
    model.dispose();
    loaded.dispose();
  });

  it('as it is gives the back end’s own', async () => {
    const bare = mel()
      .backend(globalPool({ pool: 'max' }))
      .head(embeddingHead())
      .build();
    const labelled = mel()
      .backend(globalPool({ pool: 'max' }))
      .head(multiLabel(['a']))
      .build();
    expect((await bare.embed(clip)).embeddings).toEqual((await labelled.embed(clip)).embeddings);
    bare.dispose();
    labelled.dispose();
  });
});

describe('a Transformer that masks padding', () => {
  it('gives a window that is padded the scores of the shorter one', async () => {
    const encoder = transformerEncoder({ depth: 1, heads: 2, positions: 'none', maskPadding: true });
    const build = (samples: number, block = encoder) =>
      audioModel({ sampleRate: RATE, samples, seed: 2 })
        .frontend(melSpectrogram({ fftSize: 200, hopLength: 200, bands: 8, center: false, batchNorm: false }))
        .backend(block)
        .head(multiLabel(['a', 'b']))
        .build();
    const [short, long] = [build(2000), build(4000)];
    const bare = build(4000, transformerEncoder({ depth: 1, heads: 2, positions: 'none' }));
    const models = [short, long, bare];
    const half = { samples: clip.samples.slice(0, 2000), sampleRate: RATE };
    const [a, b, c] = await Promise.all(models.map((model) => model.tag(half, { windows: 1 })));
    expect(b?.map(({ score }) => score)).toEqual(a?.map(({ score }) => expect.closeTo(score, 5)));
    expect(Math.abs((c?.[0]?.score ?? 0) - (a?.[0]?.score ?? 0))).toBeGreaterThan(1e-3);
    for (const model of models) model.dispose();
  });
});
