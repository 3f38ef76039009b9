import type { HeadBlock } from '../../core/head.js';
import { defineLabelHead, type LabelHeadOptions, requireLabels } from './label-head.js';

export const multiLabelBlock = defineLabelHead('multiLabel', 'sigmoid');

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
  options: Partial<LabelHeadOptions> = {},
): HeadBlock<L, 'embedding'> {
  requireLabels('multiLabel', labels);
  return { ...multiLabelBlock({ ...options, labels }), labels };
}
