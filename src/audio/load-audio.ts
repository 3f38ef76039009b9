import { MusrepError } from '../core/errors.js';
import { type ByteSource, readSource } from '../platform/byte-source.js';
import { type Clip, checkClip, mixToMono } from './clip.js';
import type { AudioDecoder } from './decoder.js';
import { flacDecoder } from './flac.js';
import { mp3Decoder } from './mp3.js';
import { oggDecoder } from './ogg.js';
import { wavDecoder } from './wav.js';

export interface LoadAudioOptions {
  /** Use what can be read of a truncated file, instead of refusing it. */
  readonly partial?: boolean;
  /** Cancels the reading. */
  readonly signal?: AbortSignal;
}

/** MP3 comes last: its frames are told by a pattern of a few bits, which other formats may hold by chance. */
const DECODERS: readonly AudioDecoder[] = [wavDecoder, flacDecoder, oggDecoder, mp3Decoder];

/**
 * Decodes an audio file to mono, by the mean of its channels, at the file's own sample rate.
 *
 * The format is told by the bytes, not by the name: WAV (8 to 32 bit, float), MP3, FLAC, and Ogg with Vorbis, Opus or
 * FLAC.
 *
 * @throws {@link MusrepError} `not-found` for a path or URL that cannot be read, `unsupported-audio` for what is not
 * audio or not a known format, `truncated-audio` for a file that ends early, `damaged-audio` for one that cannot be
 * decoded, `bad-audio` for one without samples or with samples that are not finite.
 *
 * @example
 * ```ts
 * import { loadAudio } from 'musrep';
 *
 * const clip = await loadAudio('song.mp3');
 * console.log(clip.samples.length / clip.sampleRate, 'seconds');
 * ```
 */
export async function loadAudio(source: ByteSource, options: LoadAudioOptions = {}): Promise<Clip> {
  const bytes = await readSource(source, options.signal);
  options.signal?.throwIfAborted();
  if (bytes.length === 0) throw new MusrepError('bad-audio', 'The audio file is empty: 0 bytes.');
  const decoder = DECODERS.find((one) => one.recognises(bytes));
  if (decoder === undefined) {
    const known = DECODERS.map((one) => one.name).join(', ');
    throw new MusrepError(
      'unsupported-audio',
      `The bytes are not audio of a known format (${known}). They begin with ${hex(bytes)}.`,
    );
  }
  const { channels, sampleRate } = await decoder.decode(bytes, { partial: options.partial ?? false });
  const clip = { samples: mixToMono(channels), sampleRate };
  checkClip(clip);
  return clip;
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes.subarray(0, 8), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
}
