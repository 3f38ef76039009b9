import type { AudioPiece, AudioStream } from './audio-stream.js';
import { type LiveWindow, LiveWindows } from './live-windows.js';
import type { WindowSize } from './window-samples.js';
import { spacing, type WindowPlan } from './windows.js';

interface PassOptions {
  /** The stream's length in samples, where an earlier pass has found it; otherwise the file's own word. */
  readonly length?: number | undefined;
  /** Whether samples that no window needs may be passed over. */
  readonly isSparse?: boolean;
}

/** The windows of a stream, cut while it is decoded. Equally spaced ones need its length before they begin. */
export class StreamedWindows {
  /** Starts of the windows so far, in seconds. */
  readonly times: number[] = [];
  /** Seconds of silence that were added at the end; 0 if none. */
  paddedSeconds = 0;
  /** How many windows there will be, as soon as that is known. */
  expected: number | undefined;
  /** Samples of the stream so far. */
  length = 0;

  private total: number | undefined;
  private cutter: LiveWindows | undefined;
  private readonly neededFrom: (() => number) | undefined;

  constructor(
    private readonly stream: AudioStream,
    private readonly size: WindowSize,
    private readonly plan: WindowPlan,
    { length, isSparse = true }: PassOptions = {},
  ) {
    this.total = length;
    this.neededFrom = isSparse ? () => this.firstNeeded() : undefined;
  }

  /** Whether the windows are those of the whole stream: its length may have been unknown, or not as the file said. */
  get isRight(): boolean {
    return 'hop' in this.plan || this.total === this.length;
  }

  /** The samples of up to `most` windows at a time, one window after the other. */
  async *batches(most: number): AsyncGenerator<Float32Array, void> {
    let waiting: LiveWindow[] = [];
    for await (const piece of this.stream.pieces(this.neededFrom)) {
      waiting.push(...this.take(piece));
      for (; waiting.length >= most; waiting = waiting.slice(most)) yield this.batch(waiting.slice(0, most));
    }
    waiting.push(...(this.cutter?.finish() ?? []));
    this.paddedSeconds = this.cutter?.paddedSeconds ?? 0;
    for (; waiting.length > 0; waiting = waiting.slice(most)) yield this.batch(waiting.slice(0, most));
  }

  /** Where the windows depend on a length that is unknown, nothing is needed but the length. */
  private firstNeeded(): number {
    if (this.cutter) return this.cutter.neededFrom;
    return this.length === 0 ? 0 : Number.POSITIVE_INFINITY;
  }

  private take({ samples, sampleRate, total, skipped = 0 }: AudioPiece): LiveWindow[] {
    this.total ??= total;
    this.cutter ??= this.cutterFor(sampleRate);
    this.length += skipped + samples.length;
    this.cutter?.skip(skipped);
    return this.cutter?.push(samples) ?? [];
  }

  private cutterFor(sampleRate: number): LiveWindows | undefined {
    if ('hop' in this.plan) return new LiveWindows(sampleRate, this.size, this.plan.hop);
    if (this.total === undefined) return undefined;
    const { hop, count } = spacing(this.total, sampleRate, this.size, this.plan.count);
    this.expected = count;
    return new LiveWindows(sampleRate, this.size, hop, count);
  }

  private batch(windows: readonly LiveWindow[]): Float32Array {
    const samples = new Float32Array(windows.length * this.size.length);
    windows.forEach((window, i) => {
      samples.set(window.samples, i * this.size.length);
      this.times.push(window.time);
    });
    return samples;
  }
}
