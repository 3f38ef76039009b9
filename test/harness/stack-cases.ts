import { layers as tfLayers } from '@tensorflow/tfjs-layers';
import { convStack } from '../../src/backends/conv-stack.js';
import { convStack1d } from '../../src/backends/conv-stack-1d.js';
import { denseStack } from '../../src/backends/dense-stack.js';
import { globalPool } from '../../src/backends/pooling.js';
import { recurrent } from '../../src/backends/recurrent.js';
import { transformerEncoder } from '../../src/backends/transformer-encoder.js';
import { type Block, defineBlock } from '../../src/core/block.js';
import type { Sequence } from '../../src/core/feature.js';
import { layerBlock } from '../../src/core/layer-block.js';
import { sampleLevelStack } from '../../src/frontends/sample-level-stack.js';
import type { BlockCase } from './block-cases.js';
import * as ref from './nd.js';
import { type Nd, randomNd } from './nd.js';
import { batchNorm, conv1dNorm, conv2dNorm, gru, projected, type Weights } from './reference-blocks.js';
import { preNormLayer, sinusoids } from './reference-transformer.js';

const elu = (x: Nd) => ref.map(x, (v) => (v > 0 ? v : Math.expm1(v)));

/** A sequence through `[batch, 1, frame, channel]` and back. */
function pooledFrames(x: Nd, size: number): Nd {
  const [batch, frames, channels] = x.shape as [number, number, number];
  const y = ref.maxPool(ref.reshape(x, [batch, 1, frames, channels]), [1, size], [1, size]);
  return ref.reshape(y, [batch, y.shape[2] as number, channels]);
}

function withToken(x: Nd, weights: Weights): Nd {
  const [batch, , width] = x.shape as [number, number, number];
  const token = ref.reshape(weights('tokens/cls_token'), [1, 1, width]);
  return ref.concat(
    [
      ref.concat(
        Array.from({ length: batch }, () => token),
        0,
      ),
      x,
    ],
    1,
  );
}

const FRAMES: Sequence = { kind: 'sequence', frames: 4, channels: 4 };
/** Samples of each of two windows that are not padding, and the frames of four that they reach into. */
const HEARD = [
  { samples: 16, frames: 4 },
  { samples: 9, frames: 3 },
] as const;
const masking = transformerEncoder({ depth: 2, heads: 2, positions: 'none', maskPadding: true, dropout: 0 });

/** Frames of a waveform that may end early, so that there is something to mask. */
const maskedCase: BlockCase = {
  name: 'transformerEncoder, padding masked',
  block: defineBlock({
    name: 'test/masked',
    role: 'backend',
    takes: ['waveform'],
    defaults: {},
    output: () => masking.output(FRAMES) as { kind: 'embedding'; width: number },
    build: (x, _config, context) => {
      const frames = context.layers.reshape('shaped', [4, 4]).apply(x) as typeof x;
      return masking.build(frames, { ...context, input: FRAMES, waveform: x });
    },
  })() as Block,
  input: { kind: 'waveform', samples: 16, sampleRate: 16_000 },
  data: ref.nd([2, 16], ([b, i]) =>
    (i as number) < HEARD[b as 0 | 1].samples
      ? (randomNd('masked', [2, 16]).data[(b as number) * 16 + (i as number)] as number)
      : 0,
  ),
  reference: (x, weights) => {
    const items = HEARD.map(({ frames }, b) => {
      const heard = ref.slice(ref.reshape(x, [2, 4, 4]), [b, 0, 0], [1, frames, 4]);
      const y = [0, 1].reduce(
        (z, i) => preNormLayer(z, weights, `transformer.layers.${i}`, 2),
        withToken(heard, weights),
      );
      return ref.reshape(ref.slice(y, [0, 0, 0], [1, 1, 4]), [1, 4]);
    });
    return ref.concat(items, 0);
  },
};

