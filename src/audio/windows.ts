import { requireWhole } from '../core/config.js';
import { MusrepError } from '../core/errors.js';
import { type Clip, checkClip } from './clip.js';
import { resampler } from './resample.js';
import { properLength, type WindowSize, windowSamples } from './window-samples.js';

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
  /** All windows in order, up to `most` at a time. */
  batches(most: number): Iterable<Float32Array>;
}

/** Which windows: a number of equally spaced ones, or one every so many samples at the windows' rate. */
export type WindowPlan = { readonly count: number } | { readonly hop: number };

/** The windows of a plan. */
export function plannedWindows(clip: Clip, size: WindowSize, plan: WindowPlan): Windows {
  return 'hop' in plan ? hoppedWindows(clip, size, plan.hop) : spacedWindows(clip, size, plan.count);
}

/**
 * `count` equally spaced windows: window i starts at i·⌊(N − L)/count⌋, as in the published evaluation (thesis 3.3.4),
 * so that the last one ends before the clip does. A clip shorter than a window gives one, padded with silence.
 */
export function spacedWindows(clip: Clip, size: WindowSize, count: number): Windows {
  const cut = cutter(clip, size);
  const spaced = spacing(clip.samples.length, clip.sampleRate, size, count);
  return cut.at(Array.from({ length: spaced.count }, (_, i) => i * spaced.hop));
}

/** The hop of equally spaced windows of a clip of so many samples; one window where there is no room for more. */
export function spacing(samples: number, sampleRate: number, size: WindowSize, count: number) {
  requireWhole('the call', 'windows', count);
  const total = resampler(sampleRate, size.sampleRate).outputLength(samples);
  const hop = Math.floor((total - properLength(size)) / count);
  return hop < 1 ? { hop: size.length, count: 1 } : { hop, count };
}

/**
 * A window every `hop` samples, as long as it fits into the clip. A clip shorter than a window gives one, padded with
 * silence.
 */
export function hoppedWindows(clip: Clip, size: WindowSize, hop: number): Windows {
  requireHop(hop);
  const cut = cutter(clip, size);
  const count = Math.max(1, Math.floor((cut.total - properLength(size)) / hop) + 1);
  return cut.at(Array.from({ length: count }, (_, i) => Math.round(i * hop)));
}

/** A hop in samples need not be whole, but windows must get on. */
export function requireHop(hop: number): void {
  if (hop >= 1) return;
  throw new MusrepError('bad-option', `The hop between windows must be at least one sample. Received: ${hop}.`);
}

function cutter(clip: Clip, size: WindowSize) {
  checkClip(clip);
  const { length, sampleRate } = size;
  const converter = resampler(clip.sampleRate, sampleRate);
  const total = converter.outputLength(clip.samples.length);
  const signal = { samples: clip.samples, origin: 0, total };
  const at = (starts: readonly number[]): Windows => ({
    starts,
    times: starts.map((start) => start / sampleRate),
    length,
    sampleRate,
    paddedSeconds: Math.max(0, properLength(size) - total) / sampleRate,
    read(first, count) {
      const chosen = starts.slice(first, first + count);
      const out = new Float32Array(chosen.length * length);
      chosen.forEach((start, i) => {
        out.set(windowSamples(signal, converter, start, size), i * length);
      });
      return out;
    },
    *batches(most) {
      for (let first = 0; first < starts.length; first += most) yield this.read(first, most);
    },
  });
  return { total, at };
}
