import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { AudioModel } from '../core/model.js';
import { useTfjsBackend } from '../runtime/tfjs-backend.js';
import { ArtistGroupCNN } from './artist-group-cnn.js';
import { CNNSA } from './cnnsa.js';
import { CRNN } from './crnn.js';
import { FCN } from './fcn.js';
import { HarmonicCNN } from './harmonic-cnn.js';
import { loadModel } from './load-model.js';
import { MusicTaggingTransformer } from './music-tagging-transformer.js';
import { MusiCNN } from './musicnn.js';
import { SampleCNN } from './sample-cnn.js';
import { SampleCNNSE } from './sample-cnn-se.js';
import { ShortChunkCNN } from './short-chunk-cnn.js';
import { ShortChunkCNNRes } from './short-chunk-cnn-res.js';
import { VGG } from './vgg.js';

const labels = ['rock', 'jazz', 'piano'] as const;
const sampleLevel = [2, 2, 2, 3, 3, 3, 3, 3, 3, 4, 4];

const PRESETS: Readonly<Record<string, (seed: number) => AudioModel>> = {
  FCN: (seed) => new FCN({ labels, filters: [2, 2, 2, 2, 3], seed }),
  CRNN: (seed) => new CRNN({ labels, filters: [2, 2, 2, 2], units: 3, seed }),
  MusiCNN: (seed) => new MusiCNN({ labels, verticalFilters: 2, horizontalFilters: 2, channels: 2, seed }),
  'MusiCNN, TensorFlow': (seed) =>
    new MusiCNN({ labels, variant: 'tensorflow', verticalFilters: 2, horizontalFilters: 2, channels: 2, seed }),
  VGG: (seed) => new VGG({ labels, filters: [2, 2, 2, 2, 2], seed }),
  ShortChunkCNN: (seed) => new ShortChunkCNN({ labels, channels: 2, seed }),
  ShortChunkCNNRes: (seed) => new ShortChunkCNNRes({ labels, channels: 2, seed }),
  SampleCNN: (seed) => new SampleCNN({ labels, filters: sampleLevel, seed }),
  SampleCNNSE: (seed) => new SampleCNNSE({ labels, filters: sampleLevel, seed }),
  'HarmonicCNN of keywords': (seed) =>
    new HarmonicCNN({
      labels,
      channels: 2,
      samples: 16_000,
      task: 'single-label',
      framePools: [2, 2, 2, 2, 2, 1, 1],
      seed,
    }),
  HarmonicCNN: (seed) => new HarmonicCNN({ labels, channels: 2, seed }),
  CNNSA: (seed) => new CNNSA({ labels, channels: 4, seed }),
  'CNNSA, Spec and Transformer': (seed) =>
    new CNNSA({ labels, frontend: 'spec', channels: 1, width: 16, depth: 1, seed }),
  'CNNSA, Spec and CNN_P': (seed) => new CNNSA({ labels, frontend: 'spec', backend: 'cnn-p', channels: 1, seed }),
  'CNNSA, Spec and CNN_L': (seed) => new CNNSA({ labels, frontend: 'spec', backend: 'cnn-l', channels: 1, seed }),
  'CNNSA, Raw and Transformer': (seed) =>
    new CNNSA({ labels, frontend: 'raw', channels: 2, width: 16, depth: 1, seed }),
  'CNNSA, Raw and CNN_P': (seed) => new CNNSA({ labels, frontend: 'raw', backend: 'cnn-p', channels: 2, seed }),
  'CNNSA, Raw and CNN_L': (seed) => new CNNSA({ labels, frontend: 'raw', backend: 'cnn-l', channels: 2, seed }),
  ArtistGroupCNN: (seed) => new ArtistGroupCNN({ labels, channels: 2, seed }),
  MusicTaggingTransformer: (seed) => new MusicTaggingTransformer({ labels, channels: 2, width: 16, depth: 1, seed }),
};

beforeAll(() => useTfjsBackend('wasm'));

async function scoresOf(model: AudioModel): Promise<number[]> {
  const scores = tf.tidy(() =>
    model.predict(tf.mul(tf.randomUniform([1, model.samples], -1, 1, 'float32', 3), 0.1) as tf.Tensor2D),
  );
  const values = [...(await scores.data())];
  scores.dispose();
  return values;
}

