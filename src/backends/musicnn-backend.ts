import { type SymbolicTensor, layers as tfLayers } from '@tensorflow/tfjs-layers';
import { defineBlock } from '../core/block.js';
import { requireWhole } from '../core/config.js';
import { MusrepError } from '../core/errors.js';
import { ConvNorm1D } from '../layers/conv-norm.js';

export interface MusicnnBackendOptions {
  /** Channels of each of the three convolutions. */
  readonly channels: number;
  /** Their length in frames; odd. */
  readonly kernelSize: number;
}

const DEFAULTS: MusicnnBackendOptions = { channels: 64, kernelSize: 7 };

/**
 * The back end of MusiCNN: sequence `[batch, frame, channel]` → embedding `[batch, 2·(channel + 3·channels)]`.
 *
 * r1 = f1(x), r2 = f2(r1) + r1, r3 = f3(r2) + r2, each f a conv over time → batch norm → ReLU; the maximum over time of
 * [x, r1, r2, r3], then their mean (thesis 3.3.3). With 561 channels in and 64 here: 1,506.
 *
 * @throws {@link MusrepError} `bad-option` for an even kernel.
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
  output(input, { channels, kernelSize }) {
    requireWhole('musicnnBackend', 'channels', channels);
    requireWhole('musicnnBackend', 'kernelSize', kernelSize);
    if (kernelSize % 2 === 0) {
      throw new MusrepError(
        'bad-option',
        `musicnnBackend: 'kernelSize' must be odd, to keep the length. Received: ${kernelSize}.`,
      );
    }
    return { kind: 'embedding', width: 2 * (input.channels + 3 * channels) };
  },
  build(x, { channels, kernelSize }, { layers }) {
    const convolve = (name: string, input: SymbolicTensor) =>
      layers.own(new ConvNorm1D({ name, filters: channels, kernelSize })).apply(input) as SymbolicTensor;
    const r1 = convolve('layer1', x);
    const r2 = layers.add('residual2', [convolve('layer2', r1), r1]);
    const r3 = layers.add('residual3', [convolve('layer3', r2), r2]);
    const all = layers.concatenate('features', [x, r1, r2, r3]);
    const maximum = layers.own(tfLayers.globalMaxPooling1d({ name: 'max' })).apply(all) as SymbolicTensor;
    const mean = layers.own(tfLayers.globalAveragePooling1d({ name: 'mean' })).apply(all) as SymbolicTensor;
    return layers.concatenate('embedding', [maximum, mean]);
  },
});
