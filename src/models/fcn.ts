import { convStack } from '../backends/conv-stack.js';
import { multiLabel } from '../backends/heads/multi-label.js';
import { globalPool } from '../backends/pooling.js';
import { audioModel } from '../core/builder.js';
import { AudioModel } from '../core/model.js';
import type { ModelSpec } from '../core/spec.js';
import { melSpectrogram } from '../frontends/mel-spectrogram.js';
import { JAMENDO_TAGS, MSD_TAGS, MTAT_TAGS } from './labels.js';
import {
  loadPretrained,
  type PretrainedOptions,
  requirePublished,
  type WindowLength,
  windowLength,
} from './pretrained.js';

/** The published weights of the FCN and the CRNN. */
export const LONG_WINDOW_DATA_SETS = { mtat: MTAT_TAGS, msd: MSD_TAGS, jamendo: JAMENDO_TAGS } as const;

/** The data sets that the FCN was published for. */
export type FCNPretrained = keyof typeof LONG_WINDOW_DATA_SETS;

/** Sizes of an FCN; the published ones unless given. */
export interface FCNOptions<L extends readonly string[]> {
  /** In the order of the scores. */
  readonly labels: L;
  /** Mel bands. */
  readonly bands?: number;
  /** Filters of each of the five layers. */
  readonly filters?: readonly [number, number, number, number, number];
  /** The window's length in samples at 16 kHz; the same weights take any that is long enough for the pooling. */
  readonly samples?: number;
  readonly dropout?: number;
  readonly seed?: number;
}

/**
 * The fully convolutional network (thesis 3.3.3; K. Choi et al., "Automatic tagging using deep convolutional neural
 * networks", 2016), as in the thesis author's released implementation: 29 s windows at 16 kHz → 96-band log-mel → five
 * 3×3 convolutions with max-pooling → embedding of 64 → scores.
 *
 * @example
 * ```ts
 * import { FCN, loadAudio } from 'musrep';
 *
 * const model = await FCN.pretrained('msd');
 * console.table(await model.tag(await loadAudio('song.mp3'), { top: 5, windows: 1 }));
 * ```
 */
export class FCN<const L extends readonly string[] = readonly string[]> extends AudioModel<L> {
  /**
   * A model with initial weights, to be trained.
   *
   * @throws {@link MusrepError} as `audioModel(…)….build()`.
   */
  constructor(options: FCNOptions<L>) {
    super(fcnSpec(options));
  }

  /**
   * The published model with its weights.
   *
   * @param name - `mtat` (MagnaTagATune), `msd` (Million Song Dataset) or `jamendo` (MTG-Jamendo).
   * @throws {@link MusrepError} `unknown-name` (the nearest is named); `not-found` (how to get the weights is said);
   * `bad-weights`.
   */
  static async pretrained<N extends FCNPretrained>(
    name: N,
    options: PretrainedOptions & WindowLength = {},
  ): Promise<FCN<(typeof LONG_WINDOW_DATA_SETS)[N]>> {
    requirePublished('pretrained FCN', name, LONG_WINDOW_DATA_SETS);
    const labels: (typeof LONG_WINDOW_DATA_SETS)[N] = LONG_WINDOW_DATA_SETS[name];
    return loadPretrained(`fcn-${name}`, options, () => new FCN({ labels, ...windowLength(options) }));
  }
}

function fcnSpec<const L extends readonly string[]>(options: FCNOptions<L>): ModelSpec<L> {
  const { labels, bands = 96, filters = [64, 128, 128, 128, 64], dropout = 0.5, seed = 0 } = options;
  const { samples = 464_000 } = options;
  return audioModel({ sampleRate: 16_000, samples, seed })
    .frontend(melSpectrogram({ bands }))
    .backend(convStack({ filters }))
    .backend(globalPool({ pool: 'mean' }))
    .head(multiLabel(labels, { dropout })).spec;
}
