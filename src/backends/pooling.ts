import { type SymbolicTensor, layers as tfLayers } from '@tensorflow/tfjs-layers';
import { defineBlock } from '../core/block.js';
import { requireChoice } from '../core/config.js';
import type { Embedding, Sequence, Spectrogram } from '../core/feature.js';
import { GlobalMax } from '../layers/global-max.js';

export interface GlobalPoolOptions {
  /** The maximum over all bands and frames, their mean, or both: the maximum first. */
  readonly pool: 'max' | 'mean' | 'max-mean';
  /** Whether the embedding is batch-normalised. */
  readonly batchNorm: boolean;
}

/**
 * Pools over everything but the channels: `[batch, band, frame, channel]` or `[batch, frame, channel]` → embedding
 * `[batch, channel]`, twice as wide for `max-mean`. Whatever stands before it may then be of any length.
 *
 * @example
 * ```ts
 * import { globalPool } from 'musrep';
 *
 * const pool = globalPool({ pool: 'max' });
 * ```
 */
export const globalPool = defineBlock({
  name: 'globalPool',
  role: 'backend',
  takes: ['spectrogram', 'sequence'],
  defaults: { pool: 'max', batchNorm: false } as GlobalPoolOptions,
  output(input: Spectrogram | Sequence, { pool }): Embedding {
    requireChoice('globalPool', 'pool', pool, ['max', 'mean', 'max-mean']);
    return { kind: 'embedding', width: pool === 'max-mean' ? 2 * input.channels : input.channels };
  },
  build(x, { pool, batchNorm }, { input, layers }) {
    const average = input.kind === 'spectrogram' ? tfLayers.globalAveragePooling2d : tfLayers.globalAveragePooling1d;
    const makers = {
      max: () => new GlobalMax({ name: 'pool.max' }),
      mean: () => average({ name: 'pool.mean' } as never),
    };
    const pooled = (['max', 'mean'] as const)
      .filter((one) => pool.split('-').includes(one))
      .map((one) => layers.own(makers[one]()).apply(x) as SymbolicTensor);
    const embedding = pooled.length === 1 ? (pooled[0] as SymbolicTensor) : layers.concatenate('pool', pooled);
    return batchNorm ? (layers.batchNorm('pool_bn').apply(embedding) as SymbolicTensor) : embedding;
  },
});

/**
 * Lays all values side by side, as they lie: `[batch, band, frame, channel]` or `[batch, frame, channel]` → embedding
 * `[batch, band·frame·channel]`. What follows then depends on the length of the windows.
 *
 * @example
 * ```ts
 * import { flatten } from 'musrep';
 *
 * const flat = flatten();
 * ```
 */
export const flatten = defineBlock({
  name: 'flatten',
  role: 'backend',
  takes: ['spectrogram', 'sequence'],
  defaults: {},
  output(input: Spectrogram | Sequence): Embedding {
    const bands = input.kind === 'spectrogram' ? input.bands : 1;
    return { kind: 'embedding', width: bands * input.frames * input.channels };
  },
  build: (x, _config, { layers }) => layers.own(tfLayers.flatten({ name: 'flatten' })).apply(x) as SymbolicTensor,
});
