import type { SymbolicTensor } from '@tensorflow/tfjs-layers';
import { defineBlock } from '../core/block.js';
import { requireChoice, requireProbability, requireWhole } from '../core/config.js';
import { MusrepError } from '../core/errors.js';
import { normSteps } from '../core/norm-steps.js';
import { type ConvActivation, NORM_ORDERS, type NormOrder } from '../layers/conv-unit.js';

export interface DenseStackOptions {
  /** Width of each layer. */
  readonly widths: readonly number[];
  readonly activation: ConvActivation;
  /** Whether batch normalisation stands before the activation, after it, or nowhere. */
  readonly order: NormOrder;
  /** Probability with which a value is dropped after each layer, in training. */
  readonly dropout: number;
}

const DEFAULTS: DenseStackOptions = { widths: [256], activation: 'relu', order: 'norm-activation', dropout: 0 };

/**
 * A stack of dense layers: embedding `[batch, width]` → embedding `[batch, last of widths]`. Each is dense → batch norm →
 * activation. With one layer of 256 and ELU it is the penultimate layer of the artist-group network (thesis Table 4.2);
 * with `widths: [512, 128]`, say, a projection.
 *
 * @throws {@link MusrepError} `bad-option` for no widths, or sizes that cannot be.
 *
 * @example
 * ```ts
 * import { denseStack } from 'musrep';
 *
 * const projection = denseStack({ widths: [512, 128], dropout: 0.1 });
 * ```
 */
export const denseStack = defineBlock({
  name: 'denseStack',
  role: 'backend',
  takes: ['embedding'],
  defaults: DEFAULTS,
  output(_input, { widths, activation, order, dropout }) {
    const owner = 'denseStack';
    for (const width of widths) requireWhole(owner, 'widths', width);
    requireChoice(owner, 'activation', activation, ['relu', 'elu', 'none']);
    requireChoice(owner, 'order', order, NORM_ORDERS);
    requireProbability(owner, 'dropout', dropout);
    const width = widths.at(-1);
    if (width === undefined) throw new MusrepError('bad-option', `${owner} takes the width of at least one layer.`);
    return { kind: 'embedding', width };
  },
  build(x, { widths, activation, order, dropout }, { layers }) {
    return widths.reduce<SymbolicTensor>((input, units) => {
      const name = layers.nextName();
      const names = { norm: `${name}.bn`, activate: `${name}.${activation}` };
      const steps = [layers.dense(name, { units }), ...normSteps(layers, names, order, activation)];
      if (dropout > 0) steps.push(layers.dropout(`${name}.dropout`, dropout));
      return steps.reduce((y, step) => step.apply(y) as SymbolicTensor, input);
    }, x);
  },
});
