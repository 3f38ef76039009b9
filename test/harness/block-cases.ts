import { type ConvStackOptions, convStack } from '../../src/backends/conv-stack.js';
import { multiLabel } from '../../src/backends/heads/multi-label.js';
import { type MusicnnBackendOptions, musicnnBackend } from '../../src/backends/musicnn-backend.js';
import { flatten, globalPool } from '../../src/backends/pooling.js';
import { recurrent } from '../../src/backends/recurrent.js';
import { type Block, defineBlock } from '../../src/core/block.js';
import type { Feature } from '../../src/core/feature.js';
import { type MelSpectrogramOptions, melSpectrogram } from '../../src/frontends/mel-spectrogram.js';
import { musicnnFilters } from '../../src/frontends/musicnn-filters.js';
import type { NormOrder } from '../../src/layers/conv-norm.js';
import * as ref from './nd.js';
import { type Nd, randomNd } from './nd.js';
import { batchNorm, conv1dNorm, conv2dNorm, gru, melSpectrogramReference, type Weights } from './reference-blocks.js';

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

const maxOf = (values: readonly number[]) => Math.max(...values);

function musicnnFiltersCase(order: NormOrder, horizontalInput: 'mean' | 'every-band'): BlockCase {
  const mean = horizontalInput === 'mean';
  const sizes = { verticalHeights: [9, 5], verticalWidth: 3, verticalFilters: 4, horizontalFilters: 3 };
  const horizontalLengths = mean ? [5, 3] : [6, 4];
  return {
    name: `musicnnFilters, ${order}, ${horizontalInput}`,
    block: musicnnFilters({ ...sizes, horizontalLengths, order, horizontalInput }),
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
        const norm = (z: Nd) => batchNorm(z, weights, `${name}/bn`, training);
        return ref.reduce(order === 'norm-activation' ? ref.relu(norm(y)) : norm(ref.relu(y)), [1], maxOf);
      });
      const horizontal = [2, 3].map((i) => {
        const options = { training, order };
        if (mean) return conv1dNorm(ref.reduce(x, [1], ref.meanOf), weights, `layers.${i}`, options);
        return ref.reduce(conv2dNorm(x, overTime(weights), `layers.${i}`, options), [1], maxOf);
      });
      return ref.concat([...vertical, ...horizontal], 2);
    },
  };
}

/** Kernels over time as those of images of one band. */
const overTime =
  (weights: Weights): Weights =>
  (key) => {
    const value = weights(key);
    return key.endsWith('kernel') ? ref.reshape(value, [1, ...value.shape]) : value;
  };

const BATCH = 5;

function musicnnBackendCase(options: Partial<MusicnnBackendOptions>): BlockCase {
  const { order = 'norm-activation', pooling = 'max-mean' } = options;
  return {
    name: `musicnnBackend, ${order}, ${pooling}`,
    block: musicnnBackend(options),
    input: { kind: 'sequence', frames: 12, channels: 6 },
    // Two items alone would leave a batch norm over the batch nothing but signs.
    data: randomNd('musicnnBackend', [BATCH, 12, 6]),
    reference: (x, weights, training) => {
      const convolve = (y: Nd, name: string) => conv1dNorm(y, weights, name, { training, order });
      const r1 = convolve(x, 'layer1');
      const r2 = ref.add(convolve(r1, 'layer2'), r1);
      const r3 = ref.add(convolve(r2, 'layer3'), r2);
      const all = ref.concat([x, r1, r2, r3], 2);
      const pooled = [ref.reduce(all, [1], maxOf), ref.reduce(all, [1], ref.meanOf)];
      if (pooling === 'max-mean') return ref.concat(pooled, 1);
      const pairs = pooled.map((one) => ref.reshape(one, [BATCH, 18, 1]));
      return batchNorm(ref.reshape(ref.concat(pairs, 2), [BATCH, 36]), weights, 'embedding_bn', training);
    },
  };
}

