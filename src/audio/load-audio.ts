import { readBytes } from '#platform/files';
import { MusrepError } from '../core/errors.js';
import { type Clip, checkClip, mixToMono } from './clip.js';
import type { AudioDecoder } from './decoder.js';
import { flacDecoder } from './flac.js';
import { mp3Decoder } from './mp3.js';
import { oggDecoder } from './ogg.js';
import { wavDecoder } from './wav.js';

/** Where audio comes from: a path (Node) or URL, bytes, a Blob, or a stream of bytes. */
export type AudioSource =
  | string
  | URL
  | ArrayBuffer
  | Uint8Array
  | Blob
  | ReadableStream<Uint8Array>
  | AsyncIterable<Uint8Array>;

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
 * audio or not a known format, `truncated-audio` for a file that ends early, `damaged-audio` for
 * one that cannot be decoded, `bad-audio` for one without samples or
 * with samples that are not finite.
 *
 * @example
 * ```ts
 * import { loadAudio } from 'musrep';
 *
 * const clip = await loadAudio('song.mp3');
 * console.log(clip.samples.length / clip.sampleRate, 'seconds');
 * ```
 */
export async function loadAudio(source: AudioSource, options: LoadAudioOptions = {}): Promise<Clip> {
  const bytes = await bytesOf(source, options.signal);
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

async function bytesOf(source: AudioSource, signal: AbortSignal | undefined): Promise<Uint8Array> {
  if (typeof source === 'string' || source instanceof URL) return readBytes(source, signal);
  if (source instanceof Uint8Array) return source;
  if (source instanceof ArrayBuffer) return new Uint8Array(source);
  if (source instanceof Blob) return new Uint8Array(await source.arrayBuffer());
  if (Symbol.asyncIterator in source) return joined(source, signal);
  return joined(chunksOf(source), signal);
}

/** Not every browser iterates over a ReadableStream by itself. */
async function* chunksOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
  } finally {
    reader.releaseLock();
  }
}

async function joined(chunks: AsyncIterable<Uint8Array>, signal: AbortSignal | undefined): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) {
    signal?.throwIfAborted();
    parts.push(chunk);
  }
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes.subarray(0, 8), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
}
