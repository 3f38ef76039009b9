import { type ConvStackOptions, convStack } from '../../src/backends/conv-stack.js';
import { type MusicnnBackendOptions, musicnnBackend } from '../../src/backends/musicnn-backend.js';
import { flatten, globalPool } from '../../src/backends/pooling.js';
import { recurrent } from '../../src/backends/recurrent.js';
import { residualStack } from '../../src/backends/residual-stack.js';
import { transformerEncoder } from '../../src/backends/transformer-encoder.js';
import { type Block, defineBlock } from '../../src/core/block.js';
import type { Feature } from '../../src/core/feature.js';
import { harmonicFilterBank } from '../../src/frontends/harmonic-filter-bank.js';
import { type MelSpectrogramOptions, melSpectrogram } from '../../src/frontends/mel-spectrogram.js';
import { musicnnFilters } from '../../src/frontends/musicnn-filters.js';
import { residualStem } from '../../src/frontends/residual-stem.js';
import { sampleLevelStack } from '../../src/frontends/sample-level-stack.js';
import type { NormOrder } from '../../src/layers/conv-unit.js';
import type { HarmonicParameter } from '../../src/layers/harmonic-filters.js';
import { HEAD_CASES } from './head-cases.js';
import * as ref from './nd.js';
import { type Nd, randomNd } from './nd.js';
import {
  batchNorm,
  conv1dNorm,
  conv2dNorm,
  fourierMagnitudes,
  gru,
  melSpectrogramReference,
  projected,
  residual,
  type Weights,
} from './reference-blocks.js';
import { NUMPY_SEED_0, postNormLayer, preNormLayer, sinusoids } from './reference-transformer.js';
import { STACK_CASES } from './stack-cases.js';

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
  const vertical = [9, 5].map((bands) => ({ kernelSize: [bands, 3] as const, filters: 4 }));
  const horizontal = (mean ? [5, 3] : [6, 4]).map((kernelSize, i) => ({ kernelSize, filters: 3 + i }));
  return {
    name: `musicnnFilters, ${order}, ${horizontalInput}`,
    block: musicnnFilters({ vertical, horizontal, order, horizontalInput }),
    input: { kind: 'spectrogram', bands: 14, frames: 11, channels: 1 },
    data: randomNd('musicnnFilters', [2, 14, 11, 1]),
    reference: (x, weights, training) => {
      const image = ref.pad(x, [
        [0, 0],
        [0, 0],
        [1, 1],
        [0, 0],
      ]);
      const tall = [0, 1].map((i) => {
        const name = `layers.${i}`;
        const y = ref.add(ref.conv2d(image, weights(`${name}/conv/kernel`)), weights(`${name}/conv/bias`));
        const norm = (z: Nd) => batchNorm(z, weights, `${name}/bn`, training);
        return ref.reduce(order === 'norm-activation' ? ref.relu(norm(y)) : norm(ref.relu(y)), [1], maxOf);
      });
      const long = [2, 3].map((i) => {
        const options = { training, order };
        if (mean) return conv1dNorm(ref.reduce(x, [1], ref.meanOf), weights, `layers.${i}`, options);
        return ref.reduce(conv2dNorm(x, overTime(weights), `layers.${i}`, options), [1], maxOf);
      });
      return ref.concat([...tall, ...long], 2);
    },
  };
}

