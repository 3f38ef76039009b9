import type { Resampler } from './resample.js';

/** The size of the windows that are cut. */
export interface WindowSize {
  /** Samples a window. */
  readonly length: number;
  /** In hertz. */
  readonly sampleRate: number;
  /**
   * Samples at either end of a window that lie before its start and behind its end, for what looks beyond them; at the
   * ends of a clip they are its mirror image. 0 unless given.
   */
  readonly context?: number;
}

/** The samples of a window without its context. */
export function properLength({ length, context = 0 }: WindowSize): number {
  return length - 2 * context;
}

/** A signal, of which a part is at hand. */
export interface SignalPart {
  readonly samples: Float32Array;
  /** Index of the first of them in the whole. */
  readonly origin: number;
  /** Of the whole, as far as it is known, at the windows' rate. */
  readonly total: number;
}

/** The window that starts at sample `start`, with its context; what a short signal lacks is silence. */
export function windowSamples(part: SignalPart, converter: Resampler, start: number, size: WindowSize): Float32Array {
  const { context = 0 } = size;
  const window = new Float32Array(size.length);
  const first = start - context;
  const from = Math.max(0, first);
  const to = Math.min(part.total, first + window.length);
  window.set(converter.read(part.samples, from, to - from, part.origin), from - first);
  for (let i = 1; i <= from - first; i++) window[from - first - i] = window[from - first + i] ?? 0;
  const end = to - first;
  const isShort = part.total < start + properLength(size);
  const mirrored = isShort ? 0 : window.length - end;
  for (let i = 0; i < mirrored; i++) window[end + i] = window[end - 2 - i] as number;
  return window;
}
