import { embeddingHead } from '../../src/backends/heads/embedding-head.js';
import { frameLabels } from '../../src/backends/heads/frame-labels.js';
import { multiLabel } from '../../src/backends/heads/multi-label.js';
import { multiTask } from '../../src/backends/heads/multi-task.js';
import { singleLabel } from '../../src/backends/heads/single-label.js';
import type { BlockCase } from './block-cases.js';
import * as ref from './nd.js';
import { type Nd, randomNd } from './nd.js';
import { batchNorm, layerNorm, projected, type Weights } from './reference-blocks.js';

const dense = (x: Nd, weights: Weights, name: string) =>
  ref.add(ref.matMul(x, weights(`${name}/kernel`)), weights(`${name}/bias`));

function softmax(logits: Nd): Nd {
  const powers = ref.map(logits, Math.exp);
  return ref.zip(powers, ref.reduce(powers, [1], ref.sumOf, true), (power, sum) => power / sum);
}

/** embedding → scores */
export const HEAD_CASES: readonly BlockCase[] = [
  {
    name: 'multiLabel, layer norm',
    block: multiLabel(['a', 'b'], { dropout: 0, layerNorm: true }),
    input: { kind: 'embedding', width: 9 },
    data: randomNd('multiLabel norm', [3, 9]),
    reference: (x, weights) => {
      const y = layerNorm(x, weights, 'mlp_head.0', 1e-5);
      return ref.sigmoid(dense(y, weights, 'mlp_head.1'));
    },
  },
  {
    name: 'singleLabel',
    block: singleLabel(['a', 'b', 'c'], { dropout: 0 }),
    input: { kind: 'embedding', width: 6 },
    data: randomNd('singleLabel', [4, 6]),
    reference: (x, weights) => softmax(dense(x, weights, 'dense')),
  },
  {
    name: 'multiLabel',
    block: multiLabel(['a', 'b', 'c'], { hidden: 8, dropout: 0 }),
    input: { kind: 'embedding', width: 70 },
    data: randomNd('multiLabel', [4, 70]),
    reference: (x, weights, training) => {
      const hidden = ref.relu(batchNorm(dense(x, weights, 'dense1'), weights, 'bn', training));
      return ref.sigmoid(dense(hidden, weights, 'dense2'));
    },
  },
  {
    name: 'multiTask',
    block: multiTask({
      genre: singleLabel(['a', 'b', 'c'], { dropout: 0 }),
      mood: multiLabel(['d', 'e'], { hidden: 4, dropout: 0, order: 'activation-norm' }),
    }),
    input: { kind: 'embedding', width: 6 },
    data: randomNd('multiTask', [5, 6]),
    reference: (x, weights, training) => {
      const hidden = batchNorm(ref.relu(dense(x, weights, 'mood.dense1')), weights, 'mood.bn', training);
      const mood = ref.sigmoid(dense(hidden, weights, 'mood.dense2'));
      return ref.concat([softmax(dense(x, weights, 'genre.dense')), mood], 1);
    },
  },
  {
    name: 'frameLabels',
    block: frameLabels(['a', 'b'], { hidden: 3, dropout: 0 }),
    input: { kind: 'sequence', frames: 5, channels: 4 },
    data: randomNd('frameLabels', [3, 5, 4]),
    reference: (x, weights, training) => {
      const hidden = ref.relu(batchNorm(projected(x, weights, 'dense1'), weights, 'bn', training));
      return ref.sigmoid(projected(hidden, weights, 'dense2'));
    },
  },
  {
    name: 'embeddingHead',
    block: embeddingHead({ width: 3, normalize: true }),
    input: { kind: 'embedding', width: 5 },
    data: randomNd('embeddingHead', [4, 5]),
    reference: (x, weights) => {
      const y = dense(x, weights, 'projection');
      const lengths = ref.reduce(y, [1], (values) => Math.hypot(...values), true);
      return ref.zip(y, lengths, (value, length) => value / length);
    },
  },
];
