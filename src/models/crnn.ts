import { convStack } from '../backends/conv-stack.js';
import { multiLabel } from '../backends/heads/multi-label.js';
import { recurrent } from '../backends/recurrent.js';
import { audioModel } from '../core/builder.js';
import { AudioModel } from '../core/model.js';
import type { ModelSpec } from '../core/spec.js';
import { melSpectrogram } from '../frontends/mel-spectrogram.js';
import { LONG_WINDOW_DATA_SETS } from './fcn.js';
import {
  loadPretrained,
  type PretrainedOptions,
  requirePublished,
  type WindowLength,
  windowLength,
} from './pretrained.js';

/** The data sets that the CRNN was published for. */
export type CRNNPretrained = keyof typeof LONG_WINDOW_DATA_SETS;

/** Sizes of a CRNN; the published ones unless given. */
export interface CRNNOptions<L extends readonly string[]> {
  /** In the order of the scores. */
  readonly labels: L;
  /** Mel bands. */
  readonly bands?: number;
  /** Filters of each of the four convolutions. */
  readonly filters?: readonly [number, number, number, number];
  /** Width of each of the two recurrent layers. */
  readonly units?: number;
  /** The window's length in samples at 16 kHz; the same weights take any that is long enough for the pooling. */
  readonly samples?: number;
  readonly dropout?: number;
  readonly seed?: number;
}

/**
 * The convolutional recurrent network (thesis 3.5.1; K. Choi et al., "Convolutional recurrent neural networks for music
 * classification", 2017), as in the thesis author's released implementation: 29 s windows at 16 kHz → 96-band log-mel →
 * four 3×3 convolutions with max-pooling → two layers of gated recurrent units → embedding of 32 → scores.
 *
 * @example
 * ```ts
 * import { CRNN, loadAudio } from 'musrep';
 *
 * const model = await CRNN.pretrained('jamendo');
 * console.table(await model.tag(await loadAudio('song.mp3'), { top: 5, windows: 1 }));
 * ```
 */
export class CRNN<const L extends readonly string[] = readonly string[]> extends AudioModel<L> {
  /**
   * A model with initial weights, to be trained.
   *
   * @throws {@link MusrepError} as `audioModel(…)….build()`.
   */
  constructor(options: CRNNOptions<L>) {
    super(crnnSpec(options));
  }

  /**
   * The published model with its weights.
   *
   * @param name - `mtat` (MagnaTagATune), `msd` (Million Song Dataset) or `jamendo` (MTG-Jamendo).
   * @throws {@link MusrepError} `unknown-name` (the nearest is named); `not-found` (how to get the weights is said);
   * `bad-weights`.
   */
  static async pretrained<N extends CRNNPretrained>(
    name: N,
    options: PretrainedOptions & WindowLength = {},
  ): Promise<CRNN<(typeof LONG_WINDOW_DATA_SETS)[N]>> {
    requirePublished('pretrained CRNN', name, LONG_WINDOW_DATA_SETS);
    const labels: (typeof LONG_WINDOW_DATA_SETS)[N] = LONG_WINDOW_DATA_SETS[name];
    return loadPretrained(`crnn-${name}`, options, () => new CRNN({ labels, ...windowLength(options) }));
  }
}

function crnnSpec<const L extends readonly string[]>(options: CRNNOptions<L>): ModelSpec<L> {
  const { labels, bands = 96, filters = [64, 128, 128, 128], units = 32, dropout = 0.5, seed = 0 } = options;
  const { samples = 464_000 } = options;
  const pools = [2, 3, 4, 4].map((size) => [size, size] as const);
  return audioModel({ sampleRate: 16_000, samples, seed })
    .frontend(melSpectrogram({ bands }))
    .backend(convStack({ filters, pools }))
    .backend(recurrent({ units, depth: 2 }))
    .head(multiLabel(labels, { dropout })).spec;
}
