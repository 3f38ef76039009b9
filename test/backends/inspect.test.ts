import * as tf from '@tensorflow/tfjs-core';
import type { SymbolicTensor } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { convStack } from '../../src/backends/conv-stack.js';
import { multiLabel } from '../../src/backends/heads/multi-label.js';
import { globalPool } from '../../src/backends/pooling.js';
import { recurrent } from '../../src/backends/recurrent.js';
import { transformerEncoder } from '../../src/backends/transformer-encoder.js';
import { audioModel } from '../../src/core/builder.js';
import { evaluate } from '../../src/core/evaluate.js';
import type { AudioModel } from '../../src/core/model.js';
import { harmonicFilterBank } from '../../src/frontends/harmonic-filter-bank.js';
import { melSpectrogram } from '../../src/frontends/mel-spectrogram.js';
import { musicnnFilters } from '../../src/frontends/musicnn-filters.js';
import { sampleLevelStack } from '../../src/frontends/sample-level-stack.js';
import { classActivationMap } from '../../src/inspect/class-activation-map.js';
import { occlusionMap } from '../../src/inspect/occlusion-map.js';
import { requireClose } from '../harness/compare.js';
import { clipOf, refusal, settle } from '../harness/small-model.js';
import { AVAILABLE, ON_BACKEND, startBackend } from '../harness/tfjs-backend.js';

const RATE = 4000;
const SAMPLES = 24 * 64;
const CLIP = clipOf(1, RATE);
const LABELS = ['rock', 'jazz'] as const;

const start = () => audioModel({ sampleRate: RATE, samples: SAMPLES, seed: 2 });
const mel = melSpectrogram({ fftSize: 128, hopLength: 64, bands: 12 });
const stack = convStack({
  filters: [4, 6],
  pools: [
    [2, 2],
    [2, 2],
  ],
});
const head = multiLabel(LABELS, { hidden: 5 });

/** A model of each kind that is not a Transformer. */
const MODELS = {
  'a global maximum': () => start().frontend(mel).backend(stack).backend(globalPool()).head(head).build(),
  'a global mean of a harmonic tensor': () =>
    start()
      .frontend(harmonicFilterBank({ harmonics: 2, bandsPerSemitone: 1, fftSize: 128, hopLength: 64, lowestNote: 60 }))
      .backend(stack)
      .backend(globalPool({ pool: 'mean' }))
      .head(multiLabel(LABELS))
      .build(),
  'a recurrent encoder': () =>
    start()
      .frontend(mel)
      .backend(stack)
      .backend(recurrent({ units: 4 }))
      .head(head)
      .build(),
  'musicnn filters': () =>
    start()
      .frontend(mel)
      .frontend(
        musicnnFilters({
          vertical: [9, 5].map((bands) => ({ kernelSize: [bands, 7], filters: 3 })),
          horizontal: [{ kernelSize: 5, filters: 2 }],
        }),
      )
      .backend(globalPool({ pool: 'max-mean' }))
      .head(head)
      .build(),
  'a waveform': () =>
    start()
      .frontend(sampleLevelStack({ filters: [6, 6, 6, 6, 8] }))
      .backend(globalPool({ pool: 'mean' }))
      .head(multiLabel(LABELS))
      .build(),
} satisfies Readonly<Record<string, () => AudioModel>>;

