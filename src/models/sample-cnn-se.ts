import { multiLabel } from '../backends/heads/multi-label.js';
import { globalPool } from '../backends/pooling.js';
import { audioModel } from '../core/builder.js';
import { AudioModel } from '../core/model.js';
import type { ModelSpec } from '../core/spec.js';
import { sampleLevelStack } from '../frontends/sample-level-stack.js';
import { SAMPLE_LEVEL_FILTERS, SAMPLE_LEVEL_SAMPLES } from './sample-cnn.js';

/** Sizes of a SampleCNNSE; the published ones unless given. */
export interface SampleCNNSEOptions<L extends readonly string[]> {
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
 * The sample-level CNN with squeeze and excitation (thesis 3.3.3; T. Kim et al., "Sample-level CNN architectures", 2018):
 * 3.7 s of samples at 16 kHz → eleven layers of convolutions over time, most with max-pooling → an embedding of 512 →
 * dense layer with batch norm → scores.
 *
 * @example
 * ```ts
 * import { SampleCNNSE, useTfjsBackend } from 'musrep';
 *
 * await useTfjsBackend('wasm');
 * const model = new SampleCNNSE({ labels: ['rock', 'jazz', 'piano'] });
 * console.log(model.summary());
 * ```
 */
export class SampleCNNSE<const L extends readonly string[] = readonly string[]> extends AudioModel<L> {
  /**
   * A model with initial weights, to be trained.
   *
   * @throws {@link MusrepError} as `audioModel(…)….build()`.
   */
  constructor(options: SampleCNNSEOptions<L>) {
    super(specOf(options));
  }
}

function specOf<const L extends readonly string[]>(options: SampleCNNSEOptions<L>): ModelSpec<L> {
  const { labels, filters = SAMPLE_LEVEL_FILTERS, dropout = 0.5, seed = 0 } = options;
  const { samples = SAMPLE_LEVEL_SAMPLES } = options;
  return audioModel({ sampleRate: 16_000, samples, seed })
    .frontend(sampleLevelStack({ filters, squeezeExcite: true }))
    .backend(globalPool({ pool: 'max' }))
    .head(multiLabel(labels, { hidden: filters.at(-1) as number, dropout })).spec;
}
