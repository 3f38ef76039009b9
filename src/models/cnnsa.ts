import type { BandsByFrames } from '../backends/conv-stack.js';
import { multiLabel } from '../backends/heads/multi-label.js';
import { residualStack } from '../backends/residual-stack.js';
import { transformerEncoder } from '../backends/transformer-encoder.js';
import { audioModel } from '../core/builder.js';
import { AudioModel } from '../core/model.js';
import type { ModelSpec } from '../core/spec.js';
import { melSpectrogram } from '../frontends/mel-spectrogram.js';

/** Sizes of a CNNSA; the published ones unless given. */
export interface CNNSAOptions<L extends readonly string[]> {
  /** In the order of the scores. */
  readonly labels: L;
  /** Mel bands. */
  readonly bands?: number;
  /** Filters of the first two blocks; the others, and the Transformer, have twice as many. */
  readonly channels?: number;
  /** How many layers the Transformer has. */
  readonly depth?: number;
  readonly heads?: number;
  readonly dropout?: number;
  readonly seed?: number;
}

/**
 * The convolutional network with self-attention (thesis 3.5.2; M. Won, S. Chun, X. Serra, "Toward interpretable music tagging
 * with self-attention", 2019), in its form of seven residual blocks: 15 s windows at 16 kHz → 128-band log-mel → residual
 * 3×3 convolutions with strides → a post-norm Transformer of two layers with a fixed class token and no positions → dense
 * layer with tanh, an embedding of 256 → scores.
 *
 * @example
 * ```ts
 * import { CNNSA, useTfjsBackend } from 'musrep';
 *
 * await useTfjsBackend('wasm');
 * const model = new CNNSA({ labels: ['rock', 'jazz', 'piano'], channels: 16 });
 * console.log(model.summary());
 * ```
 */
export class CNNSA<const L extends readonly string[] = readonly string[]> extends AudioModel<L> {
  /**
   * A model with initial weights, to be trained.
   *
   * @throws {@link MusrepError} as `audioModel(…)….build()`.
   */
  constructor(options: CNNSAOptions<L>) {
    super(specOf(options));
  }
}

function specOf<const L extends readonly string[]>(options: CNNSAOptions<L>): ModelSpec<L> {
  const { labels, bands = 128, channels = 128, depth = 2, heads = 8, dropout = 0.5, seed = 0 } = options;
  const filters = [1, 1, 2, 2, 2, 2, 2].map((width) => width * channels);
  const strides = filters.map((_, i) => (i < 3 ? [2, 2] : [2, 1]) as BandsByFrames);
  const encoder = { norm: 'post', positions: 'none', classToken: 'fixed', pooler: true } as const;
  return audioModel({ sampleRate: 16_000, samples: 240_000, seed })
    .frontend(melSpectrogram({ bands }))
    .backend(residualStack({ filters, strides, pools: filters.map(() => [1, 1] as const) }))
    .backend(transformerEncoder({ ...encoder, depth, heads, dropout: Math.min(dropout, 0.1) }))
    .head(multiLabel(labels, { dropout })).spec;
}
