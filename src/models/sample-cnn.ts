import { multiLabel } from '../backends/heads/multi-label.js';
import { globalPool } from '../backends/pooling.js';
import { audioModel } from '../core/builder.js';
import { AudioModel } from '../core/model.js';
import type { ModelSpec } from '../core/spec.js';
import { sampleLevelStack } from '../frontends/sample-level-stack.js';

/** 3¹⁰ samples, 3.69 s at 16 kHz, end in one frame. */
export const SAMPLE_LEVEL_SAMPLES = 59_049;
export const SAMPLE_LEVEL_FILTERS: readonly number[] = [128, 128, 128, 256, 256, 256, 256, 256, 256, 512, 512];

/** Sizes of a SampleCNN; the published ones unless given. */
export interface SampleCNNOptions<L extends readonly string[]> {
  /** In the order of the scores. */
  readonly labels: L;
  /** Filters of each layer. */
  readonly filters?: readonly number[];
  /** The window's length in samples at 16 kHz; the same weights take any that is long enough for the pooling. */
  readonly samples?: number;
  readonly dropout?: number;
  readonly seed?: number;
}

/**
 * The sample-level CNN (thesis 3.3.3; J. Lee et al., "Sample-level deep convolutional neural networks", 2017):
 * 3.7 s of samples at 16 kHz → eleven layers of convolutions over time, most with max-pooling → an embedding of 512 →
 * scores.
 *
 * @example
 * ```ts
 * import { SampleCNN, useTfjsBackend } from 'musrep';
 *
 * await useTfjsBackend('wasm');
 * const model = new SampleCNN({ labels: ['rock', 'jazz', 'piano'] });
 * console.log(model.summary());
 * ```
 */
export class SampleCNN<const L extends readonly string[] = readonly string[]> extends AudioModel<L> {
  /**
   * A model with initial weights, to be trained.
   *
   * @throws {@link MusrepError} as `audioModel(…)….build()`.
   */
  constructor(options: SampleCNNOptions<L>) {
    super(specOf(options));
  }
}

function specOf<const L extends readonly string[]>(options: SampleCNNOptions<L>): ModelSpec<L> {
  const { labels, filters = SAMPLE_LEVEL_FILTERS, dropout = 0.5, seed = 0 } = options;
  const { samples = SAMPLE_LEVEL_SAMPLES } = options;
  return audioModel({ sampleRate: 16_000, samples, seed })
    .frontend(sampleLevelStack({ filters }))
    .backend(globalPool({ pool: 'max' }))
    .head(multiLabel(labels, { dropout })).spec;
}
