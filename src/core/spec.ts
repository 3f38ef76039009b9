import type { Block } from './block.js';
import type { HeadBlock } from './head.js';

/** All that a model is, but for its weights. */
export interface ModelSpec<L extends readonly string[] = readonly string[]> {
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
  readonly head: HeadBlock<L>;
}
