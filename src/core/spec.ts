import type { Block } from './block.js';
import type { Kind } from './feature.js';
import type { HeadBlock, HeadKind } from './head.js';

/** All that a model is, but for its weights. */
export interface ModelSpec<L extends readonly string[] = readonly string[], G extends HeadKind = 'scores'> {
  /** In hertz. */
  readonly sampleRate: number;
  /** Samples a window. */
  readonly samples: number;
  /** How many of them, at either end, lie outside what the window stands for. */
  readonly context: number;
  /** How many windows `tag` averages. */
  readonly tagWindows: number | 'all';
  readonly seed: number;
  /** Front ends and back ends, in order. */
  readonly blocks: readonly Block[];
  readonly head: HeadBlock<L, Kind, G>;
}

/** A spec with any head. */
export type AnyModelSpec = ModelSpec<readonly string[], HeadKind>;
