import type { SymbolicTensor } from '@tensorflow/tfjs-layers';
import { defineBlock } from '../core/block.js';
import { requireWhole } from '../core/config.js';
import { MusrepError } from '../core/errors.js';
import { ResidualConv } from '../layers/residual-conv.js';
import type { BandsByFrames } from './conv-stack.js';

export interface ResidualStackOptions {
  /** Filters of each block. */
  readonly filters: readonly number[];
  /** The stride of each block, in bands and frames. */
  readonly strides: readonly BandsByFrames[];
  /** The max-pooling after each block, in bands and frames; `[1, 1]` for none. What a last window does not fill is dropped. */
  readonly pools: readonly BandsByFrames[];
  /** Of every convolution, in bands and frames. */
  readonly kernelSize: BandsByFrames;
}

const halved: BandsByFrames = [2, 2];
const none: BandsByFrames = [1, 1];

const DEFAULTS: ResidualStackOptions = {
  filters: [128, 128, 256, 256, 256, 256, 512],
  strides: [halved, halved, halved, halved, halved, halved, halved],
  pools: [none, none, none, none, none, none, none],
  kernelSize: [3, 3],
};

/**
 * A stack of residual blocks: spectrogram `[batch, band, frame, channel]` → a smaller one, `[batch, band, frame, filter]`.
 * Each is relu(conv–BN–ReLU–conv–BN(x) + shortcut(x)), then max-pooled; the shortcut is x itself, or where the shape
 * changes a convolution of the same size and stride with batch norm. The defaults are those of the short-chunk CNN with
 * residual connections (thesis 3.3.3; the projection is 3×3, as in the published implementation).
 *
 * @throws {@link MusrepError} `bad-option` for other numbers of strides or pools than of filters; `bad-shape` at build
 * for a spectrogram that is too small for the pooling.
 *
 * @example
 * ```ts
 * import { residualStack } from 'musrep';
 *
 * const stack = residualStack({ filters: [64, 64], strides: [[1, 1], [1, 1]], pools: [[2, 2], [2, 1]] });
 * ```
 */
export const residualStack = defineBlock({
  name: 'residualStack',
  role: 'backend',
  takes: ['spectrogram'],
  defaults: DEFAULTS,
  output(input, config) {
    checkOptions(config);
    const { filters, strides, pools } = config;
    let [bands, frames] = [input.bands, input.frames];
    filters.forEach((_, i) => {
      const [stride, pool] = [strides[i] as BandsByFrames, pools[i] as BandsByFrames];
      bands = Math.floor((Math.floor((bands - 1) / stride[0]) + 1) / pool[0]);
      frames = Math.floor((Math.floor((frames - 1) / stride[1]) + 1) / pool[1]);
      if (bands < 1 || frames < 1) {
        throw new MusrepError(
          'bad-shape',
          `residualStack pools too much for this spectrogram: nothing is left after block ${i + 1}. Received: ${input.bands} bands, ${input.frames} frames.`,
        );
      }
    });
    return { kind: 'spectrogram', bands, frames, channels: filters.at(-1) as number };
  },
  build(x, { filters, strides, pools, kernelSize }, { layers }) {
    return filters.reduce<SymbolicTensor>((y, count, i) => {
      const name = layers.nextName();
      const sizes = { strides: strides[i] as BandsByFrames, pool: pools[i] as BandsByFrames, kernelSize };
      return layers.own(new ResidualConv({ name, filters: count, ...sizes })).apply(y) as SymbolicTensor;
    }, x);
  },
});

function checkOptions({ filters, strides, pools, kernelSize }: ResidualStackOptions): void {
  const owner = 'residualStack';
  for (const count of filters) requireWhole(owner, 'filters', count);
  for (const size of [...strides, ...pools, kernelSize].flat()) requireWhole(owner, 'a size', size);
  if (filters.length > 0 && strides.length === filters.length && pools.length === filters.length) return;
  throw new MusrepError(
    'bad-option',
    `${owner} takes a stride and a pool for each of its filters. Received: ${filters.length} filters, ${strides.length} strides, ${pools.length} pools.`,
  );
}
