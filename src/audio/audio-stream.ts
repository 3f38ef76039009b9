import { PLATFORM_DECODERS } from '#platform/audio-decoders';
import { MusrepError, reasonOf } from '../core/errors.js';
import { type ByteSource, openSource, readSource } from '../platform/byte-source.js';
import { ByteReader } from './byte-reader.js';
import { type Clip, checkSamples, mixToMono } from './clip.js';
import type { AudioDecoder } from './decoder.js';
import { flacDecoder } from './flac.js';
import { skipId3 } from './id3.js';
import { HEAD_BYTES, mp3Decoder } from './mp3.js';
import { oggDecoder } from './ogg.js';
import { wavDecoder } from './wav.js';

export interface LoadAudioOptions {
  /** Use what can be read of a truncated file, instead of refusing it. */
  readonly partial?: boolean;
  /** Decoders of one's own, asked before those that are there. */
  readonly decoders?: readonly AudioDecoder[];
  /** Called with the share of the file that is decoded, 0 to 1; not where a file's size is not known before its end. */
  readonly onProgress?: (done: number) => void;
  /** Cancels the reading. */
  readonly signal?: AbortSignal;
}

/** A piece of audio. */
export interface AudioPiece extends Clip {
  /** How many samples the whole has, where the file says so. */
  readonly total?: number;
  /** How many samples were passed over before these; 0 unless given. */
  readonly skipped?: number;
}

/** Audio that is decoded as it is needed, so that its length does not matter to memory. */
export interface AudioStream {
  /**
   * Decodes from the beginning: mono pieces, in order, of one sample rate.
   *
   * @param neededFrom - index of the first sample that is still needed, asked while pieces are taken: what lies before it
   * may be passed over. Unless given, all is decoded.
   */
  pieces(neededFrom?: () => number): AsyncIterable<AudioPiece>;
}

/** MP3 comes last of ours: its frames are told by a pattern of a few bits, which other formats may hold by chance. */
const DECODERS: readonly AudioDecoder[] = [wavDecoder, flacDecoder, oggDecoder, mp3Decoder, ...PLATFORM_DECODERS];

/**
 * Opens an audio file of any length: `tag`, `taggram` and `embed` take it as they take a clip, and hold some seconds of it
 * at a time. Formats and errors are those of {@link loadAudio}; what is wrong with a file shows when it is decoded.
 * Of a stream, which can be read only once, the undecoded bytes are kept.
 *
 * @throws {@link MusrepError} as `loadAudio`, while the pieces are taken.
 *
 * @example
 * ```ts
 * import { MusiCNN, openAudio } from 'musrep';
 *
 * const model = await MusiCNN.pretrained('mtat');
 * const { times, scores } = await model.taggram(openAudio('song.mp3'), { hopSeconds: 10 });
 * console.log(times.length, scores[0]);
 * ```
 */
export function openAudio(source: ByteSource, options: LoadAudioOptions = {}): AudioStream {
  const lasting = isLasting(source) ? source : readSource(source, options.signal);
  return {
    async *pieces(neededFrom) {
      yield* decodeSource(await lasting, options, neededFrom);
    },
  };
}

function isLasting(source: ByteSource): boolean {
  return typeof source === 'string' || [URL, Uint8Array, ArrayBuffer, Blob].some((type) => source instanceof type);
}

const allIsNeeded = () => 0;

/** Decodes a source: mono pieces, in order, of one sample rate. */
export async function* decodeSource(
  source: ByteSource,
  options: LoadAudioOptions,
  neededFrom: () => number = allIsNeeded,
): AsyncGenerator<AudioPiece> {
  const { partial = false, decoders = [], signal } = options;
  signal?.throwIfAborted();
  const reader = new ByteReader(reporting(await openSource(source, signal), options));
  await skipId3(reader);
  const decoder = chooseDecoder(await reader.peek(HEAD_BYTES), [...decoders, ...DECODERS]);
  const decoded = decoder.decode(reader, { partial, neededFrom });
  let sampleRate: number | undefined;
  let at = 0;
  for await (const { channels, ...piece } of unlessAborted(decoded, signal)) {
    sampleRate ??= piece.sampleRate;
    if (piece.sampleRate !== sampleRate) throw changingRate(decoder.name, sampleRate, piece.sampleRate);
    const samples = mixToMono(channels);
    at += piece.skipped ?? 0;
    checkSamples({ samples, sampleRate }, at);
    at += samples.length;
    yield { ...piece, samples };
  }
  if (at === 0) throw new MusrepError('bad-audio', 'The file holds no samples.');
}

/** Whatever becomes of a file that was cancelled on the way, it was cancelled. */
async function* unlessAborted<T>(pieces: AsyncIterable<T>, signal: AbortSignal | undefined): AsyncGenerator<T> {
  try {
    for await (const piece of pieces) {
      signal?.throwIfAborted();
      yield piece;
    }
  } finally {
    signal?.throwIfAborted();
  }
}

/** The chunks of a file, each of which is reported when the next is asked for. */
async function* reporting(
  { size, chunks }: Awaited<ReturnType<typeof openSource>>,
  { onProgress, signal }: LoadAudioOptions,
): AsyncGenerator<Uint8Array> {
  let done = 0;
  for await (const chunk of readable(chunks)) {
    if (signal?.aborted) return;
    yield chunk;
    done += chunk.length;
    if (size) onProgress?.(done / size);
  }
}

/** A source's own errors must not pass for a decoder's. */
async function* readable(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* chunks;
  } catch (cause) {
    if (cause instanceof MusrepError) throw cause;
    throw new MusrepError('not-found', `Cannot read the source: ${reasonOf(cause)}`, { cause });
  }
}

function chooseDecoder(start: Uint8Array, decoders: readonly AudioDecoder[]): AudioDecoder {
  if (start.length === 0) throw new MusrepError('bad-audio', 'The audio file is empty: 0 bytes.');
  const decoder = decoders.find((one) => one.recognises(start));
  if (decoder !== undefined) return decoder;
  const known = decoders.map((one) => one.name).join(', ');
  const hex = Array.from(start.subarray(0, 8), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
  throw new MusrepError(
    'unsupported-audio',
    `The bytes are not audio of a known format (${known}). They begin with ${hex}.`,
  );
}

function changingRate(format: string, before: number, after: number): MusrepError {
  return new MusrepError(
    'unsupported-audio',
    `${format}: the file changes its sample rate on the way, from ${before} to ${after} Hz.`,
  );
}
