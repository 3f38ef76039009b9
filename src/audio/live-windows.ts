import { checkClip } from './clip.js';
import { type Resampler, resampler } from './resample.js';
import { properLength, type WindowSize, windowSamples } from './window-samples.js';
import { requireHop } from './windows.js';

/** A window that has become complete. */
export interface LiveWindow {
  /** Its start, in seconds since the first sample. */
  readonly time: number;
  readonly samples: Float32Array;
}

/**
 * Cuts windows out of a signal that comes piece by piece, the same windows as of the whole signal. Of what came it keeps
 * only what the next window needs.
 */
export class LiveWindows {
  private readonly converter: Resampler;
  /** Grows by doubling; only its first `filled` samples count. */
  private buffer = new Float32Array(0);
  private filled = 0;
  /** Index of the buffer's first sample in the signal. */
  private origin = 0;
  private count = 0;

  /**
   * @param sourceRate - of the samples that will come, in hertz.
   * @param hop - from window to window, at `size.sampleRate`.
   * @param most - how many windows; as many as fit unless given.
   */
  constructor(
    private readonly sourceRate: number,
    private readonly size: WindowSize,
    private readonly hop: number,
    private readonly most = Number.POSITIVE_INFINITY,
  ) {
    requireHop(hop);
    this.converter = resampler(sourceRate, size.sampleRate);
  }

  /** Takes samples, any number of them, and gives the windows that are complete now. */
  push(samples: Float32Array): LiveWindow[] {
    if (samples.length === 0) return [];
    checkClip({ samples, sampleRate: this.sourceRate });
    this.append(samples);
    const windows = this.cutWhile((start) => this.covers(start));
    this.forget();
    return windows;
  }

  /** Index of the first sample that a window to come needs. */
  get neededFrom(): number {
    if (this.count >= this.most) return Number.POSITIVE_INFINITY;
    return Math.max(0, this.converter.inputRange(this.nextStart() - (this.size.context ?? 0), 1).from);
  }

  /** Leaves out samples, all of them before the first that is needed. */
  skip(samples: number): void {
    this.origin += samples;
  }

  /** Gives the windows that were waiting for samples to come: none will. A signal shorter than a window is padded. */
  finish(): LiveWindow[] {
    const last = this.total - properLength(this.size);
    return this.cutWhile((start) => start === 0 || this.count * this.hop <= last);
  }

  /** Seconds of silence by which the one window of a short signal is padded, once it is finished. */
  get paddedSeconds(): number {
    return Math.max(0, properLength(this.size) - this.total) / this.size.sampleRate;
  }

  private cutWhile(ready: (start: number) => boolean): LiveWindow[] {
    const windows: LiveWindow[] = [];
    const { total, origin } = this;
    const part = { samples: this.buffer.subarray(0, this.filled), origin, total };
    for (let start = this.nextStart(); this.count < this.most && ready(start); start = this.nextStart()) {
      const samples = windowSamples(part, this.converter, start, this.size);
      windows.push({ time: start / this.size.sampleRate, samples });
      this.count++;
    }
    return windows;
  }

  /** Samples so far, at the windows' rate. */
  private get total(): number {
    return this.converter.outputLength(this.origin + this.filled);
  }

  private nextStart(): number {
    return Math.round(this.count * this.hop);
  }

  private covers(start: number): boolean {
    const { length, context = 0 } = this.size;
    return this.converter.inputRange(start - context, length).to <= this.origin + this.filled;
  }

  private append(samples: Float32Array): void {
    const needed = this.filled + samples.length;
    if (needed > this.buffer.length) {
      const larger = new Float32Array(Math.max(needed, 2 * this.buffer.length));
      larger.set(this.buffer.subarray(0, this.filled));
      this.buffer = larger;
    }
    this.buffer.set(samples, this.filled);
    this.filled = needed;
  }

  private forget(): void {
    const spent = Math.min(this.neededFrom - this.origin, this.filled);
    if (spent <= 0) return;
    this.buffer.copyWithin(0, spent, this.filled);
    this.filled -= spent;
    this.origin += spent;
  }
}
