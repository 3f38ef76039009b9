import type { Block } from './block.js';
import type { Kind } from './feature.js';

/** What a back end that reads a sequence gives: one vector of all of it, or one for each frame. */
export type SequenceBackendOutput = 'embedding' | 'sequence';

/** Makes such a back end: with `output: 'sequence'` it can be followed by what takes a sequence. */
export interface SequenceBackendFactory<C extends { readonly output: SequenceBackendOutput }, T extends Kind> {
  (options: Partial<C> & { readonly output: 'sequence' }): Block<'backend', T, 'sequence'>;
  (options?: Partial<C> & { readonly output?: 'embedding' }): Block<'backend', T, 'embedding'>;
  readonly blockName: string;
}
