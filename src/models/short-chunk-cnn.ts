import { convStack } from '../backends/conv-stack.js';
import { multiLabel } from '../backends/heads/multi-label.js';
import { globalPool } from '../backends/pooling.js';
import { audioModel } from '../core/builder.js';
import { AudioModel } from '../core/model.js';
import type { ModelSpec } from '../core/spec.js';
import { melSpectrogram } from '../frontends/mel-spectrogram.js';

/** 3¹⁰ samples, 3.69 s at 16 kHz: as the sample-level CNN takes them. */
export const SHORT_CHUNK_SAMPLES = 59_049;
/** Of the seven layers, in multiples of the first. */
export const SHORT_CHUNK_WIDTHS = [1, 1, 2, 2, 2, 2, 4] as const;

/** Sizes of a ShortChunkCNN; the published ones unless given. */
export interface ShortChunkCNNOptions<L extends readonly string[]> {
  /** In the order of the scores. */
  readonly labels: L;
  /** Mel bands. */
  readonly bands?: number;
  /** Filters of the first layers; later ones have twice and four times as many. */
  readonly channels?: number;
  /** The window's length in samples at 16 kHz; the same weights take any that is long enough for the pooling. */
  readonly samples?: number;
  readonly dropout?: number;
  readonly seed?: number;
}

/**
 * The short-chunk CNN (thesis 3.3.3; M. Won et al., "Evaluation of CNN-based automatic music tagging models", 2020): 3.7 s
 * windows at 16 kHz → 128-band log-mel → seven 3×3 convolutions with 2×2 max-pooling → global maximum, an embedding of 512
 * → dense layer with batch norm → scores.
 *
 * @example
 * ```ts
 * import { ShortChunkCNN, useTfjsBackend } from 'musrep';
 *
 * await useTfjsBackend('wasm');
 * const model = new ShortChunkCNN({ labels: ['rock', 'jazz', 'piano'], channels: 32 });
 * console.log(model.summary());
 * ```
 */
export class ShortChunkCNN<const L extends readonly string[] = readonly string[]> extends AudioModel<L> {
  /**
   * A model with initial weights, to be trained.
   *
   * @throws {@link MusrepError} as `audioModel(…)….build()`.
   */
  constructor(options: ShortChunkCNNOptions<L>) {
    super(specOf(options));
  }
}

function specOf<const L extends readonly string[]>(options: ShortChunkCNNOptions<L>): ModelSpec<L> {
  const { labels, bands = 128, channels = 128, dropout = 0.5, seed = 0 } = options;
  const { samples = SHORT_CHUNK_SAMPLES } = options;
  const filters = SHORT_CHUNK_WIDTHS.map((width) => width * channels);
  const pools = filters.map(() => [2, 2] as const);
  return audioModel({ sampleRate: 16_000, samples, seed })
    .frontend(melSpectrogram({ bands }))
    .backend(convStack({ filters, pools }))
    .backend(globalPool({ pool: 'max' }))
    .head(multiLabel(labels, { hidden: 4 * channels, dropout })).spec;
}
