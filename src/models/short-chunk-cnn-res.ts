import { multiLabel } from '../backends/heads/multi-label.js';
import { globalPool } from '../backends/pooling.js';
import { residualStack } from '../backends/residual-stack.js';
import { audioModel } from '../core/builder.js';
import { AudioModel } from '../core/model.js';
import type { ModelSpec } from '../core/spec.js';
import { melSpectrogram } from '../frontends/mel-spectrogram.js';
import { SHORT_CHUNK_SAMPLES, SHORT_CHUNK_WIDTHS } from './short-chunk-cnn.js';

/** Sizes of a ShortChunkCNNRes; the published ones unless given. */
export interface ShortChunkCNNResOptions<L extends readonly string[]> {
  /** In the order of the scores. */
  readonly labels: L;
  /** Mel bands. */
  readonly bands?: number;
  /** Filters of the first blocks; later ones have twice and four times as many. */
  readonly channels?: number;
  /** The window's length in samples at 16 kHz; the same weights take any that is long enough for the pooling. */
  readonly samples?: number;
  readonly dropout?: number;
  readonly seed?: number;
}

/**
 * The short-chunk CNN with residual connections (thesis 3.3.3; M. Won et al., "Evaluation of CNN-based automatic music
 * tagging models", 2020): 3.7 s windows at 16 kHz → 128-band log-mel → seven residual blocks of 3×3 convolutions with a
 * stride of 2 → global maximum, an embedding of 512 → dense layer with batch norm → scores.
 *
 * @example
 * ```ts
 * import { ShortChunkCNNRes, useTfjsBackend } from 'musrep';
 *
 * await useTfjsBackend('wasm');
 * const model = new ShortChunkCNNRes({ labels: ['rock', 'jazz', 'piano'], channels: 32 });
 * console.log(model.summary());
 * ```
 */
export class ShortChunkCNNRes<const L extends readonly string[] = readonly string[]> extends AudioModel<L> {
  /**
   * A model with initial weights, to be trained.
   *
   * @throws {@link MusrepError} as `audioModel(…)….build()`.
   */
  constructor(options: ShortChunkCNNResOptions<L>) {
    super(specOf(options));
  }
}

function specOf<const L extends readonly string[]>(options: ShortChunkCNNResOptions<L>): ModelSpec<L> {
  const { labels, bands = 128, channels = 128, dropout = 0.5, seed = 0 } = options;
  const { samples = SHORT_CHUNK_SAMPLES } = options;
  const filters = SHORT_CHUNK_WIDTHS.map((width) => width * channels);
  return audioModel({ sampleRate: 16_000, samples, seed })
    .frontend(melSpectrogram({ bands }))
    .backend(residualStack({ filters }))
    .backend(globalPool({ pool: 'max' }))
    .head(multiLabel(labels, { hidden: 4 * channels, dropout })).spec;
}