/** Kernels over time as those of images of one band. */
const overTime =
  (weights: Weights): Weights =>
  (key) => {
    const value: Nd | undefined = weights(key);
    if (value === undefined || !/conv(_\d)?\/kernel$/.test(key)) return value as unknown as Nd;
    return ref.reshape(value, [1, ...value.shape]);
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

/** A projected block by its stride, one whose shortcut is the input, one with other sizes of pooling. */
function residualStackCase(): BlockCase {
  const steps = [
    { strides: [2, 1], pool: [1, 1] },
    { strides: [1, 1], pool: [2, 3] },
    { strides: [1, 1], pool: [1, 1] },
  ] as const;
  return {
    name: 'residualStack',
    block: residualStack({
      filters: [4, 4, 3],
      strides: steps.map(({ strides }) => strides),
      pools: steps.map(({ pool }) => pool),
    }),
    input: { kind: 'spectrogram', bands: 9, frames: 7, channels: 2 },
    data: randomNd('residualStack', [3, 9, 7, 2]),
    reference: (x, weights, training) =>
      steps.reduce((y, step, i) => residual(y, weights, `layer${i + 1}`, { training, ...step }), x),
  };
}

function sampleLevelCase(squeezeExcite: boolean): BlockCase {
  const filters = [3, 3, 4, 4];
  return {
    name: `sampleLevelStack, ${squeezeExcite ? 'squeeze and excitation' : 'plain'}`,
    block: sampleLevelStack({ filters, squeezeExcite }),
    input: waveform(83),
    data: randomNd('sampleLevelStack', [3, 83]),
    reference: (x, weights, training) => {
      const wide = overTime(weights);
      const y = filters.reduce<Nd>(
        (z, _, i) => {
          const stride = i === 0 ? 3 : 1;
          const pool = i === 0 || i === filters.length - 1 ? 1 : 3;
          const name = `layer${i + 1}`;
          if (squeezeExcite) return residual(z, wide, name, { training, strides: [1, stride], pool: [1, pool] });
          return ref.maxPool(conv2dNorm(z, wide, name, { training, strides: [1, stride] }), [1, pool], [1, pool]);
        },
        ref.reshape(x, [3, 1, 83, 1]),
      );
      return ref.reshape(y, [3, y.shape[2] as number, 4]);
    },
  };
}

function harmonicCase(learn: readonly HarmonicParameter[]): BlockCase {
  const [sampleRate, harmonics, fftSize] = [4000, 2, 256];
  const stft = { fftSize, hopLength: 128, windowLength: null, center: true, padMode: 'reflect', power: 2 } as const;
  // From the note 60 up to, not including, the one nearest to 4000/4 Hz.
  const centres = Array.from({ length: 83 - 60 }, (_, i) => 440 * 2 ** ((60 + i - 69) / 12));
  return {
    name: `harmonicFilterBank, learning ${learn.join(', ')}`,
    block: harmonicFilterBank({ harmonics, bandsPerSemitone: 1, fftSize, hopLength: 128, lowestNote: 60, learn }),
    input: waveform(600, sampleRate),
    data: randomNd('harmonic', [2, 600]),
    // Where a filter barely touches a bin, float32 leaves few digits of its slope.
    gradientTolerance: 5e-3,
    reference: (x, weights, training) => {
      const given = (name: string, values: readonly number[]) => weights(`hstft/${name}`)?.data ?? values;
      const [q, alpha, beta] = [given('bw_Q', [1]), given('bw_alpha', [0.1079]), given('bw_beta', [24.7])];
      const centre = given('centre', centres);
      const power = fourierMagnitudes(x, stft);
      const [batch, frames, bins] = power.shape as [number, number, number];
      const bank = ref.nd([bins, harmonics * centres.length], ([bin, i]) => {
        const f0 =
          (Math.floor((i as number) / centres.length) + 1) * (centre[(i as number) % centres.length] as number);
        const width = ((alpha[0] as number) * f0 + (beta[0] as number)) / (q[0] as number);
        const hertz = ((bin as number) * sampleRate) / 2 / (bins - 1);
        return Math.max(0, 1 - (2 * Math.abs(hertz - f0)) / width);
      });
      const energies = ref.matMul(ref.reshape(power, [batch * frames, bins]), bank);
      const decibels = ref.map(energies, (v) => 10 * Math.log10(Math.max(v, 1e-10)));
      const shaped = ref.reshape(decibels, [batch, frames, harmonics, centres.length]);
      return batchNorm(ref.transpose(shaped, [0, 3, 1, 2]), weights, 'hstft_bn', training);
    },
  };
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
  residualStackCase(),
  {
    name: 'residualStem',
    block: residualStem({
      channels: 4,
      width: 5,
      pools: [
        [2, 2],
        [2, 1],
      ],
    }),
    input: { kind: 'spectrogram', bands: 8, frames: 6, channels: 1 },
    data: randomNd('residualStem', [2, 8, 6, 1]),
    reference: (x, weights, training) => {
      const y = batchNorm(x, weights, 'frontend.input_bn', training);
      const first = residual(y, weights, 'frontend.layer1', { training, strides: [1, 1], pool: [2, 2] });
      const second = residual(first, weights, 'frontend.layer2', { training, strides: [1, 1], pool: [2, 1] });
      const frames = ref.reshape(ref.transpose(second, [0, 2, 3, 1]), [2, 3, 8]);
      return projected(frames, weights, 'frontend.fc');
    },
  },
  sampleLevelCase(false),
  sampleLevelCase(true),
  harmonicCase(['Q']),
  harmonicCase(['Q', 'centre', 'alpha', 'beta']),
  {
    name: 'transformerEncoder, norm first, learned positions',
    block: transformerEncoder({ depth: 2, heads: 2, mostFrames: 9, dropout: 0 }),
    input: { kind: 'sequence', frames: 5, channels: 6 },
    data: randomNd('transformer', [2, 5, 6]),
    reference: (x, weights) => {
      const token = ref.reshape(weights('tokens/cls_token'), [1, 1, 6]);
      const tokens = ref.concat([ref.concat([token, token], 0), x], 1);
      const positions = ref.slice(weights('tokens/pos_embedding'), [0, 0, 0], [1, 6, 6]);
      const layers = [0, 1].reduce(
        (y, i) => preNormLayer(y, weights, `transformer.layers.${i}`, 2),
        ref.add(tokens, positions),
      );
      return ref.reshape(ref.slice(layers, [0, 0, 0], [2, 1, 6]), [2, 6]);
    },
  },
  {
    name: 'transformerEncoder, norm last, fixed token, sinusoids, a pooler, of a spectrogram',
    block: transformerEncoder({
      depth: 1,
      heads: 3,
      hidden: 7,
      norm: 'post',
      positions: 'sinusoidal',
      classToken: 'fixed',
      pooler: true,
      dropout: 0,
    }),
    input: { kind: 'spectrogram', bands: 2, frames: 4, channels: 3 },
    data: randomNd('transformer image', [2, 2, 4, 3]),
    reference: (x, weights) => {
      const frames = ref.reshape(ref.transpose(x, [0, 2, 3, 1]), [2, 4, 6]);
      const token = ref.fromValues([1, 1, 6], NUMPY_SEED_0);
      const tokens = ref.concat([ref.concat([token, token], 0), frames], 1);
      const y = postNormLayer(ref.add(tokens, sinusoids(5, 6)), weights, 'encoder.layer.0', 3);
      const first = ref.slice(y, [0, 0, 0], [2, 1, 6]);
      return ref.reshape(ref.map(projected(first, weights, 'pooler.dense'), Math.tanh), [2, 6]);
    },
  },
  ...STACK_CASES,
  ...HEAD_CASES,
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
