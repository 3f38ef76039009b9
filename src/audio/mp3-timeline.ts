import type { Mp3Frame } from './mp3-frames.js';
import type { WasmDecoded } from './wasm-decoding.js';

/**
 * Where the audio lies in what a decoder gives of all frames: without the encoder's delay and padding, where the file
 * states them.
 */
export class Mp3Timeline {
  /** Samples from … to (exclusive) of what is decoded. */
  private readonly kept: readonly (readonly [number, number])[];
  /** Samples of the audio that were given or passed over. */
  private given = 0;

  constructor({ stated, samples }: Mp3Frame) {
    const { delay = 0, frames = 0, samples: length = 0 } = stated ?? {};
    // Behind the padding there is audio again where another file was joined to the first.
    this.kept = [
      [delay, delay + length],
      [frames * samples, Number.POSITIVE_INFINITY],
    ];
  }

  /** How many samples of audio come before sample `at` of what is decoded. */
  audioBefore(at: number): number {
    return this.kept.reduce((sum, [from, to]) => sum + Math.max(0, Math.min(at, to) - from), 0);
  }

  /** The audio in what was decoded, which begins at sample `at`. */
  *audioIn(decoded: WasmDecoded, at: number): Generator<WasmDecoded> {
    for (const [from, to] of this.kept) {
      const [start, end] = [from, to].map((edge) => Math.min(Math.max(0, edge - at), decoded.samplesDecoded)) as [
        number,
        number,
      ];
      if (start >= end) continue;
      const channelData = decoded.channelData.map((channel) => channel.subarray(start, end));
      yield { ...decoded, channelData, samplesDecoded: end - start, skipped: this.skippedBefore(at + start) };
      this.given += end - start;
    }
  }

  /** How many samples of audio before sample `at` were not given; they count as given then. */
  skippedBefore(at: number): number {
    const skipped = this.audioBefore(at) - this.given;
    this.given += skipped;
    return skipped;
  }
}
