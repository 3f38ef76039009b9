import { type BandsByFrames, convStack } from '../backends/conv-stack.js';
import { multiLabel } from '../backends/heads/multi-label.js';
import { singleLabel } from '../backends/heads/single-label.js';
import { globalPool } from '../backends/pooling.js';
import { residualStack } from '../backends/residual-stack.js';
import { audioModel } from '../core/builder.js';
import { requireChoice } from '../core/config.js';
import { MusrepError } from '../core/errors.js';
import type { Spectrogram } from '../core/feature.js';
import { AudioModel } from '../core/model.js';
import type { ModelSpec } from '../core/spec.js';
import { harmonicFilterBank } from '../frontends/harmonic-filter-bank.js';
import type { HarmonicParameter } from '../layers/harmonic-filters.js';

/** Sizes of a HarmonicCNN; the published ones unless given. */
export interface HarmonicCNNOptions<L extends readonly string[]> {
  /** In the order of the scores. */
  readonly labels: L;
  /** Filters of the first four layers; the last three have twice as many. */
  readonly channels?: number;
  /** How many harmonics the filter bank has. */
  readonly harmonics?: number;
  /** Bands of each semitone. */
  readonly bandsPerSemitone?: number;
  /** Samples a frame of the spectrum. */
  readonly fftSize?: number;
  /** What of the filter bank is learned. */
  readonly learn?: readonly HarmonicParameter[];
  /** The max-pooling of each of the seven layers in frames; 2, 2, 2, 2, 2, 3, 3 unless given. */
  readonly framePools?: readonly number[];
  /** Any number of labels at once (`multi-label`, unless given), or one of them (`single-label`). */
  readonly task?: 'multi-label' | 'single-label';
  /** The window's length in samples at 16 kHz; the same weights take any that is long enough for the pooling. */
  readonly samples?: number;
  readonly dropout?: number;
  readonly seed?: number;
}

/**
 * The harmonic CNN (thesis 3.4; M. Won et al., "Data-driven harmonic filters for audio representation learning", 2020): 5 s
 * windows at 16 kHz → a harmonic filter bank whose Q is learned, the harmonics as channels → 3×3 convolutions, five of
 * seven layers residual, with max-pooling → global maximum, an embedding of 256 → dense layer with batch norm → scores.
 * Bands are pooled by 2 while more than one is left. For keyword spotting in 1 s (3.4.3) it is `{ samples: 16_000, task:
 * 'single-label', framePools: [2, 2, 2, 2, 2, 1, 1] }`, for acoustic scenes `framePools: [2, 2, 2, 2, 2, 2, 2]`.
 *
 * @example
 * ```ts
 * import { HarmonicCNN, useTfjsBackend } from 'musrep';
 *
 * await useTfjsBackend('wasm');
 * const model = new HarmonicCNN({ labels: ['rock', 'jazz', 'piano'], channels: 32 });
 * console.log(model.summary());
 * ```
 */
export class HarmonicCNN<const L extends readonly string[] = readonly string[]> extends AudioModel<L> {
  /**
   * A model with initial weights, to be trained.
   *
   * @throws {@link MusrepError} as `audioModel(…)….build()`.
   */
  constructor(options: HarmonicCNNOptions<L>) {
    super(specOf(options));
  }
}

function specOf<const L extends readonly string[]>(options: HarmonicCNNOptions<L>): ModelSpec<L> {
  const { labels, channels = 128, harmonics, bandsPerSemitone, fftSize, learn, dropout = 0.5, seed = 0 } = options;
  const bank = harmonicFilterBank({
    ...(harmonics !== undefined && { harmonics }),
    ...(bandsPerSemitone !== undefined && { bandsPerSemitone }),
    ...(fftSize !== undefined && { fftSize }),
    ...(learn !== undefined && { learn }),
  });
  const start = { sampleRate: 16_000, samples: options.samples ?? 80_000, context: 0, tagWindows: 16, seed } as const;
  const { bands } = bank.output({
    kind: 'waveform',
    samples: start.samples,
    sampleRate: start.sampleRate,
  }) as Spectrogram;
  const pools = poolsOf(bands, options.framePools ?? FRAME_POOLS);
  requireChoice('HarmonicCNN', 'task', options.task ?? 'multi-label', ['multi-label', 'single-label']);
  const head = options.task === 'single-label' ? singleLabel : multiLabel;
  const residual = (from: number, to: number, width: number) => {
    const chosen = pools.slice(from, to);
    const ones = chosen.map(() => [1, 1] as const);
    return residualStack({ filters: chosen.map(() => width), strides: ones, pools: chosen });
  };
  return audioModel(start)
    .frontend(bank)
    .backend(convStack({ filters: [channels], pools: pools.slice(0, 1) }))
    .backend(residual(1, 4, channels))
    .backend(convStack({ filters: [2 * channels], pools: pools.slice(4, 5) }))
    .backend(residual(5, 7, 2 * channels))
    .backend(globalPool({ pool: 'max' }))
    .head(head(labels, { hidden: 2 * channels, dropout })).spec;
}

/** Of each layer, in frames. */
const FRAME_POOLS = [2, 2, 2, 2, 2, 3, 3] as const;

/** By 2 in bands while more than one band is left, then by 1 (footnote of Table 3.3). */
function poolsOf(bands: number, framePools: readonly number[]): BandsByFrames[] {
  if (framePools.length !== FRAME_POOLS.length) {
    throw new MusrepError('bad-option', `HarmonicCNN takes 7 'framePools'. Received: ${framePools.length}.`);
  }
  let left = bands;
  return framePools.map((frames) => {
    const size = left > 1 ? 2 : 1;
    left = Math.floor(left / size);
    return [size, frames];
  });
}
