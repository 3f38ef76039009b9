import type { HeadBlock } from '../../core/head.js';
import { defineLabelHead, type LabelHeadOptions, requireLabels } from './label-head.js';

export const singleLabelBlock = defineLabelHead('singleLabel', 'softmax');

/**
 * A head for one label of several: embedding `[batch, width]` → probabilities `[batch, label]` that sum up to 1,
 * softmax(W·dropout(x) + b), after an optional dense → batch norm → ReLU (keyword spotting and acoustic scenes, thesis
 * 3.4.3).
 *
 * @param labels - in the order of the scores; they become part of the model's type.
 * @throws {@link MusrepError} `bad-option` for no labels, or one that stands twice.
 *
 * @example
 * ```ts
 * import { singleLabel } from 'musrep';
 *
 * const head = singleLabel(['yes', 'no', 'stop'], { hidden: 128 });
 * ```
 */
export function singleLabel<const L extends readonly string[]>(
  labels: L,
  options: Partial<LabelHeadOptions> = {},
): HeadBlock<L, 'embedding'> {
  requireLabels('singleLabel', labels);
  return { ...singleLabelBlock({ ...options, labels }), labels };
}