describe('every preset', () => {
  for (const [name, build] of Object.entries(PRESETS)) {
    it(`${name} is saved and loaded, follows from its seed, and leaves nothing behind`, async () => {
      const tensors = tf.memory().numTensors;
      const model = build(5);
      const scores = await scoresOf(model);
      expect(scores.every((score) => score > 0 && score < 1)).toBe(true);
      const folder = await mkdtemp(join(tmpdir(), 'musrep-preset-'));
      await model.save(folder);
      const [loaded, same, other] = [await loadModel(folder), build(5), build(6)];
      expect(await scoresOf(loaded)).toEqual(scores);
      expect([loaded.spec.context, loaded.spec.tagWindows]).toEqual([model.spec.context, model.spec.tagWindows]);
      expect(await scoresOf(same)).toEqual(scores);
      expect(await scoresOf(other)).not.toEqual(scores);
      for (const one of [model, loaded, same, other]) one.dispose();
      expect(tf.memory().numTensors).toBe(tensors);
    });
  }

  it('takes other windows with the same weights, where its pooling allows', async () => {
    const builds: readonly ((samples?: { samples: number }) => AudioModel)[] = [
      (size) => new FCN({ labels, filters: [2, 2, 2, 2, 3], ...size }),
      (size) => new CRNN({ labels, filters: [2, 2, 2, 2], units: 3, ...size }),
      (size) => new MusiCNN({ labels, verticalFilters: 2, horizontalFilters: 2, channels: 2, ...size }),
      (size) => new ShortChunkCNN({ labels, channels: 2, ...size }),
      (size) => new ShortChunkCNNRes({ labels, channels: 2, ...size }),
      (size) => new SampleCNN({ labels, filters: sampleLevel, ...size }),
      (size) => new SampleCNNSE({ labels, filters: sampleLevel, ...size }),
      (size) => new HarmonicCNN({ labels, channels: 2, ...size }),
      (size) => new CNNSA({ labels, channels: 4, ...size }),
      (size) => new ArtistGroupCNN({ labels, channels: 2, ...size }),
    ];
    for (const build of builds) {
      const published = build();
      const longer = build({ samples: published.samples + 3000 });
      await longer.loadWeights(await published.exportWeights());
      expect((await scoresOf(longer)).every((score) => score > 0 && score < 1)).toBe(true);
      published.dispose();
      longer.dispose();
    }
    expect(() => new ShortChunkCNN({ labels, channels: 2, samples: 16_000 })).toThrow(/at least 128 frames/);
    expect(() => new SampleCNN({ labels, samples: 16_000 })).toThrow(/at least 59047 samples/);
  });

  it('ArtistGroupCNN has the shapes of Table 4.2', () => {
    const model = new ArtistGroupCNN({ labels });
    const shapes = model.layersModel.layers.map(({ outputShape }) => outputShape.slice(1).join('×'));
    const table = [
      ...['128×43×1', '64×43×16', '32×21×32', '32×21×32', '16×10×64', '8×5×64'],
      ...['8×5×64', '4×2×128', '4×2×256', '4×2×256', '256', '256', '256'],
    ];
    // A convolution and its pooling are one layer. Between the waveform and the layers of the head.
    expect(shapes.slice(1, 1 + table.length)).toEqual(table);
    model.dispose();
  });

  it('CNNSA has the frames of the thesis, and refuses what is no CNNSA', () => {
    for (const [frontend, sequence] of [
      ['spec', { frames: 256, channels: 232 }],
      ['raw', { frames: 270, channels: 256 }],
    ] as const) {
      const model = new CNNSA({ labels, frontend, backend: 'cnn-l' });
      expect(model.parts.find(({ gives }) => gives.kind === 'sequence')?.gives).toMatchObject(sequence);
      expect(model.parts.at(-2)?.gives).toEqual({ kind: 'embedding', width: 512 });
      model.dispose();
    }
    expect(() => new CNNSA({ labels, backend: 'cnn-p' as 'transformer' })).toThrow(/'residual'.*'cnn-p'/);
    expect(() => new CNNSA({ labels, frontend: 'mel' as 'spec' })).toThrow(/Did you mean/);
  });

  it('HarmonicCNN pools bands as long as there are any (footnote of Table 3.3)', () => {
    for (const [harmonics, bandsPerSemitone, bands] of [
      [1, 2, 190],
      [6, 1, 64],
      [7, 2, 124],
    ] as const) {
      const model = new HarmonicCNN({ labels, channels: 2, harmonics, bandsPerSemitone });
      expect(model.parts[0]?.gives).toMatchObject({ bands, channels: harmonics });
      expect(model.parts.at(-2)?.gives).toEqual({ kind: 'embedding', width: 4 });
      model.dispose();
    }
  });
});
