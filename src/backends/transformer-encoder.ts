import type { SymbolicTensor } from '@tensorflow/tfjs-layers';
import { defineBlock } from '../core/block.js';
import { requireChoice, requireProbability, requireWhole } from '../core/config.js';
import { MusrepError } from '../core/errors.js';
import type { Embedding, Sequence, Spectrogram } from '../core/feature.js';
import type { LayerFactory } from '../core/layer-factory.js';
import type { SequenceBackendFactory, SequenceBackendOutput } from '../core/sequence-output.js';
import { FoldBands } from '../layers/fold-bands.js';
import { OneFrame } from '../layers/one-frame.js';
import { PaddingMask } from '../layers/padding-mask.js';
import { type ClassToken, type Positions, Tokens } from '../layers/tokens.js';
import { FeedForward, type NormPlace, SelfAttention } from '../layers/transformer-sublayer.js';
import { WithoutFirst } from '../layers/without-first.js';

export interface TransformerEncoderOptions {
  /** How many layers. */
  readonly depth: number;
  /** How many heads each attention has; they divide the width of the sequence. */
  readonly heads: number;
  /** Width of the feed-forward layers; `null` for four times that of the sequence. */
  readonly hidden: number | null;
  /** Whether layers normalise what comes in, or the sum at their end. */
  readonly norm: NormPlace;
  readonly positions: Positions;
  /** Frames for which there are learned positions, the class token's included. */
  readonly mostFrames: number;
  readonly classToken: ClassToken;
  /** Whether a dense layer with tanh follows the class token, as in BERT. */
  readonly pooler: boolean;
  /** Width of a dense layer that projects each frame first; `null` for none. */
  readonly width: number | null;
  /** What comes out: the class token, or all frames without it. */
  readonly output: SequenceBackendOutput;
  /** Whether nothing attends to frames behind the window's last sample that is not zero: to padding. */
  readonly maskPadding: boolean;
  /** Probability with which a value is dropped, in training. */
  readonly dropout: number;
}

const DEFAULTS: TransformerEncoderOptions = {
  depth: 4,
  heads: 8,
  hidden: null,
  norm: 'pre',
  positions: 'learned',
  mostFrames: 513,
  classToken: 'learned',
  pooler: false,
  width: null,
  output: 'embedding',
  maskPadding: false,
  dropout: 0.1,
};

/**
 * A Transformer encoder: sequence `[batch, frame, channel]` → embedding `[batch, channel]`, the class token's, or with
 * `output: 'sequence'` all other frames, `[batch, frame, channel]`. A spectrogram's bands are laid beside its channels
 * first.
 *
 * A class token is put before the sequence, positions are added, then `depth` layers of multi-head self-attention,
 * softmax(q·kᵀ/√d)·v, and of two dense layers with an exact GELU between, each with a residual connection and layer
 * normalisation. The defaults are the Music Tagging Transformer's (thesis 3.5.3; M. Won et al., "Semi-supervised music
 * tagging transformer", 2021); the CNNSA's are `post`, `none`, `fixed` and a pooler (thesis 3.5.2; M. Won et al., "Toward
 * interpretable music tagging with self-attention", 2019).
 *
 * @throws {@link MusrepError} `bad-option` for sizes that cannot be; `bad-shape` at build for a width that the heads do
 * not divide, or a sequence longer than its learned positions.
 *
 * @example
 * ```ts
 * import { transformerEncoder } from 'musrep';
 *
 * const encoder = transformerEncoder({ depth: 2, heads: 4, positions: 'sinusoidal' });
 * ```
 */
