import type { SymbolicTensor } from '@tensorflow/tfjs-layers';
import type { BandsByFrames } from '../backends/conv-stack.js';
import { defineBlock } from '../core/block.js';
import { requireChoice, requireWhole } from '../core/config.js';
import { MusrepError } from '../core/errors.js';
import type { Spectrogram } from '../core/feature.js';
import { BandMaxConvNorm, EveryBandConvNorm } from '../layers/band-max-conv.js';
import { BandMean } from '../layers/band-mean.js';
import { ConvNorm1D } from '../layers/conv-norm.js';
import { NORM_ORDERS, type NormOrder } from '../layers/conv-unit.js';

/** A group of filters that are tall in bands. */
export type VerticalFilters = {
  /** In bands and frames. */
  readonly kernelSize: BandsByFrames;
  readonly filters: number;
};

/** A group of filters over time. */
export type HorizontalFilters = {
  /** In frames. */
  readonly kernelSize: number;
  readonly filters: number;
};

export interface MusicnnFiltersOptions {
  readonly vertical: readonly VerticalFilters[];
  readonly horizontal: readonly HorizontalFilters[];
  /** Whether the horizontal filters see the mean of all bands, or each band, their greatest response being kept. */
  readonly horizontalInput: 'mean' | 'every-band';
  /** Whether batch normalisation stands before the ReLU, after it, or nowhere. */
  readonly order: NormOrder;
}

const DEFAULTS: MusicnnFiltersOptions = {
  vertical: [
    { kernelSize: [67, 7], filters: 204 },
    { kernelSize: [38, 7], filters: 204 },
  ],
  horizontal: [
    { kernelSize: 129, filters: 51 },
    { kernelSize: 65, filters: 51 },
    { kernelSize: 33, filters: 51 },
  ],
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
 * const filters = musicnnFilters({
 *   vertical: [{ kernelSize: [86, 7], filters: 64 }, { kernelSize: [38, 7], filters: 64 }],
 *   horizontal: [{ kernelSize: 129, filters: 32 }],
 * });
 * ```
 */
export const musicnnFilters = defineBlock({
  name: 'musicnnFilters',
  role: 'frontend',
  takes: ['spectrogram'],
  defaults: DEFAULTS,
  output(input, config) {
    checkOptions(config, input);
    const groups = [...config.vertical, ...config.horizontal];
    return { kind: 'sequence', frames: input.frames, channels: groups.reduce((sum, { filters }) => sum + filters, 0) };
  },
  build(x, { vertical, horizontal, horizontalInput, order }, { layers }) {
    const tall = vertical.map((group, i) =>
      layers.own(new BandMaxConvNorm({ name: `layers.${i}`, order, ...group })).apply(x),
    );
    const mean = horizontalInput === 'mean';
    const energy = mean ? layers.own(new BandMean({ name: 'energy' })).apply(x) : x;
    const long = horizontal.map((group, i) => {
      const config = { name: `layers.${vertical.length + i}`, order, ...group };
      return layers.own(mean ? new ConvNorm1D(config) : new EveryBandConvNorm(config)).apply(energy);
    });
    return layers.concatenate('filters', [...tall, ...long] as SymbolicTensor[]);
  },
});

function checkOptions(config: MusicnnFiltersOptions, input: Spectrogram): void {
  const owner = 'musicnnFilters';
  const { vertical, horizontal } = config;
  for (const { kernelSize, filters } of [...vertical, ...horizontal]) {
    requireWhole(owner, 'filters', filters);
    for (const size of [kernelSize].flat()) requireWhole(owner, 'kernelSize', size);
  }
  if (vertical.length + horizontal.length < 2) {
    throw new MusrepError('bad-option', `${owner} takes at least two groups of filters.`);
  }
  requireChoice(owner, 'horizontalInput', config.horizontalInput, ['mean', 'every-band']);
  requireChoice(owner, 'order', config.order, NORM_ORDERS);
  if (input.channels !== 1) {
    throw new MusrepError('bad-shape', `${owner} takes a spectrogram of one channel. Received: ${input.channels}.`);
  }
  const tallest = Math.max(0, ...vertical.map(({ kernelSize }) => kernelSize[0]));
  if (tallest > input.bands) {
    throw new MusrepError(
      'bad-shape',
      `${owner} has filters of ${tallest} bands, and the spectrogram has ${input.bands}.`,
    );
  }
}
