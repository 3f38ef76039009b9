import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requireClose } from '../../test/harness/compare.js';
import { clipOf, refusal, smallModel } from '../../test/harness/small-model.js';
import { convStack } from '../backends/conv-stack.js';
import { multiLabel } from '../backends/heads/multi-label.js';
import { transformerEncoder } from '../backends/transformer-encoder.js';
import { audioModel } from '../core/builder.js';
import type { AudioModel } from '../core/model.js';
import { melSpectrogram } from '../frontends/mel-spectrogram.js';
import { useTfjsBackend } from '../runtime/tfjs-backend.js';
import { blockOutput } from './block-output.js';

const RATE = 8000;

/** Two stacks of one name, then an encoder. */
const stacked = (): AudioModel =>
  audioModel({ sampleRate: RATE, samples: 32 * 100 })
    .frontend(melSpectrogram({ fftSize: 256, hopLength: 100, bands: 16, fMin: 100 }))
    .backend(convStack({ filters: [3], pools: [[2, 2]] }))
    .backend(convStack({ filters: [4], pools: [[2, 2]] }))
    .backend(transformerEncoder({ depth: 1, heads: 2 }))
    .head(multiLabel(['a', 'b']))
    .build();

describe('blockOutput', () => {
  let musicnn: AudioModel;
  let model: AudioModel;

  beforeAll(async () => {
    await useTfjsBackend('wasm');
    musicnn = smallModel();
    model = stacked();
  });
  afterAll(() => {
    musicnn.dispose();
    model.dispose();
  });

  it('gives a spectrogram with times in seconds and frequencies in hertz', async () => {
    const tensors = tf.memory().numTensors;
    const output = await blockOutput(model, 'melSpectrogram', clipOf(2, RATE), { start: 0.25 });
    if (output.kind !== 'spectrogram') throw new Error(output.kind);
    expect(output.times).toHaveLength(33);
    expect(output.times.slice(0, 2)).toEqual([0.25, 0.25 + 100 / RATE]);
    const mel = (hertz: number) => 2595 * Math.log10(1 + hertz / 700);
    const step = (mel(4000) - mel(100)) / 17;
    requireClose(
      'mel',
      output.frequencies?.map(mel) ?? [],
      Array.from({ length: 16 }, (_, i) => mel(100) + (i + 1) * step),
      1e-9,
    );
    expect(output.channels).toHaveLength(1);
    expect([output.channels[0]?.length, output.channels[0]?.[0]?.length]).toEqual([33, 16]);
    expect(tf.memory().numTensors).toBe(tensors);
  });

  it('gives each value its place', async () => {
    const clip = clipOf(2, RATE);
    const output = await blockOutput(model, 'convStack 2', clip);
    if (output.kind !== 'spectrogram') throw new Error(output.kind);
    const raw = tf.tidy(() => {
      const x = tf.tensor2d(clip.samples.slice(0, model.samples), [1, model.samples]);
      return ['spec', 'spec_bn', 'layer1', 'layer2'].reduce<tf.Tensor>(
        (y, name) => model.layersModel.getLayer(name).apply(y) as tf.Tensor,
        x,
      );
    });
    expect(raw.shape).toEqual([1, 4, 8, 4]);
    const values = (await raw.array()) as number[][][][];
    raw.dispose();
    expect(output.channels[3]?.[5]?.[2]).toBe(values[0]?.[2]?.[5]?.[3]);
    expect(output.channels[0]?.[7]?.[1]).toBe(values[0]?.[1]?.[7]?.[0]);
  });

  it('spreads fewer frames and bands over those before', async () => {
    const [first, second] = await Promise.all(
      ['melSpectrogram', 'convStack 2'].map((name) => blockOutput(model, name, clipOf(2, RATE))),
    );
    if (first?.kind !== 'spectrogram' || second?.kind !== 'spectrogram') throw new Error('no spectrograms');
    // 33 frames become 8, of 33/8 frames each; 16 bands 4.
    expect(second.times[0]).toBeCloseTo(((33 / 8 - 1) / 2) * (100 / RATE), 9);
    expect((second.times[1] as number) - (second.times[0] as number)).toBeCloseTo((33 / 8) * (100 / RATE), 9);
    const lowest = first.frequencies?.slice(0, 4) ?? [];
    expect(second.frequencies?.[0]).toBeCloseTo(lowest.reduce((sum, hertz) => sum + hertz, 0) / 4, 9);
  });

  it('gives sequences, vectors, and a class token apart', async () => {
    const sequence = await blockOutput(musicnn, 'musicnnFilters', clipOf(4), { start: 1 });
    expect(sequence).toMatchObject({ kind: 'sequence', classToken: undefined });
    if (sequence.kind !== 'sequence') throw new Error(sequence.kind);
    expect([sequence.times.length, sequence.values[0]?.length]).toEqual([188, 12]);
    expect(sequence.times[1]).toBeCloseTo(1 + 256 / 16_000, 9);
    const scores = await blockOutput(musicnn, 'multiLabel', clipOf(4));
    const expected = await musicnn.taggram(clipOf(4));
    expect(scores).toEqual({ kind: 'vector', values: expected.scores[0] });
    const tokens = await blockOutput(model, 'transformer.layers.0.0', clipOf(2, RATE));
    if (tokens.kind !== 'sequence') throw new Error(tokens.kind);
    expect([tokens.values.length, tokens.times.length, tokens.classToken?.length]).toEqual([8, 8, 16]);
  });

  it('names the nearest of a name that there is not', async () => {
    await expect(blockOutput(musicnn, 'musicnFilters', clipOf(4))).rejects.toEqual(
      refusal('unknown-name', /block or layer 'musicnFilters'\. Did you mean 'musicnnFilters'/),
    );
    await expect(blockOutput(musicnn, 'musicnnFilters', clipOf(1))).rejects.toEqual(
      refusal('bad-audio', /window of 3 s/),
    );
  });
});
