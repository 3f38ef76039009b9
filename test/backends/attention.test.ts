import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { multiLabel } from '../../src/backends/heads/multi-label.js';
import { transformerEncoder } from '../../src/backends/transformer-encoder.js';
import { audioModel } from '../../src/core/builder.js';
import type { AudioModel } from '../../src/core/model.js';
import { melSpectrogram } from '../../src/frontends/mel-spectrogram.js';
import { attentionMap } from '../../src/inspect/attention-map.js';
import { blockOutput } from '../../src/inspect/block-output.js';
import { contributionMap } from '../../src/inspect/contribution-map.js';
import { requireClose } from '../harness/compare.js';
import * as ref from '../harness/nd.js';
import { at, type Nd, nd } from '../harness/nd.js';
import { layerNorm, type Weights } from '../harness/reference-blocks.js';
import { type EncoderReference, encode } from '../harness/reference-encoder.js';
import { readWeights } from '../harness/run-block-case.js';
import { clipOf, refusal, settle, smallModel } from '../harness/small-model.js';
import { AVAILABLE, ON_BACKEND, startBackend } from '../harness/tfjs-backend.js';

const LABELS = ['rock', 'jazz', 'piano'];
const SIZES = { depth: 2, heads: 4 };
const [WIDTH, FRAMES, RATE, HOP] = [16, 21, 8000, 128];

/** The Music Tagging Transformer's encoder and head, or the CNNSA's. */
function smallTransformer(norm: 'pre' | 'post'): AudioModel {
  const own = norm === 'pre' ? {} : ({ positions: 'none', classToken: 'fixed', pooler: true } as const);
  const model = audioModel({ sampleRate: RATE, samples: (FRAMES - 1) * HOP, seed: 4 })
    .frontend(melSpectrogram({ fftSize: 256, hopLength: HOP, bands: WIDTH }))
    .backend(transformerEncoder({ ...SIZES, norm, ...own, mostFrames: 30 }))
    .head(multiLabel(LABELS, { layerNorm: norm === 'pre' }))
    .build();
  settle(model);
  return model;
}

/** What the first layer of the encoder sees, from the spectrogram on: the class token, then frames, with positions. */
async function tokensOf(model: AudioModel, weights: Weights, norm: 'pre' | 'post', start: number): Promise<Nd> {
  const mel = await blockOutput(model, 'melSpectrogram', CLIP, { start });
  if (mel.kind !== 'spectrogram') throw new Error(mel.kind);
  const [frames] = mel.channels as [readonly Float32Array[]];
  const token = norm === 'pre' ? weights('tokens/cls_token').data : NUMPY_SEED_0;
  const sequence = nd([1, FRAMES + 1, WIDTH], ([, t, c]) =>
    t === 0 ? (token[c as number] as number) : (frames[(t as number) - 1]?.[c as number] as number),
  );
  if (norm === 'post') return sequence;
  return ref.add(sequence, ref.slice(weights('tokens/pos_embedding'), [0, 0, 0], [1, FRAMES + 1, WIDTH]));
}

/** `numpy.random.RandomState(0).random_sample(16)` */
const NUMPY_SEED_0 = [
  0.5488135039273248, 0.7151893663724195, 0.6027633760716439, 0.5448831829968969, 0.4236547993389047,
  0.6458941130666561, 0.4375872112626925, 0.8917730007820798, 0.9636627605010293, 0.3834415188257777,
  0.7917250380826646, 0.5288949197529045, 0.5680445610939323, 0.925596638292661, 0.07103605819788694,
  0.08712929970154071,
];

/** From the encoder's output to the scores. */
function scoresOf(output: Nd, weights: Weights, norm: 'pre' | 'post'): Nd {
  const token = ref.reshape(ref.slice(output, [0, 0, 0], [1, 1, WIDTH]), [1, WIDTH]);
  const dense = (x: Nd, name: string) => ref.add(ref.matMul(x, weights(`${name}/kernel`)), weights(`${name}/bias`));
  if (norm === 'pre') return ref.sigmoid(dense(layerNorm(token, weights, 'mlp_head.0', 1e-5), 'mlp_head.1'));
  return ref.sigmoid(dense(ref.map(dense(token, 'pooler.dense'), Math.tanh), 'dense'));
}

const CLIP = clipOf(2, RATE);
const START = 0.5;

