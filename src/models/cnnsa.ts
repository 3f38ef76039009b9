import type { BandsByFrames } from '../backends/conv-stack.js';
import { convStack1d } from '../backends/conv-stack-1d.js';
import { multiLabel } from '../backends/heads/multi-label.js';
import { musicnnBackend } from '../backends/musicnn-backend.js';
import { globalPool } from '../backends/pooling.js';
import { residualStack } from '../backends/residual-stack.js';
import { transformerEncoder } from '../backends/transformer-encoder.js';
import { audioModel } from '../core/builder.js';
import { requireChoice } from '../core/config.js';
import { AudioModel } from '../core/model.js';
import type { ModelSpec } from '../core/spec.js';
import { melSpectrogram } from '../frontends/mel-spectrogram.js';
import { musicnnFilters } from '../frontends/musicnn-filters.js';
import { sampleLevelStack } from '../frontends/sample-level-stack.js';

interface CommonOptions<L extends readonly string[]> {
  /** In the order of the scores. */
  readonly labels: L;
  /** Mel bands: 128, of the front end `spec` 96. */
  readonly bands?: number;
  /**
   * Filters of the first layers: of `residual` 128, and later blocks as well as the Transformer have twice as many; of
   * `spec` 8, its narrowest group; of `raw` 128.
   */
  readonly channels?: number;
  /** How many layers the Transformer has. */
  readonly depth?: number;
  readonly heads?: number;
  /** The window's length in samples at 16 kHz: 15 s, of `spec` 256 frames, of `raw` 65,610 (4.1 s). */
  readonly samples?: number;
  readonly dropout?: number;
  readonly seed?: number;
}

interface ResidualOptions {
  /** Seven residual 3×3 blocks on a mel spectrogram (the form of Table 3.1). */
  readonly frontend?: 'residual';
  readonly backend?: 'transformer';
}

interface GridOptions {
  /** MusiCNN's filters on a mel spectrogram, or the first five layers of the sample-level CNN on the samples. */
  readonly frontend: 'spec' | 'raw';
  /** A Transformer, MusiCNN's back end, or the last five layers of the sample-level CNN. */
  readonly backend?: 'transformer' | 'cnn-p' | 'cnn-l';
  /** Width of the Transformer; 256 unless given. */
  readonly width?: number;
}

/** Which CNNSA it is, and its sizes; the published ones unless given. */
export type CNNSAOptions<L extends readonly string[]> = CommonOptions<L> & (ResidualOptions | GridOptions);

/**
 * The convolutional network with self-attention (thesis 3.5.2; M. Won, S. Chun, X. Serra, "Toward interpretable music tagging
 * with self-attention", 2019), in its form of seven residual blocks: 15 s windows at 16 kHz → 128-band log-mel → residual
 * 3×3 convolutions with strides → a post-norm Transformer of two layers with a fixed class token and no positions → dense
 * layer with tanh, an embedding of 256 → scores. With `frontend` and `backend` any model of the grid of 3.5.2: Spec or Raw,
 * then CNN_P, CNN_L or Transformer (two post-norm layers, sinusoidal positions, a learned class token).
 *
 * @example
 * ```ts
 * import { CNNSA, useTfjsBackend } from 'musrep';
 *
 * await useTfjsBackend('wasm');
 * const model = new CNNSA({ labels: ['rock', 'jazz', 'piano'], channels: 16 });
 * console.log(model.summary());
 * const raw = new CNNSA({ labels: ['rock', 'jazz', 'piano'], frontend: 'raw', backend: 'cnn-l', channels: 16 });
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
  return isGrid(options) ? gridSpec(options) : residualSpec(options);
}

function isGrid<O extends object>(options: O & (ResidualOptions | GridOptions)): options is O & GridOptions {
  return options.frontend === 'spec' || options.frontend === 'raw';
}

function residualSpec<const L extends readonly string[]>(options: CommonOptions<L> & ResidualOptions): ModelSpec<L> {
  requireChoice('CNNSA', 'frontend', options.frontend ?? 'residual', ['residual', 'spec', 'raw']);
  requireChoice("CNNSA with the front end 'residual'", 'backend', options.backend ?? 'transformer', ['transformer']);
  const { labels, bands = 128, channels = 128, depth = 2, heads = 8, dropout = 0.5, seed = 0 } = options;
  const filters = [1, 1, 2, 2, 2, 2, 2].map((width) => width * channels);
  const strides = filters.map((_, i) => (i < 3 ? [2, 2] : [2, 1]) as BandsByFrames);
  const encoder = { norm: 'post', positions: 'none', classToken: 'fixed', pooler: true } as const;
  return audioModel({ sampleRate: 16_000, samples: options.samples ?? 240_000, seed })
    .frontend(melSpectrogram({ bands }))
    .backend(residualStack({ filters, strides, pools: filters.map(() => [1, 1] as const) }))
    .backend(transformerEncoder({ ...encoder, depth, heads, dropout: Math.min(dropout, 0.1) }))
    .head(multiLabel(labels, { dropout })).spec;
}

function gridSpec<const L extends readonly string[]>(options: CommonOptions<L> & GridOptions): ModelSpec<L> {
  const { labels, backend = 'transformer', dropout = 0.5 } = options;
  requireChoice('CNNSA', 'backend', backend, ['transformer', 'cnn-p', 'cnn-l']);
  const features = options.frontend === 'spec' ? specFrontend(options) : rawFrontend(options);
  const head = multiLabel(labels, { dropout });
  if (backend === 'cnn-p') return features.backend(musicnnBackend({ channels: 512 })).head(head).spec;
  if (backend === 'cnn-l')
    return features
      .backend(convStack1d())
      .backend(globalPool({ pool: 'max' }))
      .head(head).spec;
  const { width = 256, depth = 2, heads = 8 } = options;
  const encoder = { norm: 'post', positions: 'sinusoidal', depth, heads, dropout: Math.min(dropout, 0.1) } as const;
  if (options.frontend === 'spec') return features.backend(transformerEncoder({ ...encoder, width })).head(head).spec;
  // Its view is widened to the seven frames that the filters of `spec` see.
  return features
    .backend(convStack1d({ filters: [width], kernelSize: 7, pools: [1] }))
    .backend(transformerEncoder(encoder))
    .head(head).spec;
}

/** 256 frames of a mel spectrogram, and filters from tall to long (Table 3.5). */
function specFrontend({ bands = 96, channels = 8, samples = 255 * 256, seed = 0 }: CommonOptions<readonly string[]>) {
  const tall = (height: number) =>
    [7, 3, 1].map((frames, i) => ({ kernelSize: [height, frames] as const, filters: 2 ** i * channels }));
  const horizontal = [165, 129, 65, 33].map((kernelSize, i) => ({ kernelSize, filters: 2 ** i * channels }));
  return audioModel({ sampleRate: 16_000, samples, seed })
    .frontend(melSpectrogram({ bands }))
    .frontend(musicnnFilters({ vertical: [...tall(86), ...tall(38)], horizontal }));
}

/** The first five layers of the sample-level CNN (Table 3.5). */
function rawFrontend({ channels = 128, samples = 65_610, seed = 0 }: CommonOptions<readonly string[]>) {
  const filters = [1, 1, 1, 2, 2].map((width) => width * channels);
  return audioModel({ sampleRate: 16_000, samples, seed }).frontend(sampleLevelStack({ filters, pointwise: false }));
}
