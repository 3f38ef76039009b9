import { multiLabel } from '../backends/heads/multi-label.js';
import { musicnnBackend } from '../backends/musicnn-backend.js';
import { audioModel } from '../core/builder.js';
import { AudioModel } from '../core/model.js';
import type { ModelSpec } from '../core/spec.js';
import { melSpectrogram } from '../frontends/mel-spectrogram.js';
import { musicnnFilters } from '../frontends/musicnn-filters.js';
import { JAMENDO_TAGS, MSD_TAGS, MTAT_TAGS } from './labels.js';
import {
  loadPretrained,
  type PretrainedOptions,
  requirePublished,
  type WindowLength,
  windowLength,
} from './pretrained.js';
import { patchMel, patchWindows } from './tensorflow-input.js';

/** The published weights of MusiCNN. */
const PRETRAINED = {
  mtat: { file: 'musicnn-mtat', labels: MTAT_TAGS, variant: 'pytorch' },
  jamendo: { file: 'musicnn-jamendo', labels: JAMENDO_TAGS, variant: 'pytorch' },
  'musicnn-mtt': { file: 'musicnn-mtt', labels: MTAT_TAGS, variant: 'tensorflow' },
  'musicnn-msd': { file: 'musicnn-msd', labels: MSD_TAGS, variant: 'tensorflow' },
} as const;

/** The published weights: of the thesis author's implementation, and of the package `musicnn`. */
export type MusiCNNPretrained = keyof typeof PRETRAINED;

/** Sizes of a MusiCNN; the published ones unless given. */
export interface MusiCNNOptions<L extends readonly string[]> {
  /** In the order of the scores. */
  readonly labels: L;
  /** Mel bands. */
  readonly bands?: number;
  /** Filters in each of the two vertical groups. */
  readonly verticalFilters?: number;
  /** Filters in each of the three horizontal groups. */
  readonly horizontalFilters?: number;
  /** Channels of the back end: 64, or 512 for the model of the Million Song Dataset. */
  readonly channels?: number;
  /** Width of the dense layer before the last: 200, or 500 for the model of the Million Song Dataset. */
  readonly hidden?: number;
  /** The window's length in samples at 16 kHz; the same weights take any that is long enough for the pooling. */
  readonly samples?: number;
  readonly dropout?: number;
  /**
   * The thesis author's network (`pytorch`, unless given), or the original of the package `musicnn` (`tensorflow`): patches
   * of one spectrogram of the whole clip, another mel scale, horizontal filters over every band, ReLU before batch norm.
   */
  readonly variant?: 'pytorch' | 'tensorflow';
  readonly seed?: number;
}

/**
 * MusiCNN (thesis 3.3.3; J. Pons and X. Serra, "musicnn: pre-trained convolutional neural networks for music audio
 * tagging", 2019), as in the thesis author's released implementation: 3 s windows at 16 kHz → 96-band log-mel → vertical
 * and horizontal filters → three residual convolutions → embedding of 1,506 → scores.
 *
 * @example
 * ```ts
 * import { loadAudio, MusiCNN } from 'musrep';
 *
 * const model = await MusiCNN.pretrained('mtat');
 * const tags = await model.tag(await loadAudio('song.mp3'), { top: 5 });
 * console.log(tags.map(({ label }) => label).join(', '));
 * model.dispose();
 * ```
 */
export class MusiCNN<const L extends readonly string[] = readonly string[]> extends AudioModel<L> {
  /**
   * A model with initial weights, to be trained.
   *
   * @throws {@link MusrepError} as `audioModel(…)….build()`.
   */
  constructor(options: MusiCNNOptions<L>) {
    super(musicnnSpec(options));
  }

  /**
   * The published model with its weights.
   *
   * @param name - `mtat` (MagnaTagATune) or `jamendo` (MTG-Jamendo), which come with the package; `musicnn-mtt`
   * (MagnaTagATune) or `musicnn-msd` (Million Song Dataset) of the TensorFlow package `musicnn`.
   * @throws {@link MusrepError} `unknown-name` (the nearest is named); `not-found` (how to get the weights is said);
   * `bad-weights`.
   */
  static async pretrained<N extends MusiCNNPretrained>(
    name: N,
    options: PretrainedOptions & WindowLength = {},
  ): Promise<MusiCNN<(typeof PRETRAINED)[N]['labels']>> {
    requirePublished('pretrained MusiCNN', name, PRETRAINED);
    const { file, variant } = PRETRAINED[name];
    const labels: (typeof PRETRAINED)[N]['labels'] = PRETRAINED[name].labels;
    return loadPretrained(file, options, () => new MusiCNN({ labels, variant, ...windowLength(options) }));
  }
}

function musicnnSpec<const L extends readonly string[]>(options: MusiCNNOptions<L>): ModelSpec<L> {
  return options.variant === 'tensorflow' ? tensorflowSpec(options) : pytorchSpec(options);
}

function pytorchSpec<const L extends readonly string[]>(options: MusiCNNOptions<L>): ModelSpec<L> {
  const { labels, bands, verticalFilters, horizontalFilters, channels, hidden, dropout, seed } = sizesOf(options);
  return audioModel({ sampleRate: 16_000, samples: options.samples ?? 48_000, seed })
    .frontend(melSpectrogram({ bands }))
    .frontend(musicnnFilters(groupsOf([67, 38], verticalFilters, [129, 65, 33], horizontalFilters)))
    .backend(musicnnBackend({ channels }))
    .head(multiLabel(labels, { hidden, dropout })).spec;
}

function tensorflowSpec<const L extends readonly string[]>(options: MusiCNNOptions<L>): ModelSpec<L> {
  const { labels, bands, verticalFilters, horizontalFilters, channels, hidden, dropout, seed } = sizesOf(options);
  const order = 'activation-norm';
  const filters = musicnnFilters({
    ...groupsOf([38, 67], verticalFilters, [128, 64, 32], horizontalFilters),
    horizontalInput: 'every-band',
    order,
  });
  return audioModel({ ...patchWindows(), ...(options.samples !== undefined && { samples: options.samples }), seed })
    .frontend(patchMel(bands))
    .frontend(filters)
    .backend(musicnnBackend({ channels, order, pooling: 'interleaved', batchNorm: true }))
    .head(multiLabel(labels, { hidden, dropout, order })).spec;
}

function groupsOf(heights: readonly number[], tall: number, lengths: readonly number[], long: number) {
  return {
    vertical: heights.map((bands) => ({ kernelSize: [bands, 7] as const, filters: tall })),
    horizontal: lengths.map((kernelSize) => ({ kernelSize, filters: long })),
  };
}

function sizesOf<const L extends readonly string[]>(options: MusiCNNOptions<L>) {
  const defaults = { bands: 96, verticalFilters: 204, horizontalFilters: 51, channels: 64, hidden: 200 };
  return { ...defaults, dropout: 0.5, seed: 0, ...options };
}
