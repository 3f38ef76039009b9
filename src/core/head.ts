import type { Block } from './block.js';
import type { Kind } from './feature.js';

/** What a head can give: scores of a window, scores of each frame, or a bare embedding. */
export type HeadKind = 'scores' | 'frameScores' | 'embedding';

/** How a head's last numbers, the logits, become scores: each by itself, or all together so that they sum up to 1. */
export type ScoreActivation = 'sigmoid' | 'softmax';

/** A head: it knows its labels, in the order of its scores. */
export interface HeadBlock<
  L extends readonly string[] = readonly string[],
  T extends Kind = Kind,
  G extends HeadKind = 'scores',
> extends Block<'head', T, G> {
  readonly labels: L;
}
