import type { Block } from './block.js';
import type { Kind } from './feature.js';

/** A head: it knows its labels, in the order of its scores. */
export interface HeadBlock<L extends readonly string[] = readonly string[], T extends Kind = Kind>
  extends Block<'head', T, 'scores'> {
  readonly labels: L;
}
