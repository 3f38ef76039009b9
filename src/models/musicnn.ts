import { multiLabel } from '../backends/heads/multi-label.js';
import { musicnnBackend } from '../backends/musicnn-backend.js';
import { audioModel } from '../core/builder.js';
import { AudioModel } from '../core/model.js';
import type { ModelSpec } from '../core/spec.js';
import { melSpectrogram } from '../frontends/mel-spectrogram.js';
import { musicnnFilters } from '../frontends/musicnn-filters.js';
import type { Folder } from '../platform/folder.js';
import { JAMENDO_TAGS, MTAT_TAGS } from './labels.js';
import { loadPretrained, requirePublished } from './pretrained.js';

/** The published weights of MusiCNN. */
const PRETRAINED = {
  mtat: { file: 'musicnn-mtat', labels: MTAT_TAGS },
  jamendo: { file: 'musicnn-jamendo', labels: JAMENDO_TAGS },
} as const;

/** The data sets that MusiCNN was published for. */
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
  readonly dropout?: number;
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
   * The published model with its weights, which come with the package.
   *
   * @param name - `mtat` (MagnaTagATune) or `jamendo` (MTG-Jamendo).
   * @param options.from - a folder or URL that holds the weights; in a page, where the package's `weights` are served:
   * `weights/` beside the page unless given.
   * @throws {@link MusrepError} `unknown-name` (the nearest is named); `not-found`; `bad-weights`.
   */
  static async pretrained<N extends MusiCNNPretrained>(
    name: N,
    options: { readonly from?: Folder } = {},
  ): Promise<MusiCNN<(typeof PRETRAINED)[N]['labels']>> {
    requirePublished('pretrained MusiCNN', name, PRETRAINED);
    const { file, labels }: { file: string; labels: (typeof PRETRAINED)[N]['labels'] } = PRETRAINED[name];
    return loadPretrained(file, options.from, () => new MusiCNN({ labels }));
  }
}

function musicnnSpec<const L extends readonly string[]>(options: MusiCNNOptions<L>): ModelSpec<L> {
  const { labels, bands = 96, verticalFilters = 204, horizontalFilters = 51, channels = 64, hidden = 200 } = options;
  return audioModel({ sampleRate: 16_000, samples: 48_000, seed: options.seed ?? 0 })
    .frontend(melSpectrogram({ bands }))
    .frontend(musicnnFilters({ verticalFilters, horizontalFilters }))
    .backend(musicnnBackend({ channels }))
    .head(multiLabel(labels, { hidden, dropout: options.dropout ?? 0.5 })).spec;
}
