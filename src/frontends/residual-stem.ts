import type { SymbolicTensor } from '@tensorflow/tfjs-layers';
import type { BandsByFrames } from '../backends/conv-stack.js';
import { defineBlock } from '../core/block.js';
import { requireWhole } from '../core/config.js';
import { MusrepError } from '../core/errors.js';
import { FoldBands } from '../layers/fold-bands.js';
import { ResidualConv } from '../layers/residual-conv.js';

export interface ResidualStemOptions {
  /** Filters of each residual block. */
  readonly channels: number;
  /** Width of the sequence that comes out. */
  readonly width: number;
  /** The max-pooling after each block, in bands and frames. */
  readonly pools: readonly BandsByFrames[];
}

const DEFAULTS: ResidualStemOptions = {
  channels: 128,
  width: 256,
  pools: [
    [2, 2],
    [2, 2],
    [2, 1],
  ],
};

/**
 * The front end of the Music Tagging Transformer: spectrogram `[batch, band, frame, channel]` → sequence `[batch, frame,
 * width]`. Batch normalisation, residual blocks of 3×3 convolutions with max-pooling, then for each frame all bands and
 * channels together through one dense layer (thesis 3.5.3).
 *
 * @throws {@link MusrepError} `bad-option` for sizes that are no whole numbers; `bad-shape` at build for a spectrogram that
 * is too small for the pooling.
 *
 * @example
 * ```ts
 * import { residualStem } from 'musrep';
 *
 * const stem = residualStem({ channels: 64, width: 128 });
 * ```
 */
export const residualStem = defineBlock({
  name: 'residualStem',
  role: 'frontend',
  takes: ['spectrogram'],
  defaults: DEFAULTS,
  output({ bands, frames }, { channels, width, pools }) {
    requireWhole('residualStem', 'channels', channels);
    requireWhole('residualStem', 'width', width);
    for (const size of pools.flat()) requireWhole('residualStem', 'pools', size);
    const left = (size: number, axis: 0 | 1) => pools.reduce((length, pool) => Math.floor(length / pool[axis]), size);
    if (left(bands, 0) < 1 || left(frames, 1) < 1) {
      throw new MusrepError(
        'bad-shape',
        `residualStem pools too much for this spectrogram: nothing is left. Received: ${bands} bands, ${frames} frames.`,
      );
    }
    return { kind: 'sequence', frames: left(frames, 1), channels: width };
  },
  build(x, { channels, width, pools }, { layers }) {
    const normalized = layers.batchNorm('frontend.input_bn').apply(x) as SymbolicTensor;
    const features = pools.reduce<SymbolicTensor>((y, pool, i) => {
      const sizes = { filters: channels, kernelSize: [3, 3], strides: [1, 1], pool };
      return layers.own(new ResidualConv({ name: `frontend.layer${i + 1}`, ...sizes })).apply(y) as SymbolicTensor;
    }, normalized);
    const byFrame = layers.own(new FoldBands({ name: 'frontend.frames' })).apply(features);
    return layers.dense('frontend.fc', { units: width }).apply(byFrame) as SymbolicTensor;
  },
});
