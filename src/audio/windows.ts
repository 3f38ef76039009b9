import { requireWhole } from '../core/config.js';
import { MusrepError } from '../core/errors.js';
import { type Clip, checkClip } from './clip.js';
import { type Resampler, resampler } from './resample.js';

/** What a model sees of a clip: windows of one length at one rate, resampled only when they are read. */
export interface Windows {
  /** First sample of each window, at `sampleRate`. */
  readonly starts: readonly number[];
  /** Where each window starts in the clip, in seconds. */
  readonly times: readonly number[];
  /** Samples a window, at `sampleRate`. */
  readonly length: number;
  /** In hertz. */
  readonly sampleRate: number;
  /** Seconds of silence that were added at the end, because the clip is shorter than a window; 0 if none. */
  readonly paddedSeconds: number;
  /** The samples of windows `first` to `first + count`, one after the other. */
  read(first: number, count: number): Float32Array;
}

/** The size of the windows that are cut. */
export interface WindowSize {
  /** Samples a window. */
  readonly length: number;
  /** In hertz. */
  readonly sampleRate: number;
}

/**
 * `count` equally spaced windows: window i starts at i·⌊(N − L)/count⌋, as in the published evaluation (thesis 3.3.4),
 * so that the last one ends before the clip does. A clip shorter than a window gives one, padded with silence.
 */
export function spacedWindows(clip: Clip, size: WindowSize, count: number): Windows {
  requireWhole('the call', 'windows', count);
  const cut = cutter(clip, size);
  const hop = Math.floor((cut.total - size.length) / count);
  return cut.at(hop < 1 ? [0] : Array.from({ length: count }, (_, i) => i * hop));
}

/**
 * A window every `hop` samples, as long as it fits into the clip. A clip shorter than a window gives one, padded with
 * silence.
 */
export function hoppedWindows(clip: Clip, size: WindowSize, hop: number): Windows {
  requireHop(hop);
  const cut = cutter(clip, size);
  const count = Math.max(1, Math.floor((cut.total - size.length) / hop) + 1);
  return cut.at(Array.from({ length: count }, (_, i) => Math.round(i * hop)));
}

/** A hop in samples need not be whole, but windows must get on. */
export function requireHop(hop: number): void {
  if (hop >= 1) return;
  throw new MusrepError('bad-option', `The hop between windows must be at least one sample. Received: ${hop}.`);
}

function cutter(clip: Clip, { length, sampleRate }: WindowSize) {
  checkClip(clip);
  const converter = resampler(clip.sampleRate, sampleRate);
  const total = converter.outputLength(clip.samples.length);
  const at = (starts: readonly number[]): Windows => ({
    starts,
    times: starts.map((start) => start / sampleRate),
    length,
    sampleRate,
    paddedSeconds: Math.max(0, length - total) / sampleRate,
    read: (first, count) => readWindows(clip, converter, starts.slice(first, first + count), length, total),
  });
  return { total, at };
}

function readWindows(clip: Clip, converter: Resampler, starts: readonly number[], length: number, total: number) {
  const out = new Float32Array(starts.length * length);
  starts.forEach((start, i) => {
    out.set(converter.read(clip.samples, start, Math.min(length, total - start)), i * length);
  });
  return out;
}