function convStackCase(options: Partial<ConvStackOptions>): BlockCase {
  const { pools = [], poolStrides, activation = 'relu', order } = options;
  const activate = activation === 'relu' ? ref.relu : (x: Nd) => ref.map(x, (v) => (v > 0 ? v : Math.expm1(v)));
  return {
    name: `convStack, ${activation}, ${order ?? 'norm-activation'}`,
    block: convStack(options),
    input: { kind: 'spectrogram', bands: 9, frames: 11, channels: 2 },
    data: randomNd('convStack', [2, 9, 11, 2]),
    reference: (x, weights, training) =>
      pools.reduce((y, pool, i) => {
        const norm = { training, activation: activate, ...(order && { order }) };
        const convolved = conv2dNorm(y, weights, `layer${i + 1}`, norm);
        return ref.maxPool(convolved, pool, (poolStrides ?? pools)[i] as readonly [number, number]);
      }, x),
  };
}

function poolReference(x: Nd, axes: readonly number[], pool: 'max' | 'mean' | 'max-mean'): Nd {
  const [max, mean] = [ref.reduce(x, axes, maxOf), ref.reduce(x, axes, ref.meanOf)];
  if (pool === 'max-mean') return ref.concat([max, mean], 1);
  return pool === 'max' ? max : mean;
}

function lastFrame(x: Nd): Nd {
  const [batch, frames, channels] = x.shape as [number, number, number];
  return ref.reshape(ref.slice(x, [0, frames - 1, 0], [batch, 1, channels]), [batch, channels]);
}

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
  musicnnFiltersCase('norm-activation', 'mean'),
  musicnnFiltersCase('activation-norm', 'every-band'),
  musicnnBackendCase({ channels: 4, kernelSize: 5 }),
  musicnnBackendCase({
    channels: 4,
    kernelSize: 4,
    order: 'activation-norm',
    pooling: 'interleaved',
    batchNorm: true,
  }),
  convStackCase({
    filters: [4, 3],
    pools: [
      [2, 2],
      [3, 1],
    ],
  }),
  convStackCase({
    filters: [4, 3],
    pools: [
      [1, 3],
      [2, 2],
    ],
    poolStrides: [
      [2, 2],
      [1, 2],
    ],
    kernelSize: [2, 5],
    activation: 'elu',
    order: 'activation-norm',
  }),
  {
    name: 'recurrent, of a sequence',
    block: recurrent({ units: 5, depth: 2 }),
    input: { kind: 'sequence', frames: 6, channels: 4 },
    data: randomNd('recurrent', [3, 6, 4]),
    reference: (x, weights) => lastFrame(gru(gru(x, weights, 'layer1', 0), weights, 'layer1', 1)),
  },
  {
    name: 'recurrent, of a spectrogram',
    block: recurrent({ units: 3, depth: 1 }),
    input: { kind: 'spectrogram', bands: 2, frames: 4, channels: 3 },
    data: randomNd('recurrent image', [2, 2, 4, 3]),
    reference: (x, weights) =>
      lastFrame(gru(ref.reshape(ref.transpose(x, [0, 2, 3, 1]), [2, 4, 6]), weights, 'layer1', 0)),
  },
  ...(['max', 'mean', 'max-mean'] as const).flatMap((pool) => [
    {
      name: `globalPool, ${pool}, of a spectrogram`,
      block: globalPool({ pool }),
      input: { kind: 'spectrogram', bands: 3, frames: 4, channels: 5 } as const,
      data: randomNd('pool image', [2, 3, 4, 5]),
      reference: (x: Nd) => poolReference(x, [1, 2], pool),
    },
    {
      name: `globalPool, ${pool}, of a sequence`,
      block: globalPool({ pool }),
      input: { kind: 'sequence', frames: 4, channels: 5 } as const,
      data: randomNd('pool sequence', [2, 4, 5]),
      reference: (x: Nd) => poolReference(x, [1], pool),
    },
  ]),
  {
    name: 'flatten',
    block: flatten(),
    input: { kind: 'spectrogram', bands: 2, frames: 3, channels: 4 },
    data: randomNd('flatten', [2, 2, 3, 4]),
    reference: (x) => ref.reshape(x, [2, 24]),
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
