import type { SymbolicTensor } from '@tensorflow/tfjs-layers';
import { defineBlock } from '../core/block.js';
import { requireWhole } from '../core/config.js';
import { MusrepError } from '../core/errors.js';
import type { Spectrogram } from '../core/feature.js';
import { BandMean } from '../layers/band-mean.js';
import { BandMaxConvNorm, ConvNorm1D } from '../layers/conv-norm.js';

export interface MusicnnFiltersOptions {
  /** Height in bands of each group of vertical filters. */
  readonly verticalHeights: readonly number[];
  /** Their width in frames; odd. */
  readonly verticalWidth: number;
  /** Filters in each vertical group. */
  readonly verticalFilters: number;
  /** Length in frames of each group of horizontal filters; odd. */
  readonly horizontalLengths: readonly number[];
  /** Filters in each horizontal group. */
  readonly horizontalFilters: number;
}

const DEFAULTS: MusicnnFiltersOptions = {
  verticalHeights: [67, 38],
  verticalWidth: 7,
  verticalFilters: 204,
  horizontalLengths: [129, 65, 33],
  horizontalFilters: 51,
};

/**
 * The front end of MusiCNN: spectrogram `[batch, band, frame, 1]` → sequence `[batch, frame, channel]`.
 *
 * Vertical filters see timbre, wherever it lies in pitch: conv → batch norm → ReLU → maximum over all bands. Horizontal
 * filters see how the energy moves: mean over all bands → conv → batch norm → ReLU. All are concatenated, the vertical
 * ones first: 2·204 + 3·51 = 561 channels by default (thesis 3.3.3; Pons & Serra, "musicnn", 2019). Heights do not
 * follow the number of bands, as in the published weights.
 *
 * @throws {@link MusrepError} `bad-shape` at build for a spectrogram of several channels, or of fewer bands than the
 * tallest filter; `bad-option` for an even width or length.
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
    const { verticalHeights, verticalWidth, verticalFilters, horizontalLengths, horizontalFilters } = config;
    const vertical = verticalHeights.map((height, i) => {
      const kernelSize = [height, verticalWidth] as const;
      return layers.own(new BandMaxConvNorm({ name: `layers.${i}`, filters: verticalFilters, kernelSize })).apply(x);
    });
    const energy = layers.own(new BandMean({ name: 'energy' })).apply(x);
    const horizontal = horizontalLengths.map((kernelSize, i) => {
      const name = `layers.${verticalHeights.length + i}`;
      return layers.own(new ConvNorm1D({ name, filters: horizontalFilters, kernelSize })).apply(energy);
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
  for (const length of [verticalWidth, ...horizontalLengths]) {
    requireWhole(owner, 'a filter length', length);
    if (length % 2 === 0) {
      throw new MusrepError(
        'bad-option',
        `${owner}: filters must be odd in frames, to keep the length. Received: ${length}.`,
      );
    }
  }
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
