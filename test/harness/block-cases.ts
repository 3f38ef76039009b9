import { multiLabel } from '../../src/backends/heads/multi-label.js';
import { musicnnBackend } from '../../src/backends/musicnn-backend.js';
import { type Block, defineBlock } from '../../src/core/block.js';
import type { Feature } from '../../src/core/feature.js';
import { type MelSpectrogramOptions, melSpectrogram } from '../../src/frontends/mel-spectrogram.js';
import { musicnnFilters } from '../../src/frontends/musicnn-filters.js';
import * as ref from './nd.js';
import { type Nd, randomNd } from './nd.js';
import { batchNorm, conv1dNorm, melSpectrogramReference, type Weights } from './reference-blocks.js';

/** A block with an input and what it should give in float64. */
export interface BlockCase {
  readonly name: string;
  readonly block: Block;
  readonly input: Feature;
  readonly data: Nd;
  readonly reference: (x: Nd, weights: Weights, training: boolean) => Nd;
  /** Share of the greatest value by which the output may differ; 2e-5 unless given. */
  readonly tolerance?: number;
  /** The same for gradients; 1e-3 unless given. */
  readonly gradientTolerance?: number;
}

const waveform = (samples: number, sampleRate = 16_000): Feature => ({ kind: 'waveform', samples, sampleRate });

function melCase(
  name: string,
  options: Partial<MelSpectrogramOptions>,
  sampleRate = 16_000,
  samples = 1500,
): BlockCase {
  const block = melSpectrogram(options);
  const config = block.config as unknown as MelSpectrogramOptions;
  return {
    name: `melSpectrogram, ${name}`,
    block,
    input: waveform(samples, sampleRate),
    data: randomNd(`mel ${name}`, [2, samples]),
    reference: (x, weights, training) => {
      const mel = melSpectrogramReference(x, config, sampleRate);
      return config.batchNorm ? batchNorm(mel, weights, 'spec_bn', training) : mel;
    },
  };
}

const filters = {
  verticalHeights: [9, 5],
  verticalWidth: 3,
  verticalFilters: 4,
  horizontalLengths: [5, 3],
  horizontalFilters: 3,
};

/** As in the guide: the shortest block that a user could write. */
const gainBlock = defineBlock({
  name: 'test/gain',
  role: 'backend',
  takes: ['sequence'],
  defaults: { units: 6 },
  output: (input, { units }) => ({ kind: 'sequence', frames: input.frames, channels: units }),
  build: (x, { units }, { layers }) => layers.conv1d('gain', { filters: units, kernelSize: 1 }).apply(x) as typeof x,
});

export const BLOCK_CASES: readonly BlockCase[] = [
  melCase('as published', {}),
  melCase(
    'Slaney, another size',
    { fftSize: 256, hopLength: 100, bands: 20, melScale: 'slaney', norm: 'slaney', fMin: 60, fMax: 3500 },
    8000,
  ),
  melCase('an FFT size that is no power of two', {
    fftSize: 400,
    windowLength: 320,
    hopLength: 160,
    bands: 30,
    batchNorm: false,
  }),
  melCase('uncentred magnitudes', {
    fftSize: 128,
    hopLength: 64,
    bands: 12,
    power: 1,
    center: false,
    compression: 'none',
    batchNorm: false,
  }),
  melCase('silent ends, log10', {
    fftSize: 128,
    hopLength: 48,
    bands: 12,
    padMode: 'constant',
    compression: 'log10',
    batchNorm: false,
  }),
  {
    name: 'musicnnFilters',
    block: musicnnFilters(filters),
    input: { kind: 'spectrogram', bands: 14, frames: 11, channels: 1 },
    data: randomNd('musicnnFilters', [2, 14, 11, 1]),
    reference: (x, weights, training) => {
      const image = ref.pad(x, [
        [0, 0],
        [0, 0],
        [1, 1],
        [0, 0],
      ]);
      const vertical = [0, 1].map((i) => {
        const name = `layers.${i}`;
        const y = ref.add(ref.conv2d(image, weights(`${name}/conv/kernel`)), weights(`${name}/conv/bias`));
        const activated = ref.relu(batchNorm(y, weights, `${name}/bn`, training));
        return ref.reduce(activated, [1], (values) => Math.max(...values));
      });
      const energy = ref.reduce(x, [1], ref.meanOf);
      const horizontal = [2, 3].map((i) => conv1dNorm(energy, weights, `layers.${i}`, training));
      return ref.concat([...vertical, ...horizontal], 2);
    },
  },
  {
    name: 'musicnnBackend',
    block: musicnnBackend({ channels: 4, kernelSize: 5 }),
    input: { kind: 'sequence', frames: 12, channels: 6 },
    data: randomNd('musicnnBackend', [2, 12, 6]),
    reference: (x, weights, training) => {
      const r1 = conv1dNorm(x, weights, 'layer1', training);
      const r2 = ref.add(conv1dNorm(r1, weights, 'layer2', training), r1);
      const r3 = ref.add(conv1dNorm(r2, weights, 'layer3', training), r2);
      const all = ref.concat([x, r1, r2, r3], 2);
      return ref.concat([ref.reduce(all, [1], (values) => Math.max(...values)), ref.reduce(all, [1], ref.meanOf)], 1);
    },
  },
  {
    name: 'multiLabel',
    block: multiLabel(['a', 'b', 'c'], { hidden: 8, dropout: 0 }),
    input: { kind: 'embedding', width: 70 },
    data: randomNd('multiLabel', [4, 70]),
    reference: (x, weights, training) => {
      const dense = (y: Nd, name: string) => ref.add(ref.matMul(y, weights(`${name}/kernel`)), weights(`${name}/bias`));
      return ref.sigmoid(dense(ref.relu(batchNorm(dense(x, 'dense1'), weights, 'bn', training)), 'dense2'));
    },
  },
  {
    name: 'a block of the user’s',
    block: gainBlock(),
    input: { kind: 'sequence', frames: 7, channels: 5 },
    data: randomNd('gain', [2, 7, 5]),
    reference: (x, weights) => {
      const rows = ref.reshape(x, [14, 5]);
      const product = ref.matMul(rows, ref.reshape(weights('gain/kernel'), [5, 6]));
      return ref.reshape(ref.add(product, weights('gain/bias')), [2, 7, 6]);
    },
  },
];
