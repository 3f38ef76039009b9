import { mkdir, mkdtemp, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { multiLabel } from '../backends/heads/multi-label.js';
import { readSafetensors, writeSafetensors } from '../io/safetensors.js';
import { loadModel } from '../models/load-model.js';
import { MusiCNN } from '../models/musicnn.js';
import { useTfjsBackend } from '../runtime/tfjs-backend.js';
import { defineBlock } from './block.js';
import { audioModel } from './builder.js';

const sizes = { verticalFilters: 3, horizontalFilters: 2, channels: 4, hidden: 5 };
const LABELS = ['rock', 'jazz', 'piano'] as const;
const clipOf = (seconds: number, sampleRate = 16_000) => ({
  samples: Float32Array.from({ length: seconds * sampleRate }, (_, i) => Math.sin(i / 9) * Math.cos(i / 3001)),
  sampleRate,
});

let model: MusiCNN<typeof LABELS>;
let tensors: number;

beforeAll(async () => {
  await useTfjsBackend('wasm');
  model = new MusiCNN({ labels: LABELS, seed: 3, ...sizes });
  tensors = tf.memory().numTensors;
});

afterAll(() => model.dispose());

const refusal = (code: string, message: RegExp) =>
  expect.objectContaining({ name: 'MusrepError', code, message: expect.stringMatching(message) });

describe('tag, taggram and embed', () => {
  it('agree with one another and leave no tensor behind', async () => {
    const clip = clipOf(7);
    const tags = await model.tag(clip, { windows: 4 });
    const { scores, times, labels } = await model.taggram(clip, { hopSeconds: 1 });
    const { embeddings } = await model.embed(clip, { hopSeconds: 2 });
    const pooled = await model.embed(clip, { hopSeconds: 2, pool: 'mean' });
    expect(times).toEqual([0, 1, 2, 3, 4]);
    // Four windows over 7 s start every second.
    labels.forEach((label, i) => {
      const mean = scores.slice(0, 4).reduce((sum, row) => sum + (row[i] as number), 0) / 4;
      expect(tags.find((tag) => tag.label === label)?.score).toBeCloseTo(mean, 5);
    });
    expect(tags.map(({ score }) => score)).toEqual(tags.map(({ score }) => score).sort((a, b) => b - a));
    expect(embeddings.map((one) => one.length)).toEqual([48, 48, 48]);
    const first = embeddings.reduce((sum, one) => sum + (one[0] as number), 0) / 3;
    expect(pooled[0]).toBeCloseTo(first, 5);
    expect(tf.memory().numTensors).toBe(tensors);
  });

  it('give the same whatever the batch size', async () => {
    const [one, many] = [
      await model.taggram(clipOf(10), { batchSize: 1 }),
      await model.taggram(clipOf(10), { batchSize: 16 }),
    ];
    one.scores.forEach((row, i) => {
      for (const [j, score] of row.entries()) expect(score).toBeCloseTo(many.scores[i]?.[j] as number, 5);
    });
  });

  it('pad a clip shorter than a window, and say so; take silence', async () => {
    const tags = await model.tag(clipOf(1));
    expect([tags.length, tags.paddedSeconds]).toEqual([3, 2]);
    expect((await model.taggram(clipOf(1))).paddedSeconds).toBe(2);
    expect((await model.tag(clipOf(4))).paddedSeconds).toBe(0);
    const silent = await model.tag({ samples: new Float32Array(64_000), sampleRate: 16_000 }, { top: 1 });
    expect(silent).toHaveLength(1);
    expect(Number.isFinite(silent[0]?.score)).toBe(true);
  });

  it('refuse bad clips and options before work begins', async () => {
    const nan = clipOf(4);
    nan.samples[123] = Number.NaN;
    await expect(model.tag(nan)).rejects.toEqual(refusal('bad-audio', /Sample 123/));
    await expect(model.taggram({ samples: new Float32Array(0), sampleRate: 16_000 })).rejects.toEqual(
      refusal('bad-audio', /no samples/),
    );
    await expect(model.tag(clipOf(4), { windows: 0 })).rejects.toEqual(refusal('bad-option', /windows/));
    await expect(model.tag(clipOf(4), { top: 0 })).rejects.toEqual(refusal('bad-option', /'top'/));
    await expect(model.taggram(clipOf(4), { hopSeconds: 0 })).rejects.toEqual(refusal('bad-option', /hop/));
    await expect(model.embed(clipOf(4), { batchSize: -1 })).rejects.toEqual(refusal('bad-option', /batchSize/));
    expect(tf.memory().numTensors).toBe(tensors);
  });

  it('report progress and can be cancelled half-way', async () => {
    const done: number[] = [];
    await model.taggram(clipOf(12), { batchSize: 1, onProgress: (share) => done.push(share) });
    expect(done).toEqual([0.25, 0.5, 0.75, 1]);
    const controller = new AbortController();
    const run = model.taggram(clipOf(12), {
      batchSize: 1,
      signal: controller.signal,
      onProgress: () => controller.abort(),
    });
    await expect(run).rejects.toMatchObject({ name: 'AbortError' });
    expect(tf.memory().numTensors).toBe(tensors);
  });
});

describe('many clips', () => {
  const clips = [clipOf(5), clipOf(2), clipOf(9, 22_050), clipOf(3), clipOf(4)];

  it('give what each would alone, in order, and leave no tensor behind', async () => {
    for (const batchSize of [1, 3, 100]) {
      const tags = [];
      for await (const one of model.tagEach(clips, { top: 2, windows: 3, batchSize })) tags.push(one);
      const embeddings = [];
      for await (const one of model.embedEach(clips, { batchSize })) embeddings.push(one);
      expect([tags.length, embeddings.length]).toEqual([5, 5]);
      for (const [i, clip] of clips.entries()) {
        const alone = await model.tag(clip, { top: 2, windows: 3 });
        expect(tags[i]?.map(({ label }) => label)).toEqual(alone.map(({ label }) => label));
        expect(tags[i]?.[0]?.score).toBeCloseTo(alone[0]?.score as number, 5);
        expect(tags[i]?.paddedSeconds).toBe(alone.paddedSeconds);
        expect(embeddings[i]?.times).toEqual((await model.embed(clip)).times);
      }
    }
    expect(tf.memory().numTensors).toBe(tensors);
  });

  it('are asked for only when they are needed', async () => {
    let asked = 0;
    function* endless() {
      for (;;) {
        asked++;
        yield clipOf(3);
      }
    }
    const results = model.tagEach(endless(), { batchSize: 2 });
    await results.next();
    expect(asked).toBe(2);
    await results.next();
    expect(asked).toBe(2);
    await results.next();
    expect(asked).toBe(4);
    await results.return();
  });

  it('say which is bad, and can be cancelled', async () => {
    const bad = { samples: new Float32Array(0), sampleRate: 16_000 };
    const results = model.tagEach([clipOf(3), bad], { batchSize: 1 });
    expect((await results.next()).value).toHaveLength(3);
    await expect(results.next()).rejects.toEqual(refusal('bad-audio', /no samples/));
    const cancelled = model.tagEach([clipOf(3)], { signal: AbortSignal.abort() });
    await expect(cancelled.next()).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('listen', () => {
  it('gives the rows of the taggram as the audio comes', async () => {
    const clip = clipOf(8, 22_050);
    const whole = await model.taggram(clip, { hopSeconds: 1, batchSize: 1 });
    async function* microphone() {
      for (let at = 0; at < clip.samples.length; at += 5000) yield clip.samples.slice(at, at + 5000);
    }
    const rows = [];
    for await (const row of model.listen(microphone(), { sampleRate: 22_050 })) rows.push(row);
    expect(rows.map(({ time }) => time)).toEqual(whole.times.slice(0, rows.length));
    expect(rows.length).toBeGreaterThanOrEqual(whole.times.length - 1);
    for (const [i, { scores }] of rows.entries()) expect([...scores]).toEqual([...(whole.scores[i] as Float32Array)]);
    expect(tf.memory().numTensors).toBe(tensors);
  });

  it('asks for the next piece only when its rows are taken, and can be cancelled', async () => {
    let asked = 0;
    function* pieces() {
      for (; asked < 100; asked++) yield clipOf(1).samples;
    }
    const controller = new AbortController();
    const rows = model.listen(pieces(), { sampleRate: 16_000, signal: controller.signal });
    expect((await rows.next()).value?.time).toBe(0);
    expect(asked).toBe(2);
    controller.abort();
    await expect(rows.next()).rejects.toMatchObject({ name: 'AbortError' });
    await expect(model.listen([Float32Array.of(Number.NaN)], { sampleRate: 16_000 }).next()).rejects.toEqual(
      refusal('bad-audio', /NaN/),
    );
  });
});

describe('predict', () => {
  it('names a kernel that the tfjs backend lacks, and one that has it', async () => {
    const sigmoid = tf.getKernel('Sigmoid', 'wasm');
    tf.unregisterKernel('Sigmoid', 'wasm');
    const x = tf.zeros([1, model.samples]) as tf.Tensor2D;
    const expected = refusal('missing-kernel', /'wasm' has no kernel 'Sigmoid'.*'cpu'/);
    expect(() => model.predict(x)).toThrowError(expected);
    await expect(model.tag(clipOf(3))).rejects.toEqual(expected);
    tf.registerKernel(sigmoid);
    x.dispose();
  });

  it('refuses windows of another length', () => {
    const x = tf.zeros([2, 100]) as tf.Tensor2D;
    expect(() => model.predict(x)).toThrowError(refusal('bad-shape', /\[batch, 48000\]\. Received: \[2,100\]/));
    const flat = tf.zeros([48_000]);
    expect(() => model.predict(flat as never)).toThrowError(refusal('bad-shape', /Received: \[48000\]/));
    flat.dispose();
    x.dispose();
  });
});

describe('save and load', () => {
  const folder = () => mkdtemp(join(tmpdir(), 'musrep-model-'));

  it('give the same model again', async () => {
    const path = await folder();
    await model.save(path);
    const loaded = await loadModel(path);
    expect(loaded.labels).toEqual(LABELS);
    expect(await loaded.tag(clipOf(5))).toEqual(await model.tag(clipOf(5)));
    expect((await readdir(path)).sort()).toEqual(['model.json', 'weights.safetensors']);
    loaded.dispose();
  });

  it('keep the card of published weights', async () => {
    const path = await folder();
    const published = await MusiCNN.pretrained('mtat');
    await published.save(path);
    const loaded = await loadModel(path);
    expect(loaded.card).toEqual(published.card);
    expect(loaded.card?.scores).toEqual({ rocAuc: 0.9106, prAuc: 0.4493 });
    published.dispose();
    loaded.dispose();
  });

  it('need the user’s own blocks', async () => {
    const own = defineBlock({
      name: 'test/own',
      role: 'backend',
      takes: ['waveform'],
      defaults: { units: 4 },
      output: (_input, { units }) => ({ kind: 'embedding', width: units }),
      build: (x, { units }, { layers }) => layers.dense('own', { units }).apply(x) as typeof x,
    });
    const built = audioModel({ sampleRate: 8000, samples: 64 })
      .backend(own({ units: 2 }))
      .head(multiLabel(['a']))
      .build();
    const path = await folder();
    await built.save(path);
    await expect(loadModel(path)).rejects.toEqual(refusal('bad-model', /needs the block 'test\/own'.*blocks: \[/));
    const loaded = await loadModel(path, { blocks: [own] });
    const x = tf.ones([1, 64]) as tf.Tensor2D;
    const [before, after] = [built.predict(x), loaded.predict(x)];
    expect(await after.data()).toEqual(await before.data());
    tf.dispose([x, before, after]);
    built.dispose();
    loaded.dispose();
  });

  it('lose nothing when the disk is full', async () => {
    const path = await folder();
    await model.save(path);
    const before = await readFile(join(path, 'weights.safetensors'));
    await symlink('/dev/full', join(path, `model.json.${process.pid}.tmp`));
    const other = new MusiCNN({ labels: LABELS, seed: 4, ...sizes });
    await expect(other.save(path)).rejects.toEqual(refusal('write-failed', /no space left/));
    expect((await readFile(join(path, 'weights.safetensors'))).equals(before)).toBe(true);
    expect((await readdir(path)).sort()).toEqual(['model.json', 'weights.safetensors']);
    (await loadModel(path)).dispose();
    other.dispose();
  });

  it('say what is wrong with a folder', async () => {
    const path = await folder();
    await expect(loadModel(path)).rejects.toEqual(refusal('not-found', /model\.json/));
    await writeFile(join(path, 'model.json'), '{ "format":');
    await expect(loadModel(path)).rejects.toEqual(refusal('bad-model', /not JSON/));
    await writeFile(join(path, 'model.json'), '{ "format": "keras" }');
    await expect(loadModel(path)).rejects.toEqual(refusal('bad-model', /does not describe a musrep model/));
    await model.save(path);
    const saved = JSON.parse(await readFile(join(path, 'model.json'), 'utf8'));
    await writeFile(join(path, 'model.json'), JSON.stringify({ ...saved, formatVersion: 99 }));
    await expect(loadModel(path)).rejects.toEqual(refusal('bad-model', /format 99.*Update musrep/));
    await mkdir(join(path, 'a file'));
    await writeFile(join(path, 'a file', 'x'), '');
    await expect(model.save(join(path, 'a file', 'x'))).rejects.toEqual(refusal('write-failed', /Cannot write/));
  });
});

describe('loadWeights', () => {
  it('refuses weights of another model and changes nothing', async () => {
    const before = await model.tag(clipOf(4));
    const other = new MusiCNN({ labels: ['a', 'b'], seed: 9, ...sizes });
    const path = await mkdtemp(join(tmpdir(), 'musrep-weights-'));
    await other.save(path);
    const bytes = await readFile(join(path, 'weights.safetensors'));
    await expect(model.loadWeights(bytes)).rejects.toEqual(
      refusal('bad-weights', /'dense2\/kernel' is \[5,2\] and should be \[5,3\]/),
    );
    const { tensors: all } = readSafetensors(bytes);
    const short = writeSafetensors([...all].filter(([name]) => name !== 'bn/gamma'));
    await expect(other.loadWeights(short)).rejects.toEqual(refusal('bad-weights', /'bn\/gamma' is missing/));
    const long = writeSafetensors([...all, ['more', { shape: [1], values: Float32Array.of(1) }]]);
    await expect(other.loadWeights(long)).rejects.toEqual(refusal('bad-weights', /'more' has no place/));
    await expect(model.loadWeights(bytes.subarray(0, 1000))).rejects.toEqual(refusal('bad-weights', /safetensors/));
    await expect(model.loadWeights('no such file')).rejects.toEqual(refusal('not-found', /no such file/));
    expect(await model.tag(clipOf(4))).toEqual(before);
    other.dispose();
    expect(tf.memory().numTensors).toBe(tensors);
  });
});

describe('pretrained', () => {
  it('names the nearest for a name that there is not', async () => {
    await expect(MusiCNN.pretrained('mtta' as never)).rejects.toEqual(refusal('unknown-name', /Did you mean 'mtat'/));
  });

  it('says what cannot be found', async () => {
    await expect(MusiCNN.pretrained('mtat', { from: '/nowhere' })).rejects.toEqual(
      refusal('not-found', /musicnn-mtat/),
    );
  });

  it('has labels in the order of its card', async () => {
    for (const name of ['mtat', 'jamendo'] as const) {
      const published = await MusiCNN.pretrained(name);
      const card = JSON.parse(await readFile(join(import.meta.dirname, `../../weights/musicnn-${name}.json`), 'utf8'));
      expect(published.labels).toEqual(card.labels);
      published.dispose();
    }
  });
});

describe('dispose', () => {
  it('frees everything, once', async () => {
    const before = tf.memory().numTensors;
    const brief = new MusiCNN({ labels: LABELS, ...sizes });
    brief.dispose();
    brief.dispose();
    expect(tf.memory().numTensors).toBe(before);
    await expect(brief.tag(clipOf(4))).rejects.toEqual(refusal('disposed', /disposed/));
    expect(() => brief.predict(tf.zeros([1, 48_000]) as tf.Tensor2D)).toThrowError(refusal('disposed', /disposed/));
  });
});
