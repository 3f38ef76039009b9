import { convStack } from '../backends/conv-stack.js';
import { multiLabel } from '../backends/heads/multi-label.js';
import { flatten } from '../backends/pooling.js';
import { audioModel } from '../core/builder.js';
import { AudioModel } from '../core/model.js';
import type { ModelSpec } from '../core/spec.js';
import { MSD_TAGS, MTAT_TAGS } from './labels.js';
import { loadPretrained, type PretrainedOptions, requirePublished } from './pretrained.js';
import { patchMel, patchWindows } from './tensorflow-input.js';

const PRETRAINED = {
  'musicnn-mtt': { file: 'vgg-mtt', labels: MTAT_TAGS },
  'musicnn-msd': { file: 'vgg-msd', labels: MSD_TAGS },
} as const;

/** The data sets that the VGG was published for, in the package `musicnn`. */
export type VGGPretrained = keyof typeof PRETRAINED;

/** Sizes of a VGG; the published ones unless given. */
export interface VGGOptions<L extends readonly string[]> {
  /** In the order of the scores. */
  readonly labels: L;
  /** Filters of each of the five convolutions. */
  readonly filters?: readonly [number, number, number, number, number];
  readonly dropout?: number;
  readonly seed?: number;
}

/**
 * The VGG of the TensorFlow package `musicnn` (J. Pons and X. Serra, 2019): patches of 187 frames (3 s) of a 96-band
 * log-mel spectrogram of the whole clip → five 3×3 convolutions of 128 filters with max-pooling → embedding of 256 →
 * scores.
 *
 * @example
 * ```ts
 * import { loadAudio, VGG } from 'musrep';
 *
 * const model = await VGG.pretrained('musicnn-mtt');
 * console.table(await model.tag(await loadAudio('song.mp3'), { top: 5, windows: 2 }));
 * ```
 */
export class VGG<const L extends readonly string[] = readonly string[]> extends AudioModel<L> {
  /**
   * A model with initial weights, to be trained.
   *
   * @throws {@link MusrepError} as `audioModel(…)….build()`.
   */
  constructor(options: VGGOptions<L>) {
    super(vggSpec(options));
  }

  /**
   * The published model with its weights.
   *
   * @param name - `musicnn-mtt` (MagnaTagATune) or `musicnn-msd` (Million Song Dataset).
   * @throws {@link MusrepError} `unknown-name` (the nearest is named); `not-found` (how to get the weights is said);
   * `bad-weights`.
   */
  static async pretrained<N extends VGGPretrained>(
    name: N,
    options: PretrainedOptions = {},
  ): Promise<VGG<(typeof PRETRAINED)[N]['labels']>> {
    requirePublished('pretrained VGG', name, PRETRAINED);
    const labels: (typeof PRETRAINED)[N]['labels'] = PRETRAINED[name].labels;
    return loadPretrained(PRETRAINED[name].file, options, () => new VGG({ labels }));
  }
}

function vggSpec<const L extends readonly string[]>(options: VGGOptions<L>): ModelSpec<L> {
  const { labels, filters = [128, 128, 128, 128, 128], dropout = 0.5, seed = 0 } = options;
  const halved = [2, 2] as const;
  const stack = convStack({
    filters,
    // The first pool is 4 frames by 1 band, in steps of 2 by 2.
    pools: [[1, 4], halved, halved, halved, [4, 4]],
    poolStrides: [halved, halved, halved, halved, [4, 4]],
    order: 'activation-norm',
  });
  return audioModel({ ...patchWindows(), seed })
    .frontend(patchMel())
    .backend(stack)
    .backend(flatten())
    .head(multiLabel(labels, { dropout })).spec;
}
