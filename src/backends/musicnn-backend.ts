import { type SymbolicTensor, layers as tfLayers } from '@tensorflow/tfjs-layers';
import { defineBlock } from '../core/block.js';
import { requireChoice, requireWhole } from '../core/config.js';
import { ConvNorm1D } from '../layers/conv-norm.js';
import { NORM_ORDERS, type NormOrder } from '../layers/conv-unit.js';
import { GlobalMax } from '../layers/global-max.js';
import { Interleave } from '../layers/interleave.js';

export interface MusicnnBackendOptions {
  /** Channels of each of the three convolutions. */
  readonly channels: number;
  /** Their length in frames. */
  readonly kernelSize: number;
  /** Whether batch normalisation stands before the ReLU, after it, or nowhere. */
  readonly order: NormOrder;
  /** Whether all maxima come first, or each channel's maximum is followed by its mean. */
  readonly pooling: 'max-mean' | 'interleaved';
  /** Whether the embedding is batch-normalised. */
  readonly batchNorm: boolean;
}

const DEFAULTS: MusicnnBackendOptions = {
  channels: 64,
  kernelSize: 7,
  order: 'norm-activation',
  pooling: 'max-mean',
  batchNorm: false,
};

/**
 * The back end of MusiCNN: sequence `[batch, frame, channel]` → embedding `[batch, 2·(channel + 3·channels)]`.
 *
 * r1 = f1(x), r2 = f2(r1) + r1, r3 = f3(r2) + r2, each f a conv over time → batch norm → ReLU; the maximum over time of
 * [x, r1, r2, r3], then their mean (thesis 3.3.3). With 561 channels in and 64 here: 1,506. The TensorFlow package's back
 * end is `activation-norm`, `interleaved` and `batchNorm`.
 *
 * @throws {@link MusrepError} `bad-option` for sizes that are no whole numbers.
 *
 * @example
 * ```ts
 * import { musicnnBackend } from 'musrep';
 *
 * const wide = musicnnBackend({ channels: 512 });
 * ```
 */
export const musicnnBackend = defineBlock({
  name: 'musicnnBackend',
  role: 'backend',
  takes: ['sequence'],
  defaults: DEFAULTS,
  output(input, { channels, kernelSize, order, pooling }) {
    requireWhole('musicnnBackend', 'channels', channels);
    requireWhole('musicnnBackend', 'kernelSize', kernelSize);
    requireChoice('musicnnBackend', 'order', order, NORM_ORDERS);
    requireChoice('musicnnBackend', 'pooling', pooling, ['max-mean', 'interleaved']);
    return { kind: 'embedding', width: 2 * (input.channels + 3 * channels) };
  },
  build(x, { channels, kernelSize, order, pooling, batchNorm }, { layers }) {
    const convolve = (input: SymbolicTensor) => {
      const layer = new ConvNorm1D({ name: layers.nextName(), filters: channels, kernelSize, order });
      return layers.own(layer).apply(input) as SymbolicTensor;
    };
    const r1 = convolve(x);
    const r2 = layers.add('residual2', [convolve(r1), r1]);
    const r3 = layers.add('residual3', [convolve(r2), r2]);
    const all = layers.concatenate('features', [x, r1, r2, r3]);
    const maximum = layers.own(new GlobalMax({ name: 'max' })).apply(all) as SymbolicTensor;
    const mean = layers.own(tfLayers.globalAveragePooling1d({ name: 'mean' })).apply(all) as SymbolicTensor;
    const pooled =
      pooling === 'max-mean'
        ? layers.concatenate('embedding', [maximum, mean])
        : (layers.own(new Interleave({ name: 'embedding' })).apply([maximum, mean]) as SymbolicTensor);
    return batchNorm ? (layers.batchNorm('embedding_bn').apply(pooled) as SymbolicTensor) : pooled;
  },
});
