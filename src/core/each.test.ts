import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clipOf, refusal, smallModel } from '../../test/harness/small-model.js';
import { useTfjsBackend } from '../runtime/tfjs-backend.js';

let model: ReturnType<typeof smallModel>;
let tensors: number;

beforeAll(async () => {
  await useTfjsBackend('wasm');
  model = smallModel();
  tensors = tf.memory().numTensors;
});

afterAll(() => model.dispose());

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
