import type { SymbolicTensor } from '@tensorflow/tfjs-layers';
import { defineBlock } from '../core/block.js';
import { requireChoice, requireWhole } from '../core/config.js';
import { MusrepError } from '../core/errors.js';
import type { Spectrogram } from '../core/feature.js';
import { BandMean } from '../layers/band-mean.js';
import { BandMaxConvNorm, ConvNorm1D, EveryBandConvNorm } from '../layers/conv-norm.js';
import type { NormOrder } from '../layers/conv-unit.js';

export interface MusicnnFiltersOptions {
  /** Height in bands of each group of vertical filters. */
  readonly verticalHeights: readonly number[];
  /** Their width in frames. */
  readonly verticalWidth: number;
  /** Filters in each vertical group. */
  readonly verticalFilters: number;
  /** Length in frames of each group of horizontal filters. */
  readonly horizontalLengths: readonly number[];
  /** Filters in each horizontal group. */
  readonly horizontalFilters: number;
  /** Whether the horizontal filters see the mean of all bands, or each band, their greatest response being kept. */
  readonly horizontalInput: 'mean' | 'every-band';
  /** Whether the batch normalisation stands before the ReLU or after it. */
  readonly order: NormOrder;
}

const DEFAULTS: MusicnnFiltersOptions = {
  verticalHeights: [67, 38],
  verticalWidth: 7,
  verticalFilters: 204,
  horizontalLengths: [129, 65, 33],
  horizontalFilters: 51,
  horizontalInput: 'mean',
  order: 'norm-activation',
};

/**
 * The front end of MusiCNN: spectrogram `[batch, band, frame, 1]` → sequence `[batch, frame, channel]`.
 *
 * Vertical filters see timbre, wherever it lies in pitch: conv → batch norm → ReLU → maximum over all bands. Horizontal
 * filters see how the energy moves: mean over all bands → conv → batch norm → ReLU. All are concatenated, the vertical
 * ones first: 2·204 + 3·51 = 561 channels by default (thesis 3.3.3; Pons & Serra, "musicnn", 2019). Heights do not
 * follow the number of bands, as in the published weights. Filters are padded to keep the length, of even lengths as
 * TensorFlow does. The TensorFlow package's filters are `every-band` and `activation-norm`.
 *
 * @throws {@link MusrepError} `bad-shape` at build for a spectrogram of several channels, or of fewer bands than the
 * tallest filter; `bad-option` for sizes that are no whole numbers.
 *
 * @example
 * ```ts
 * import { musicnnFilters } from 'musrep';
 *
 * const filters = musicnnFilters({ verticalFilters: 128, horizontalFilters: 32 });
 * ```
 */
export const musicnnFilters = defineBlock({
  name: 'musicnnFilters',
  role: 'frontend',
  takes: ['spectrogram'],
  defaults: DEFAULTS,
  output(input, config) {
    checkOptions(config, input);
    const { verticalHeights, verticalFilters, horizontalLengths, horizontalFilters } = config;
    const channels = verticalHeights.length * verticalFilters + horizontalLengths.length * horizontalFilters;
    return { kind: 'sequence', frames: input.frames, channels };
  },
  build(x, config, { layers }) {
    const { verticalHeights, verticalWidth, verticalFilters, horizontalLengths, horizontalFilters, order } = config;
    const vertical = verticalHeights.map((height, i) => {
      const kernelSize = [height, verticalWidth] as const;
      const shape = { name: `layers.${i}`, filters: verticalFilters, kernelSize, order };
      return layers.own(new BandMaxConvNorm(shape)).apply(x);
    });
    const mean = config.horizontalInput === 'mean';
    const energy = mean ? layers.own(new BandMean({ name: 'energy' })).apply(x) : x;
    const horizontal = horizontalLengths.map((kernelSize, i) => {
      const shape = { name: `layers.${verticalHeights.length + i}`, filters: horizontalFilters, kernelSize, order };
      return layers.own(mean ? new ConvNorm1D(shape) : new EveryBandConvNorm(shape)).apply(energy);
    });
    return layers.concatenate('filters', [...vertical, ...horizontal] as SymbolicTensor[]);
  },
});

function checkOptions(config: MusicnnFiltersOptions, input: Spectrogram): void {
  const owner = 'musicnnFilters';
  const { verticalHeights, verticalWidth, horizontalLengths } = config;
  for (const height of verticalHeights) requireWhole(owner, 'verticalHeights', height);
  requireWhole(owner, 'verticalFilters', config.verticalFilters);
  requireWhole(owner, 'horizontalFilters', config.horizontalFilters);
  for (const length of [verticalWidth, ...horizontalLengths]) requireWhole(owner, 'a filter length', length);
  requireChoice(owner, 'horizontalInput', config.horizontalInput, ['mean', 'every-band']);
  requireChoice(owner, 'order', config.order, ['norm-activation', 'activation-norm']);
  if (input.channels !== 1) {
    throw new MusrepError('bad-shape', `${owner} takes a spectrogram of one channel. Received: ${input.channels}.`);
  }
  const tallest = Math.max(...verticalHeights);
  if (tallest > input.bands) {
    throw new MusrepError(
      'bad-shape',
      `${owner} has filters of ${tallest} bands, and the spectrogram has ${input.bands}.`,
    );
  }
}
