import { type ConvStackOptions, convStack } from '../backends/conv-stack.js';
import { denseStack } from '../backends/dense-stack.js';
import { singleLabel } from '../backends/heads/single-label.js';
import { globalPool } from '../backends/pooling.js';
import { audioModel } from '../core/builder.js';
import { AudioModel } from '../core/model.js';
import type { ModelSpec } from '../core/spec.js';
import { melSpectrogram } from '../frontends/mel-spectrogram.js';

/** 43 centred frames with a hop of 512: a second at 22,050 Hz gives one more, of which the network has no use. */
const SAMPLES = 42 * 512 + 511;

/** Sizes of an ArtistGroupCNN; the published ones unless given. */
export interface ArtistGroupCNNOptions<L extends readonly string[]> {
  /** In the order of the scores: 16 genres, or 40 artist groups. */
  readonly labels: L;
  /** Mel bands. */
  readonly bands?: number;
  /** Filters of the first layer; later ones have 2, 4, 8 and 16 times as many. */
  readonly channels?: number;
  /** The window's length in samples at 22,050 Hz; the same weights take any that is long enough for the pooling. */
  readonly samples?: number;
  /** Before the last dense layer. */
  readonly dropout?: number;
  readonly seed?: number;
}

/**
 * The network that predicts artist group factors (thesis 4.2, Table 4.2; J. Kim, M. Won, X. Serra, C. Liem, "Transfer
 * learning of artist group factors to musical genre classification", 2018): 1 s windows at 22.05 kHz → 128-band log-mel of
 * 43 frames → seven convolutions with ELU, three of them with batch norm → global mean with batch norm → dense layer with
 * batch norm and ELU, an embedding of 256 → one label of several. A frame is 1,024 samples, 512 from one to the next: the
 * thesis does not say. The embedding is the penultimate layer, as it is transferred there.
 *
 * @example
 * ```ts
 * import { ArtistGroupCNN, useTfjsBackend } from 'musrep';
 *
 * await useTfjsBackend('wasm');
 * const model = new ArtistGroupCNN({ labels: ['rock', 'jazz', 'folk'] });
 * console.log(model.summary());
 * ```
 */
export class ArtistGroupCNN<const L extends readonly string[] = readonly string[]> extends AudioModel<L> {
  /**
   * A model with initial weights, to be trained.
   *
   * @throws {@link MusrepError} as `audioModel(…)….build()`.
   */
  constructor(options: ArtistGroupCNNOptions<L>) {
    super(specOf(options));
  }
}

function specOf<const L extends readonly string[]>(options: ArtistGroupCNNOptions<L>): ModelSpec<L> {
  const { labels, bands = 128, channels = 16, samples = SAMPLES, dropout = 0.5, seed = 0 } = options;
  const plain = { activation: 'elu', order: 'activation' } as const;
  const normalized = { activation: 'elu', order: 'norm-activation' } as const;
  const stack = (widths: readonly number[], pools: ConvStackOptions['pools'], more: Partial<ConvStackOptions>) =>
    convStack({ filters: widths.map((width) => width * channels), pools, ...more });
  return audioModel({ sampleRate: 22_050, samples, seed })
    .frontend(melSpectrogram({ fftSize: 1024, hopLength: 512, bands, batchNorm: false }))
    .backend(stack([1], [[2, 1]], { ...plain, kernelSize: [5, 5] }))
    .backend(stack([2], [[2, 2]], { ...normalized, dropout: 0.1 }))
    .backend(stack([4], [[2, 2]], plain))
    .backend(stack([4], [[2, 2]], { ...normalized, dropout: 0.1 }))
    .backend(
      stack(
        [8, 16],
        [
          [2, 2],
          [1, 1],
        ],
        plain,
      ),
    )
    .backend(stack([16], [[1, 1]], { ...normalized, kernelSize: [1, 1] }))
    .backend(globalPool({ pool: 'mean', batchNorm: true }))
    .backend(denseStack({ widths: [16 * channels], activation: 'elu' }))
    .head(singleLabel(labels, { dropout })).spec;
}