/** Stacks in forms that the presets of published weights do not use, and layers of tfjs. */
export const STACK_CASES: readonly BlockCase[] = [
  {
    name: 'convStack, no norm, a kernel of another size, a layer without pooling',
    block: convStack({
      filters: [3, 4],
      pools: [
        [2, 1],
        [1, 1],
      ],
      kernelSize: [5, 3],
      activation: 'elu',
      order: 'activation',
    }),
    input: { kind: 'spectrogram', bands: 7, frames: 5, channels: 1 },
    data: randomNd('bare stack', [2, 7, 5, 1]),
    reference: (x, weights, training) => {
      const options = { training, order: 'activation', activation: elu } as const;
      const first = ref.maxPool(conv2dNorm(x, weights, 'layer1', options), [2, 1], [2, 1]);
      return conv2dNorm(first, weights, 'layer2', options);
    },
  },
  {
    name: 'convStack1d',
    block: convStack1d({ filters: [4, 3], pools: [3, 1] }),
    input: { kind: 'sequence', frames: 10, channels: 3 },
    data: randomNd('convStack1d', [2, 10, 3]),
    reference: (x, weights, training) => {
      const first = pooledFrames(conv1dNorm(x, weights, 'layer1', { training }), 3);
      return conv1dNorm(first, weights, 'layer2', { training });
    },
  },
  {
    name: 'sampleLevelStack without a pointwise layer',
    block: sampleLevelStack({ filters: [3, 4], pointwise: false }),
    input: { kind: 'waveform', samples: 30, sampleRate: 16_000 },
    data: randomNd('raw front end', [3, 30]),
    reference: (x, weights, training) => {
      const column = ref.reshape(x, [3, 30, 1]);
      const first = conv1dNorm(column, weights, 'layer1', { training, strides: [1, 3] });
      return pooledFrames(conv1dNorm(first, weights, 'layer2', { training }), 3);
    },
  },
  {
    name: 'denseStack',
    block: denseStack({ widths: [5, 3], activation: 'elu' }),
    input: { kind: 'embedding', width: 4 },
    data: randomNd('denseStack', [6, 4]),
    reference: (x, weights, training) =>
      ['layer1', 'layer2'].reduce((y, name) => {
        const product = ref.add(ref.matMul(y, weights(`${name}/kernel`)), weights(`${name}/bias`));
        return elu(batchNorm(product, weights, `${name}.bn`, training));
      }, x),
  },
  {
    name: 'globalPool, batch-normalised',
    block: globalPool({ pool: 'mean', batchNorm: true }),
    input: { kind: 'sequence', frames: 3, channels: 4 },
    data: randomNd('pool norm', [5, 3, 4]),
    reference: (x, weights, training) => batchNorm(ref.reduce(x, [1], ref.meanOf), weights, 'pool_bn', training),
  },
  {
    name: 'recurrent, every state',
    block: recurrent({ units: 3, depth: 1, output: 'sequence' }),
    input: { kind: 'sequence', frames: 4, channels: 2 },
    data: randomNd('recurrent sequence', [2, 4, 2]),
    reference: (x, weights) => gru(x, weights, 'layer1', 0),
  },
  {
    name: 'transformerEncoder, projected, every frame',
    block: transformerEncoder({
      depth: 1,
      heads: 2,
      width: 4,
      positions: 'sinusoidal',
      output: 'sequence',
      dropout: 0,
    }),
    input: { kind: 'sequence', frames: 3, channels: 5 },
    data: randomNd('transformer sequence', [2, 3, 5]),
    reference: (x, weights) => {
      const tokens = withToken(projected(x, weights, 'projection'), weights);
      const y = preNormLayer(ref.add(tokens, sinusoids(4, 4)), weights, 'transformer.layers.0', 2);
      return ref.slice(y, [0, 1, 0], [2, 3, 4]);
    },
  },
  maskedCase,
  {
    name: 'a layer of tfjs',
    block: layerBlock(tfLayers.dense({ units: 3, activation: 'tanh' }), { takes: 'sequence', gives: 'sequence' }),
    input: { kind: 'sequence', frames: 4, channels: 5 },
    data: randomNd('layerBlock', [2, 4, 5]),
    reference: (x, weights) => ref.map(projected(x, weights, 'layer1'), Math.tanh),
  },
];