export const transformerEncoder = defineBlock({
  name: 'transformerEncoder',
  role: 'backend',
  takes: ['sequence', 'spectrogram'],
  defaults: DEFAULTS,
  output(input: Spectrogram | Sequence, config): Embedding | Sequence {
    checkOptions(config);
    const width = widthOf(input, config);
    if (width % config.heads !== 0) {
      throw new MusrepError(
        'bad-shape',
        `transformerEncoder: ${config.heads} heads do not divide a width of ${width}.`,
      );
    }
    if (config.positions === 'learned' && input.frames + 1 > config.mostFrames) {
      throw new MusrepError(
        'bad-shape',
        `transformerEncoder has positions for ${config.mostFrames - 1} frames. Received: ${input.frames}.`,
      );
    }
    if (config.output === 'sequence') return { kind: 'sequence', frames: input.frames, channels: width };
    return { kind: 'embedding', width };
  },
  build(x, config, { input, waveform, layers }) {
    const { classToken, positions, mostFrames, output, pooler } = config;
    const width = widthOf(input, config);
    const folded = input.kind === 'spectrogram' ? layers.own(new FoldBands({ name: 'frames' })).apply(x) : x;
    const frames = config.width === null ? folded : layers.dense('projection', { units: width }).apply(folded);
    const tokens = layers.own(new Tokens({ name: 'tokens', classToken, positions, mostFrames })).apply(frames);
    const dropped = layers.dropout('tokens.dropout', config.dropout).apply(tokens) as SymbolicTensor;
    const mask = config.maskPadding
      ? (layers.own(new PaddingMask({ name: 'padding', frames: input.frames })).apply(waveform) as SymbolicTensor)
      : undefined;
    const y = encode(dropped, mask, config, width, layers);
    if (output === 'sequence') return layers.own(new WithoutFirst({ name: 'sequence' })).apply(y) as SymbolicTensor;
    const token = layers.own(new OneFrame({ name: 'class', which: 'first' })).apply(y) as SymbolicTensor;
    if (!pooler) return token;
    return layers.dense('pooler.dense', { units: width, activation: 'tanh' }).apply(token) as SymbolicTensor;
  },
}) as SequenceBackendFactory<TransformerEncoderOptions, 'sequence' | 'spectrogram'>;

function widthOf(input: Spectrogram | Sequence, { width }: TransformerEncoderOptions): number {
  return width ?? (input.kind === 'spectrogram' ? input.bands * input.channels : input.channels);
}

/** Layer after layer, attention and feed-forward in turns. */
function encode(
  tokens: SymbolicTensor,
  mask: SymbolicTensor | undefined,
  config: TransformerEncoderOptions,
  width: number,
  layers: LayerFactory,
): SymbolicTensor {
  return Array.from({ length: config.depth }).reduce<SymbolicTensor>((x, _, i) => {
    const [attention, feedForward] = sublayersOf(i, config, width, layers);
    const attended = layers.own(attention).apply(mask === undefined ? x : [x, mask]);
    return layers.own(feedForward).apply(attended as SymbolicTensor) as SymbolicTensor;
  }, tokens);
}

/** The names are the originals': of the Music Tagging Transformer, and of BERT. */
function sublayersOf(layer: number, config: TransformerEncoderOptions, width: number, layers: LayerFactory) {
  const { norm, heads, hidden, dropout } = config;
  const isPre = norm === 'pre';
  const attention = isPre ? `transformer.layers.${layer}.0` : `encoder.layer.${layer}.attention`;
  const feedForward = isPre ? `transformer.layers.${layer}.1` : `encoder.layer.${layer}`;
  const common = (name: string) => ({ name, norm, dropout, seed: layers.seedFor(name) });
  return [
    new SelfAttention({ ...common(attention), heads }),
    new FeedForward({ ...common(feedForward), hidden: hidden ?? 4 * width }),
  ] as const;
}

function checkOptions(config: TransformerEncoderOptions): void {
  const owner = 'transformerEncoder';
  const { depth, heads, hidden, mostFrames, dropout } = config;
  requireWhole(owner, 'depth', depth);
  requireWhole(owner, 'heads', heads);
  requireWhole(owner, 'mostFrames', mostFrames);
  if (hidden !== null) requireWhole(owner, 'hidden', hidden);
  requireChoice(owner, 'norm', config.norm, ['pre', 'post']);
  requireChoice(owner, 'positions', config.positions, ['learned', 'sinusoidal', 'none']);
  requireChoice(owner, 'classToken', config.classToken, ['learned', 'fixed']);
  requireChoice(owner, 'output', config.output, ['embedding', 'sequence']);
  if (config.width !== null) requireWhole(owner, 'width', config.width);
  if (config.pooler && config.output === 'sequence') {
    throw new MusrepError('bad-option', `${owner}: a pooler follows the class token; 'output' must be 'embedding'.`);
  }
  requireProbability(owner, 'dropout', dropout);
}
