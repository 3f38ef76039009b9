import type { WeightType } from '../io/compact-weights.js';

export interface RunOptions {
  /** Windows computed at once: more are a little faster, and take more memory. 4 unless given. */
  readonly batchSize?: number;
  /** Cancels between two batches. */
  readonly signal?: AbortSignal;
  /**
   * Called after each batch with the share of the windows that are done, 0 to 1; not where their number is not known before
   * the end, as when a file is decoded on the way.
   */
  readonly onProgress?: (done: number) => void;
}

export interface TagOptions extends RunOptions {
  /** How many tags, the most probable first; all unless given. */
  readonly top?: number;
  /**
   * How many equally spaced windows are averaged, or `'all'` that follow one another. Unless given as in the model's
   * published evaluation: 16, of the TensorFlow musicnn and VGG all.
   */
  readonly windows?: number | 'all';
}

export interface HopOptions extends RunOptions {
  /** Seconds from the start of one window to that of the next; a window's length unless given. */
  readonly hopSeconds?: number;
}

/** Options for clips that come one by one: how many there will be is not known, nor so how much is done. */
export type WithoutProgress<O extends RunOptions> = Omit<O, 'onProgress'>;

export interface SaveOptions {
  /**
   * How kernels are stored; `float32`, as they are, unless given. `float16`: half precision. `int8`: whole numbers, with a
   * factor for each output channel.
   */
  readonly weights?: WeightType;
}

export interface ListenOptions {
  /** Of the samples that come, in hertz. */
  readonly sampleRate: number;
  /** Seconds from the start of one window to that of the next; 1 unless given. */
  readonly hopSeconds?: number;
  /** Cancels between two windows. */
  readonly signal?: AbortSignal;
}