describe.skipIf(!AVAILABLE)(`maps of convolutional models ${ON_BACKEND}`, () => {
  beforeAll(startBackend);

  for (const [name, build] of Object.entries(MODELS)) {
    it(`class activation follows from the gradient: ${name}`, async () => {
      const model = settled(build());
      // What is folded is kept from the first window on.
      await model.tag(CLIP);
      const tensors = tf.memory().numTensors;
      const maps = [];
      for (const label of LABELS) maps.push(await classActivationMap(model, CLIP, { label, start: 0.1 }));
      expect(tf.memory().numTensors).toBe(tensors);
      const expected = await byDifferences(model, lastFeatures(model), 0.1);
      maps.forEach(({ values, times, score }, label) => {
        requireClose(
          'map',
          values.flatMap((row) => [...row]),
          expected.maps[label] as number[],
          2e-2,
        );
        expect(score).toBeCloseTo(expected.scores[label] as number, 5);
        expect(times).toHaveLength(values.length);
      });
      expect(Math.max(...expected.maps.flat())).toBeGreaterThan(0);
      model.dispose();
    });

    it(`occlusion is what silence takes away: ${name}`, async () => {
      const model = settled(build());
      // What is folded is kept from the first window on.
      await model.tag(CLIP);
      const tensors = tf.memory().numTensors;
      const done: number[] = [];
      const cuts = { moments: 5, bands: 3, batchSize: 4, onProgress: (share: number) => done.push(share) };
      const { values, times, frequencies, score } = await occlusionMap(model, CLIP, { label: 'jazz', ...cuts });
      expect(tf.memory().numTensors).toBe(tensors);
      const bands = name === 'a waveform' ? 1 : 3;
      expect([times.length, frequencies?.length ?? 1, values.length, values[0]?.length]).toEqual([5, bands, 5, bands]);
      expect(done.at(-1)).toBe(1);
      const silent = await scoreWithSilence(model, 3, bands - 1, bands);
      expect(values[3]?.[bands - 1]).toBeCloseTo(score - silent, 4);
      expect(values.flatMap((row) => [...row]).some((value) => Math.abs(value) > 1e-4)).toBe(true);
      model.dispose();
    });
  }

  it('class activation is made at one of several branches too', async () => {
    const model = settled(MODELS['musicnn filters']());
    const maps = [];
    for (const block of ['layers.0', 'layers.2'])
      maps.push(await classActivationMap(model, CLIP, { label: 'jazz', block }));
    const [vertical, horizontal] = maps.map(({ values }) => values.flatMap((row) => [...row]));
    expect([vertical?.length, horizontal?.length]).toEqual([25, 25]);
    expect(vertical).not.toEqual(horizontal);
    model.dispose();
  });

  it('a Transformer’s features have a class activation, its tokens have none', async () => {
    const model = start()
      .frontend(mel)
      .backend(stack)
      .backend(transformerEncoder({ depth: 1, heads: 2 }))
      .head(head)
      .build();
    const { values } = await classActivationMap(model, CLIP, { label: 'rock' });
    expect([values.length, values[0]?.length]).toEqual([6, 3]);
    const tokens = classActivationMap(model, CLIP, { label: 'rock', block: 'tokens' });
    await expect(tokens).rejects.toEqual(refusal('unsupported-model', /without a class token\. 'tokens' gives/));
    const embedding = classActivationMap(model, CLIP, { label: 'rock', block: 'transformerEncoder' });
    await expect(embedding).rejects.toEqual(refusal('unsupported-model', /gives \[batch, 18\]/));
    model.dispose();
  });

  it('occlusion refuses more patches than there are frames, and can be cancelled', async () => {
    const model = MODELS['a global maximum']();
    await model.tag(CLIP);
    const tensors = tf.memory().numTensors;
    await expect(occlusionMap(model, CLIP, { label: 'rock', moments: 30 })).rejects.toEqual(
      refusal('bad-option', /'moments' must be at most 25/),
    );
    await expect(occlusionMap(model, CLIP, { label: 'rock', bands: 0 })).rejects.toEqual(
      refusal('bad-option', /'bands'/),
    );
    const controller = new AbortController();
    const run = occlusionMap(model, CLIP, {
      label: 'rock',
      signal: controller.signal,
      onProgress: () => controller.abort(),
    });
    await expect(run).rejects.toMatchObject({ name: 'AbortError' });
    expect(tf.memory().numTensors).toBe(tensors);
    model.dispose();
  });
});

function settled(model: AudioModel): AudioModel {
  settle(model);
  return model;
}

