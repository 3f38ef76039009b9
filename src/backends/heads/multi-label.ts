import type { SymbolicTensor } from '@tensorflow/tfjs-layers';
import { defineBlock } from '../../core/block.js';
import { requireChoice, requireWhole } from '../../core/config.js';
import { MusrepError } from '../../core/errors.js';
import type { HeadBlock } from '../../core/head.js';
import type { NormOrder } from '../../layers/conv-norm.js';

export interface MultiLabelOptions {
  /** Width of a dense layer with batch normalisation and ReLU before the last one; 0 for none. */
  readonly hidden: number;
  /** Probability with which a value is dropped before the last dense layer, in training. */
  readonly dropout: number;
  /** Whether the batch normalisation stands before the ReLU or after it. */
  readonly order: NormOrder;
}

/** The head in the form in which a saved model asks for it: the labels are options like the others. */
export const multiLabelBlock = defineBlock({
  name: 'multiLabel',
  role: 'head',
  takes: ['embedding'],
  defaults: { labels: [] as readonly string[], hidden: 0, dropout: 0.5, order: 'norm-activation' as NormOrder },
  output(_input, { labels, hidden, dropout, order }) {
    requireLabels(labels);
    requireChoice('multiLabel', 'order', order, ['norm-activation', 'activation-norm']);
    requireWhole('multiLabel', 'hidden', hidden, 0);
    if (!(dropout >= 0 && dropout < 1)) {
      throw new MusrepError(
        'bad-option',
        `multiLabel: 'dropout' must be at least 0 and below 1. Received: ${dropout}.`,
      );
    }
    return { kind: 'scores', labels };
  },
  build(x, { labels, hidden, dropout, order }, { layers }) {
    let y = x;
    const apply = (layer: { apply(input: SymbolicTensor): unknown }) => {
      y = layer.apply(y) as SymbolicTensor;
    };
    if (hidden > 0) {
      apply(layers.dense('dense1', { units: hidden }));
      const steps = [layers.batchNorm('bn'), layers.activation('relu', 'relu')];
      for (const step of order === 'norm-activation' ? steps : steps.reverse()) apply(step);
    }
    apply(layers.dropout('dropout', dropout));
    apply(layers.dense(hidden > 0 ? 'dense2' : 'dense', { units: labels.length }));
    apply(layers.activation('sigmoid', 'sigmoid'));
    return y;
  },
});

/**
 * A head for any number of labels at once: embedding `[batch, width]` → independent probabilities `[batch, label]`,
 * sigmoid(W·dropout(x) + b), after an optional dense → batch norm → ReLU (thesis 3.3.3).
 *
 * @param labels - in the order of the scores; they become part of the model's type.
 * @throws {@link MusrepError} `bad-option` for no labels, or one that stands twice.
 *
 * @example
 * ```ts
 * import { multiLabel } from 'musrep';
 *
 * const head = multiLabel(['rock', 'jazz', 'piano'], { hidden: 256, dropout: 0.5 });
 * ```
 */
export function multiLabel<const L extends readonly string[]>(
  labels: L,
  options: Partial<MultiLabelOptions> = {},
): HeadBlock<L, 'embedding'> {
  requireLabels(labels);
  return { ...multiLabelBlock({ ...options, labels }), labels };
}

function requireLabels(labels: readonly string[]): void {
  if (labels.length === 0) throw new MusrepError('bad-option', 'multiLabel takes at least one label.');
  const twice = labels.find((label, i) => labels.indexOf(label) !== i);
  if (twice !== undefined) throw new MusrepError('bad-option', `multiLabel: the label '${twice}' stands twice.`);
}
