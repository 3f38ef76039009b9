import { MusrepError } from '../core/errors.js';

/** A piece of decoded audio. */
export interface DecodedAudio {
  /** One array a channel, of equal lengths; full scale is [−1, 1]. */
  readonly channels: readonly Float32Array[];
  /** In hertz; the same for every piece. */
  readonly sampleRate: number;
  /** How many samples a channel the whole file has, where it says so. */
  readonly total?: number;
  /** How many samples a channel were passed over before these, as `neededFrom` allows; 0 unless given. */
  readonly skipped?: number;
}

export interface DecodeOptions {
  /** Use what can be read of a truncated or damaged file, instead of refusing it. */
  readonly partial: boolean;
  /**
   * The first sample that is still needed, which moves on while pieces are taken. What lies before it may be passed over
   * where that is cheaper than decoding; all that is given stays bit for bit what it would be.
   */
  readonly neededFrom: () => number;
}

/**
 * One audio format. A decoder of one's own comes in by `loadAudio(source, { decoders: [mine] })`, and is asked before
 * those that are there.
 *
 * @example
 * ```ts
 * import { type AudioDecoder, loadAudio } from 'musrep';
 *
 * const rawSamples: AudioDecoder = {
 *   name: 'headerless 8-bit samples at 8 kHz',
 *   recognises: (start) => start[0] === 0x80,
 *   async *decode(bytes) {
 *     for await (const chunk of bytes) {
 *       yield { channels: [Float32Array.from(chunk, (byte) => (byte - 128) / 128)], sampleRate: 8000 };
 *     }
 *   },
 * };
 * const clip = await loadAudio(new Uint8Array(16_000).fill(0x80), { decoders: [rawSamples] });
 * console.log(clip.samples.length / clip.sampleRate, 'seconds');
 * ```
 */
export interface AudioDecoder {
  readonly name: string;
  /** Whether a file is of this format, by its first bytes (72 KB, or all of a shorter file); a leading ID3 tag is gone. */
  recognises(start: Uint8Array): boolean;
  /** Decodes a file as its bytes come, piece by piece. What it throws reaches the caller. */
  decode(bytes: AsyncIterable<Uint8Array>, options: DecodeOptions): AsyncIterable<DecodedAudio>;
}

/** Audio that is shorter than its file says, both in seconds. */
export function truncated(format: string, stated: number, present: number): MusrepError {
  return new MusrepError(
    'truncated-audio',
    `${format}: the file says ${stated.toFixed(2)} s but holds ${present.toFixed(2)} s. Pass { partial: true } to use what is there.`,
  );
}