for (const norm of ['pre', 'post'] as const) {
  describe.skipIf(!AVAILABLE)(`maps of a ${norm}-norm Transformer ${ON_BACKEND}`, () => {
    const sizes: EncoderReference = { ...SIZES, norm };
    let model: AudioModel;
    let weights: Weights;
    let tokens: Nd;

    beforeAll(async () => {
      await startBackend();
      model = smallTransformer(norm);
      const values = await readWeights(model.layersModel);
      weights = (key) => values.get(key) as Nd;
      tokens = await tokensOf(model, weights, norm, START);
    });

    it('the attention is the last layer’s, heads summed', async () => {
      const tensors = tf.memory().numTensors;
      const { times, values, classToken } = await attentionMap(model, CLIP, { start: START });
      const summed = ref.reduce(encode(tokens, weights, sizes).attentions.at(-1) as Nd, [0], ref.sumOf);
      requireClose('map', flat([classToken, ...values]), withoutFirstColumn(summed).data, 1e-4);
      expect(times).toEqual(Array.from({ length: FRAMES }, (_, i) => START + (i * HOP) / RATE));
      expect(tf.memory().numTensors).toBe(tensors);
    });

    it('the roll-out is the product of the layers, half of each the frame itself', async () => {
      const { values, classToken } = await attentionMap(model, CLIP, { start: START, rollout: true });
      const steps = encode(tokens, weights, sizes).attentions.map((one) => {
        const mean = ref.reduce(one, [0], ref.meanOf);
        return nd(mean.shape, ([i, j]) => (at(mean, [i as number, j as number]) + (i === j ? 1 : 0)) / 2);
      });
      const product = ref.matMul(steps[1] as Nd, steps[0] as Nd);
      requireClose('roll-out', flat([classToken, ...values]), withoutFirstColumn(product).data, 1e-4);
    });

    it('a contribution is the score with attention to one frame alone', async () => {
      const tensors = tf.memory().numTensors;
      const { values, score, label } = await contributionMap(model, CLIP, { label: 'jazz', start: START });
      const expected = [0, 10, FRAMES - 1].map((frame) => {
        const replace = (layer: number, own: Nd) =>
          layer < SIZES.depth - 1 ? own : nd(own.shape, ([, , j]) => (j === frame + 1 ? 1 : 0));
        return at(scoresOf(encode(tokens, weights, { ...sizes, replace }).output, weights, norm), [0, 1]);
      });
      requireClose(
        'contributions',
        [0, 10, FRAMES - 1].map((frame) => values[frame] as number),
        expected,
        1e-5,
      );
      const whole = at(scoresOf(encode(tokens, weights, sizes).output, weights, norm), [0, 1]);
      requireClose('score', [score], [whole], 1e-5);
      expect([label, values.length]).toEqual(['jazz', FRAMES]);
      expect(new Set(values).size).toBeGreaterThan(5);
      expect(tf.memory().numTensors).toBe(tensors);
    });
  });
}

describe.skipIf(!AVAILABLE)(`maps refuse ${ON_BACKEND}`, () => {
  beforeAll(startBackend);

  it('a model without attention, an unknown label, a clip without the window', async () => {
    const convolutional = smallModel();
    const model = smallTransformer('pre');
    const tensors = tf.memory().numTensors;
    await expect(attentionMap(convolutional, clipOf(4))).rejects.toEqual(
      refusal('unsupported-model', /transformerEncoder\. This model has none: melSpectrogram, musicnnFilters/),
    );
    await expect(contributionMap(convolutional, clipOf(4), { label: 'jazz' })).rejects.toEqual(
      refusal('unsupported-model', /none/),
    );
    await expect(contributionMap(model, CLIP, { label: 'jaz' })).rejects.toEqual(
      refusal('unknown-name', /label 'jaz'\. Did you mean 'jazz'/),
    );
    await expect(attentionMap(model, clipOf(0.1, RATE))).rejects.toEqual(
      refusal('bad-audio', /window of 0\.32 s from 0 s on\. Received: a clip of 0\.1 s/),
    );
    await expect(attentionMap(model, CLIP, { start: 1.9 })).rejects.toEqual(refusal('bad-audio', /from 1\.9 s on/));
    await expect(attentionMap(model, CLIP, { start: -1 })).rejects.toEqual(refusal('bad-option', /at least 0/));
    expect(tf.memory().numTensors).toBe(tensors);
  });

  it('a model that was disposed of', async () => {
    const model = smallTransformer('pre');
    model.dispose();
    await expect(attentionMap(model, CLIP)).rejects.toEqual(refusal('disposed', /disposed/));
  });
});

const flat = (rows: readonly Float32Array[]) => rows.flatMap((row) => [...row]);

/** The class token is looked away from. */
function withoutFirstColumn(x: Nd): Nd {
  const [rows, columns] = x.shape as [number, number];
  return ref.slice(x, [0, 1], [rows, columns - 1]);
}

describe('attention with masked padding', () => {
  it('shows nothing of what is not attended to', async () => {
    const model = audioModel({ sampleRate: RATE, samples: (FRAMES - 1) * HOP, seed: 4 })
      .frontend(melSpectrogram({ fftSize: 256, hopLength: HOP, bands: WIDTH }))
      .backend(transformerEncoder({ ...SIZES, maskPadding: true }))
      .head(multiLabel(LABELS))
      .build();
    const samples = CLIP.samples.slice(0, model.samples).fill(0, model.samples / 2);
    const { values, classToken } = await attentionMap(model, { samples, sampleRate: RATE });
    for (const row of [classToken, ...values]) {
      expect(row.slice(11).every((value) => value === 0)).toBe(true);
      expect(row.slice(0, 10).every((value) => value > 0)).toBe(true);
    }
    const { times } = await contributionMap(model, { samples, sampleRate: RATE }, { label: 'jazz' });
    expect(times.length).toBe(FRAMES);
    model.dispose();
  });
});
