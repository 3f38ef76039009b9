import { multiLabel } from '../backends/heads/multi-label.js';
import { transformerEncoder } from '../backends/transformer-encoder.js';
import { audioModel } from '../core/builder.js';
import { AudioModel } from '../core/model.js';
import type { ModelSpec } from '../core/spec.js';
import { melSpectrogram } from '../frontends/mel-spectrogram.js';
import { residualStem } from '../frontends/residual-stem.js';

/** Sizes of a MusicTaggingTransformer; the published ones unless given. */
export interface MusicTaggingTransformerOptions<L extends readonly string[]> {
  /** In the order of the scores. */
  readonly labels: L;
  /** Mel bands. */
  readonly bands?: number;
  /** Filters of the front end's convolutions. */
  readonly channels?: number;
  /** Width of the Transformer: 256, of the published student 64. */
  readonly width?: number;
  /** How many layers it has. */
  readonly depth?: number;
  readonly heads?: number;
  /** The window's length in samples at 22,050 Hz: 10 s unless given; the same weights take any up to 512 frames of the Transformer. */
  readonly samples?: number;
  readonly dropout?: number;
  readonly seed?: number;
}

/**
 * The Music Tagging Transformer (thesis 3.5.3; M. Won, K. Choi, X. Serra, "Semi-supervised music tagging transformer",
 * 2021): 10 s windows at 22.05 kHz → 128-band log-mel → three residual blocks of 3×3 convolutions → a pre-norm Transformer
 * of four layers with a learned class token and positions → embedding of 256 → scores.
 *
 * @example
 * ```ts
 * import { MusicTaggingTransformer, useTfjsBackend } from 'musrep';
 *
 * await useTfjsBackend('wasm');
 * const model = new MusicTaggingTransformer({ labels: ['rock', 'jazz', 'piano'], channels: 16, width: 64 });
 * console.log(model.summary());
 * ```
 */
export class MusicTaggingTransformer<const L extends readonly string[] = readonly string[]> extends AudioModel<L> {
  /**
   * A model with initial weights, to be trained.
   *
   * @throws {@link MusrepError} as `audioModel(…)….build()`.
   */
  constructor(options: MusicTaggingTransformerOptions<L>) {
    super(specOf(options));
  }
}

function specOf<const L extends readonly string[]>(options: MusicTaggingTransformerOptions<L>): ModelSpec<L> {
  const { labels, bands = 128, channels = 128, width = 256, depth = 4, heads = 8 } = options;
  const { samples = 220_500, dropout = 0.1, seed = 0 } = options;
  return audioModel({ sampleRate: 22_050, samples, seed })
    .frontend(melSpectrogram({ fftSize: 1024, hopLength: 512, bands, batchNorm: false }))
    .frontend(residualStem({ channels, width }))
    .backend(transformerEncoder({ depth, heads, dropout }))
    .head(multiLabel(labels, { dropout: 0, layerNorm: true })).spec;
}