/** The features in front of the pooling or of the recurrent layers. */
function lastFeatures(model: AudioModel): SymbolicTensor {
  const part = model.parts.findLast(
    ({ gives, block }) => (gives.kind === 'spectrogram' || gives.kind === 'sequence') && block !== 'recurrent',
  );
  return part?.output as SymbolicTensor;
}

/** max(0, Σ aᶜ·Aᶜ) of each label, aᶜ from the logits with the whole channel a little higher and lower; and the scores. */
async function byDifferences(model: AudioModel, place: SymbolicTensor, start: number) {
  const [input] = model.layersModel.inputs as [SymbolicTensor];
  const logits = model.layersModel.outputs[0]?.inputs[0] as SymbolicTensor;
  const from = Math.round(start * RATE);
  const window = tf.tensor2d(CLIP.samples.slice(from, from + SAMPLES), [1, SAMPLES]);
  const features = tf.tidy(() => evaluate(place, [[input, window]]));
  const logitsOf = (x: tf.Tensor) => tf.tidy(() => evaluate(logits, [[place, x]]).dataSync());
  const channels = features.shape.at(-1) as number;
  const positions = features.size / channels;
  const importance = Array.from({ length: channels }, (_, c) => {
    const move = tf.tensor1d(Array.from({ length: channels }, (_, i) => (i === c ? STEP : 0)));
    const [higher, lower] = [tf.add(features, move), tf.sub(features, move)] as const;
    const [up, down] = [logitsOf(higher), logitsOf(lower)];
    tf.dispose([move, higher, lower]);
    return LABELS.map((_, label) => ((up[label] as number) - (down[label] as number)) / (2 * STEP) / positions);
  });
  const values = features.dataSync();
  const [bands, frames] = features.rank === 4 ? (features.shape.slice(1, 3) as [number, number]) : [1, positions];
  const at = (label: number, position: number) =>
    importance.reduce((sum, a, c) => sum + (a[label] as number) * (values[position * channels + c] as number), 0);
  const maps = LABELS.map((_, label) =>
    Array.from({ length: frames * bands }, (_, i) =>
      Math.max(0, at(label, (i % bands) * frames + Math.floor(i / bands))),
    ),
  );
  const scores = tf.tidy(() => [...model.predict(window).dataSync()]);
  tf.dispose([window, features]);
  return { maps, scores };
}

const STEP = 1e-3;

/** The label's score with one of 5 by `bands` patches silenced by hand. */
async function scoreWithSilence(model: AudioModel, moment: number, band: number, bands: number): Promise<number> {
  const [input] = model.layersModel.inputs as [SymbolicTensor];
  const [scores] = model.layersModel.outputs as [SymbolicTensor];
  const layer = model.parts[0]?.block === 'melSpectrogram' ? 'spec' : 'hstft';
  const place = bands === 1 ? input : (model.layersModel.getLayer(layer).output as SymbolicTensor);
  const window = tf.tensor2d(CLIP.samples.slice(0, SAMPLES), [1, SAMPLES]);
  const x = tf.tidy(() => evaluate(place, [[input, window]]));
  const values = (await x.array()) as number[][][][];
  const silence = bands === 1 ? 0 : Math.min(...(await x.data()));
  const within = (i: number, part: number, parts: number, total: number) =>
    i >= Math.floor((part * total) / parts) && i < Math.floor(((part + 1) * total) / parts);
  const masked =
    bands === 1
      ? (values as unknown as number[][]).map((row) =>
          row.map((v, i) => (within(i, moment, 5, row.length) ? silence : v)),
        )
      : values.map((image) =>
          image.map((row, b) =>
            row.map((cell, t) =>
              within(b, band, bands, image.length) && within(t, moment, 5, row.length) ? cell.map(() => silence) : cell,
            ),
          ),
        );
  const score = tf.tidy(() => evaluate(scores, [[place, tf.tensor(masked as never)]]).dataSync()[1] as number);
  tf.dispose([x, window]);
  return score;
}
