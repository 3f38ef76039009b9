import { MusrepError } from '../core/errors.js';
import { ELEMENT_TYPES, readElements } from './element-types.js';

/** A tensor in main memory. */
export interface NamedTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** A tensor as its bytes lie in a file. */
export interface EncodedTensor {
  readonly dtype: 'F32' | 'F16' | 'I8';
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

/** What a safetensors file holds. */
export interface Safetensors {
  readonly tensors: ReadonlyMap<string, NamedTensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

interface Entry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

/** The format's own limit on its header, which guards against a length that lies. */
const MAX_HEADER_BYTES = 100_000_000;

/**
 * Reads a safetensors file. Every claim of its header is checked against the bytes before anything is allocated.
 *
 * @throws {@link MusrepError} `bad-weights` if the header lies, or holds an element type that is not read.
 */
export function readSafetensors(bytes: Uint8Array): Safetensors {
  const { header, dataStart } = readHeader(bytes);
  const { __metadata__: metadata = {}, ...entries } = header;
  const data = bytes.subarray(dataStart);
  const tensors = new Map<string, NamedTensor>();
  for (const [name, entry] of Object.entries(entries)) {
    checkEntry(name, entry, data.length);
    tensors.set(name, { shape: entry.shape, values: readElements(data.subarray(...entry.data_offsets), entry.dtype) });
  }
  return { tensors, metadata: metadata as Record<string, string> };
}

function readHeader(bytes: Uint8Array): { header: Record<string, unknown>; dataStart: number } {
  if (bytes.length < 8) throw damaged(`the file has ${bytes.length} bytes, too few for a header`);
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true));
  if (length > MAX_HEADER_BYTES || 8 + length > bytes.length) {
    throw damaged(`the header claims ${length} bytes, and the file has ${bytes.length}`);
  }
  try {
    const header: unknown = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
    if (typeof header === 'object' && header !== null && !Array.isArray(header)) {
      return { header: header as Record<string, unknown>, dataStart: 8 + length };
    }
  } catch (cause) {
    throw damaged('its header is not JSON', cause);
  }
  throw damaged('its header is not a JSON object');
}

function checkEntry(name: string, entry: unknown, dataBytes: number): asserts entry is Entry {
  const { dtype, shape, data_offsets: offsets } = (entry ?? {}) as Partial<Entry>;
  const reader = typeof dtype === 'string' ? ELEMENT_TYPES[dtype] : undefined;
  if (reader === undefined) {
    throw damaged(`'${name}' has the element type ${dtype}; read are ${Object.keys(ELEMENT_TYPES).join(', ')}`);
  }
  if (!isCounts(shape) || !isCounts(offsets) || offsets.length !== 2)
    throw damaged(`'${name}' has no shape or no offsets`);
  const [begin, end] = offsets as [number, number];
  const needed = shape.reduce((product, size) => product * size, 1) * reader.bytes;
  if (end > dataBytes || end - begin !== needed) {
    throw damaged(
      `'${name}' of shape [${shape}] takes ${needed} bytes; the header points to ${begin}–${end} of ${dataBytes}`,
    );
  }
}

function isCounts(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((one) => Number.isSafeInteger(one) && one >= 0);
}

function damaged(reason: string, cause?: unknown): MusrepError {
  return new MusrepError('bad-weights', `Not a sound safetensors file: ${reason}.`, { cause });
}

/** The bytes of a safetensors file: float32 unless encoded, in the order given, its data aligned to 8 bytes. */
export function writeSafetensors(
  tensors: Iterable<readonly [string, NamedTensor | EncodedTensor]>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const entries = Array.from(tensors, ([name, tensor]) => [name, encoded(tensor)] as const);
  const header: Record<string, unknown> = { __metadata__: metadata };
  let size = 0;
  for (const [name, { dtype, shape, bytes }] of entries) {
    header[name] = { dtype, shape, data_offsets: [size, size + bytes.length] };
    size += bytes.length;
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  const headerLength = Math.ceil(json.length / 8) * 8;
  const bytes = new Uint8Array(8 + headerLength + size).fill(0x20, 8, 8 + headerLength);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(headerLength), true);
  bytes.set(json, 8);
  let at = 8 + headerLength;
  for (const [, tensor] of entries) {
    bytes.set(tensor.bytes, at);
    at += tensor.bytes.length;
  }
  return bytes;
}

function encoded(tensor: NamedTensor | EncodedTensor): EncodedTensor {
  if ('bytes' in tensor) return tensor;
  const { shape, values } = tensor;
  return { dtype: 'F32', shape, bytes: new Uint8Array(values.buffer, values.byteOffset, values.byteLength) };
}
