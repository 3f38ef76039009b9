import type { SymbolicTensor } from '@tensorflow/tfjs-layers';
import { defineBlock } from '../core/block.js';
import { requireChoice, requireWhole } from '../core/config.js';
import { MusrepError } from '../core/errors.js';
import { ConvNorm1D, poolingOf } from '../layers/conv-norm.js';
import { type ConvActivation, NORM_ORDERS, type NormOrder } from '../layers/conv-unit.js';

export interface ConvStack1dOptions {
  /** Filters of each layer. */
  readonly filters: readonly number[];
  /** Of every layer, in frames. */
  readonly kernelSize: number;
  /** The max-pooling after each layer, in frames; 1 for none. What a last window does not fill is dropped. */
  readonly pools: readonly number[];
  readonly activation: ConvActivation;
  /** Whether batch normalisation stands before the activation, after it, or nowhere. */
  readonly order: NormOrder;
}

const DEFAULTS: ConvStack1dOptions = {
  filters: [256, 256, 256, 256, 512],
  kernelSize: 3,
  pools: [3, 3, 3, 3, 3],
  activation: 'relu',
  order: 'norm-activation',
};

/**
 * A stack of convolutions over time: sequence `[batch, frame, channel]` → a shorter one, `[batch, frame, filter]`. Each
 * layer is conv (padded to keep its length) → batch norm → activation → max-pool. The defaults are the last five layers of
 * the sample-level CNN, which the thesis calls CNN_L (3.5.2, Table 3.5).
 *
 * @throws {@link MusrepError} `bad-option` for other numbers of pools than of filters; `bad-shape` at build for a sequence
 * that is too short for the pooling: the least length is named.
 *
 * @example
 * ```ts
 * import { convStack1d } from 'musrep';
 *
 * const stack = convStack1d({ filters: [64, 64], kernelSize: 7, pools: [2, 1] });
 * ```
 */
export const convStack1d = defineBlock({
  name: 'convStack1d',
  role: 'backend',
  takes: ['sequence'],
  defaults: DEFAULTS,
  output({ frames }, config) {
    checkOptions(config);
    const { filters, pools } = config;
    const least = pools.reduce((product, pool) => product * pool, 1);
    if (frames < least) {
      throw new MusrepError(
        'bad-shape',
        `convStack1d pools too much for this sequence: it takes at least ${least} frames. Received: ${frames}.`,
      );
    }
    const left = pools.reduce((length, pool) => Math.floor(length / pool), frames);
    return { kind: 'sequence', frames: left, channels: filters.at(-1) as number };
  },
  build(x, { filters, pools, kernelSize, activation, order }, { layers }) {
    return filters.reduce<SymbolicTensor>((y, count, i) => {
      const name = layers.nextName();
      const pooling = poolingOf([pools[i] as number]);
      const layer = new ConvNorm1D({ name, filters: count, kernelSize, activation, order, pooling });
      return layers.own(layer).apply(y) as SymbolicTensor;
    }, x);
  },
});

function checkOptions({ filters, pools, kernelSize, activation, order }: ConvStack1dOptions): void {
  const owner = 'convStack1d';
  for (const count of filters) requireWhole(owner, 'filters', count);
  for (const pool of pools) requireWhole(owner, 'pools', pool);
  requireWhole(owner, 'kernelSize', kernelSize);
  requireChoice(owner, 'activation', activation, ['relu', 'elu', 'none']);
  requireChoice(owner, 'order', order, NORM_ORDERS);
  if (filters.length > 0 && pools.length === filters.length) return;
  throw new MusrepError(
    'bad-option',
    `${owner} takes a pool for each of its filters. Received: ${filters.length} filters, ${pools.length} pools.`,
  );
}
