import type { ByteSource } from '../platform/byte-source.js';
import { type AudioPiece, decodeSource, type LoadAudioOptions } from './audio-stream.js';
import type { Clip } from './clip.js';

/**
 * Decodes an audio file to mono, by the mean of its channels, at the file's own sample rate.
 *
 * The format is told by the bytes, not by the name: WAV (8 to 32 bit, float), MP3, FLAC, and Ogg with Vorbis, Opus or
 * FLAC; in a page also what the page itself decodes, such as AAC in MP4. A clip takes some 10 MB a minute: for audio of
 * hours there is {@link openAudio}.
 *
 * @throws {@link MusrepError} `not-found` for a path or URL that cannot be read, or not to its end; `unsupported-audio`
 * for what is not audio or not a known format, `truncated-audio` for a file that ends early, `damaged-audio` for one that
 * cannot be decoded, `bad-audio` for one without samples or with samples that are not finite.
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
  return (await joinPieces(decodeSource(source, options), Number.POSITIVE_INFINITY)) as Clip;
}

/** All pieces as one clip; undefined, and the rest not decoded, where that would be of more than `most` samples. */
export async function joinPieces(pieces: AsyncIterable<AudioPiece>, most: number): Promise<Clip | undefined> {
  const parts: Float32Array[] = [];
  let length = 0;
  let sampleRate = 0;
  for await (const piece of pieces) {
    parts.push(piece.samples);
    length += piece.samples.length;
    sampleRate = piece.sampleRate;
    if (Math.max(length, piece.total ?? 0) > most) return undefined;
  }
  const samples = new Float32Array(length);
  let at = 0;
  for (const part of parts) {
    samples.set(part, at);
    at += part.length;
  }
  return { samples, sampleRate };
}
