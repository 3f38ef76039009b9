import type { SymbolicTensor } from '@tensorflow/tfjs-layers';
import { defineBlock } from '../core/block.js';
import { requireChoice, requireProbability, requireWhole } from '../core/config.js';
import { MusrepError } from '../core/errors.js';
import type { Spectrogram } from '../core/feature.js';
import { ConvNorm2D, poolingOf } from '../layers/conv-norm.js';
import { type ConvActivation, NORM_ORDERS, type NormOrder } from '../layers/conv-unit.js';

/** In bands, then in frames. */
export type BandsByFrames = readonly [bands: number, frames: number];

export interface ConvStackOptions {
  /** Filters of each layer. */
  readonly filters: readonly number[];
  /** The max-pooling after each layer, in bands and frames; what a last window does not fill is dropped. */
  readonly pools: readonly BandsByFrames[];
  /** From one pooling window to the next; `null` for the pools' own sizes. */
  readonly poolStrides: readonly BandsByFrames[] | null;
  /** Of every layer, in bands and frames. */
  readonly kernelSize: BandsByFrames;
  readonly activation: ConvActivation;
  /** Whether batch normalisation stands before the activation, after it, or nowhere. */
  readonly order: NormOrder;
  /** Probability with which a value of the last layer is dropped, in training. */
  readonly dropout: number;
}

const DEFAULTS: ConvStackOptions = {
  filters: [64, 128, 128, 128, 64],
  pools: [
    [2, 4],
    [2, 4],
    [2, 4],
    [3, 5],
    [4, 4],
  ],
  poolStrides: null,
  kernelSize: [3, 3],
  activation: 'relu',
  order: 'norm-activation',
  dropout: 0,
};

/**
 * A stack of convolutions: spectrogram `[batch, band, frame, channel]` → a smaller one, `[batch, band, frame, filter]`.
 * Each layer is conv (padded to keep its size) → batch norm → activation → max-pool. The defaults are the FCN's (thesis
 * 3.3.3; K. Choi et al., "Automatic tagging using deep convolutional neural networks", 2016).
 *
 * @throws {@link MusrepError} `bad-option` for other numbers of pools than of filters; `bad-shape` at build for a
 * spectrogram that is too small for the pooling: the least size is named.
 *
 * @example
 * ```ts
 * import { convStack } from 'musrep';
 *
 * const stack = convStack({ filters: [32, 64], pools: [[2, 2], [4, 4]] });
 * ```
 */
export const convStack = defineBlock({
  name: 'convStack',
  role: 'backend',
  takes: ['spectrogram'],
  defaults: DEFAULTS,
  output(input, config) {
    checkOptions(config);
    const [bands, frames] = [pooledSize(input, config, 0), pooledSize(input, config, 1)];
    return { kind: 'spectrogram', bands, frames, channels: config.filters.at(-1) as number };
  },
  build(x, { filters, pools, poolStrides, kernelSize, activation, order, dropout }, { layers }) {
    const before = layers.nextName();
    const stacked = filters.reduce<SymbolicTensor>((y, count, i) => {
      const name = layers.nextName();
      const pooling = poolingOf(pools[i] as BandsByFrames, poolStrides?.[i]);
      const layer = new ConvNorm2D({ name, filters: count, kernelSize, activation, order, pooling });
      return layers.own(layer).apply(y) as SymbolicTensor;
    }, x);
    return dropout > 0 ? (layers.dropout(`${before}.dropout`, dropout).apply(stacked) as SymbolicTensor) : stacked;
  },
});

function pooledSize(input: Spectrogram, { pools, poolStrides }: ConvStackOptions, axis: 0 | 1): number {
  const what = axis === 0 ? 'bands' : 'frames';
  const windows = pools.map((pool, i) => ({
    size: pool[axis],
    stride: ((poolStrides ?? pools)[i] as BandsByFrames)[axis],
  }));
  // The size of which one window is left at the end.
  const least = windows.reduceRight((left, { size, stride }) => (left - 1) * stride + size, 1);
  if (input[what] < least) {
    throw new MusrepError(
      'bad-shape',
      `convStack pools too much for this spectrogram: it takes at least ${least} ${what}. Received: ${input[what]}.`,
    );
  }
  return windows.reduce((left, { size, stride }) => Math.floor((left - size) / stride) + 1, input[what]);
}

function checkOptions(options: ConvStackOptions): void {
  const owner = 'convStack';
  const { filters, pools, poolStrides, kernelSize, activation, order, dropout } = options;
  requireProbability(owner, 'dropout', dropout);
  const sizes = [...pools, ...(poolStrides ?? []), kernelSize];
  for (const count of filters) requireWhole(owner, 'filters', count);
  for (const size of sizes.flat()) requireWhole(owner, 'a size', size);
  requireChoice(owner, 'activation', activation, ['relu', 'elu', 'none']);
  requireChoice(owner, 'order', order, NORM_ORDERS);
  const lengths = [filters, pools, poolStrides ?? pools].map((list) => list.length);
  if (filters.length > 0 && lengths.every((length) => length === filters.length)) return;
  throw new MusrepError(
    'bad-option',
    `${owner} takes a pool for each of its filters. Received: ${lengths[0]} filters, ${lengths[1]} pools, ${lengths[2]} strides.`,
  );
}
