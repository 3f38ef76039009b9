import { openBytes } from '#platform/files';
import { type ByteChunks, chunksOf, readAll } from './bytes.js';

/** Where a file comes from: a path (Node) or URL, bytes, a Blob, or a stream of bytes. */
export type ByteSource =
  | string
  | URL
  | ArrayBuffer
  | Uint8Array
  | Blob
  | ReadableStream<Uint8Array>
  | AsyncIterable<Uint8Array>;

/** What is handed on at once of bytes that are there. */
const CHUNK_BYTES = 262_144;

/** Opens a source; only a stream or an iterable cannot be opened twice. */
export async function openSource(source: ByteSource, signal?: AbortSignal): Promise<ByteChunks> {
  if (typeof source === 'string' || source instanceof URL) return openBytes(source, signal);
  if (source instanceof Blob) return { size: source.size, chunks: chunksOf(source.stream()) };
  if (source instanceof Uint8Array) return { size: source.length, chunks: slices(source) };
  if (source instanceof ArrayBuffer) return { size: source.byteLength, chunks: slices(new Uint8Array(source)) };
  return { size: undefined, chunks: Symbol.asyncIterator in source ? source : chunksOf(source) };
}

/** All bytes of a source. */
export async function readSource(source: ByteSource, signal?: AbortSignal): Promise<Uint8Array> {
  if (source instanceof Uint8Array) return source;
  if (source instanceof ArrayBuffer) return new Uint8Array(source);
  return readAll(await openSource(source, signal), signal);
}

async function* slices(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) yield bytes.subarray(at, at + CHUNK_BYTES);
}
