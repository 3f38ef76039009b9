import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clipOf, refusal, smallModel } from '../../test/harness/small-model.js';
import { wavFile } from '../../test/harness/wav-file.js';
import { openAudio } from '../audio/audio-stream.js';
import { useTfjsBackend } from '../runtime/tfjs-backend.js';

let model: ReturnType<typeof smallModel>;
let tensors: number;

beforeAll(async () => {
  await useTfjsBackend('wasm');
  model = smallModel();
  tensors = tf.memory().numTensors;
});

afterAll(() => model.dispose());

describe('a model', () => {
  it('tells of its parts', () => {
    expect(model.parts.map(({ block, role }) => [block, role])).toEqual([
      ['melSpectrogram', 'frontend'],
      ['musicnnFilters', 'frontend'],
      ['musicnnBackend', 'backend'],
      ['multiLabel', 'head'],
    ]);
    const total = model.parts.reduce((sum, { parameters }) => sum + parameters, 0);
    expect(model.summary().split('\n').at(-1)?.trim()).toBe(total.toLocaleString('en'));
    expect(model.summary()).toMatch(
      /\(input\) +waveform \[48000\], 16000 Hz\nmelSpectrogram +spectrogram \[96, 188, 1\] +2\n/,
    );
  });
});

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

  it('give of a file that is decoded on the way what they give of a clip', async () => {
    const clip = clipOf(9);
    const wav = wavFile([[...clip.samples]], { format: 'f32', sampleRate: clip.sampleRate });
    const before = tf.memory().numTensors;
    for (const source of [wav, new Blob([wav as Uint8Array<ArrayBuffer>]).stream()]) {
      const audio = openAudio(source);
      expect(await model.tag(audio, { windows: 3 })).toEqual(await model.tag(clip, { windows: 3 }));
      expect(await model.taggram(audio)).toEqual(await model.taggram(clip));
      expect(await model.embed(audio, { hopSeconds: 2 })).toEqual(await model.embed(clip, { hopSeconds: 2 }));
    }
    await expect(model.tag(openAudio(wav.subarray(0, -9)))).rejects.toEqual(refusal('truncated-audio', /holds/));
    expect(tf.memory().numTensors).toBe(before);
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

describe('dispose', () => {
  it('frees everything, once', async () => {
    const before = tf.memory().numTensors;
    const brief = smallModel();
    brief.dispose();
    brief.dispose();
    expect(tf.memory().numTensors).toBe(before);
    await expect(brief.tag(clipOf(4))).rejects.toEqual(refusal('disposed', /disposed/));
    expect(() => brief.predict(tf.zeros([1, 48_000]) as tf.Tensor2D)).toThrowError(refusal('disposed', /disposed/));
  });
});
