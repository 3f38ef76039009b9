import { MusrepError } from '../core/errors.js';
import { readElements } from './element-types.js';
import type { NamedTensor } from './safetensors.js';

/** What is read of TensorFlow's types: float32. */
const FLOAT = 1;
/** What a layer keeps; optimizers keep more, under the same names and one more part. */
const OF_LAYERS = /\/(kernel|bias|gamma|beta|moving_mean|moving_variance)$/;

const MAGIC = 0xdb4775248b80fb57n;
const FOOTER_BYTES = 48;

/** A tensor's place in the data file. */
interface Entry {
  readonly dtype: number;
  readonly shape: readonly number[];
  readonly shard: number;
  readonly offset: number;
  readonly size: number;
}

/**
 * Reads the layers' variables of a TensorFlow 1 checkpoint: a sorted table of names (`.index`), and their values
 * (`.data-00000-of-00001`).
 *
 * @throws {@link MusrepError} `bad-weights` for a damaged table, several data files, or values that are cut off.
 */
export function readTensorflowCheckpoint(index: Uint8Array, data: Uint8Array): Map<string, NamedTensor> {
  const tensors = new Map<string, NamedTensor>();
  for (const [name, value] of tableEntries(index)) {
    if (!OF_LAYERS.test(name)) continue;
    const entry = readEntry(value);
    if (entry.dtype !== FLOAT || entry.shard !== 0) throw damaged(`'${name}' is not float32, or in a second data file`);
    if (entry.offset + entry.size > data.length) {
      throw damaged(`'${name}' ends at byte ${entry.offset + entry.size} of the data, which has ${data.length}`);
    }
    const expected = entry.shape.reduce((product, size) => product * size, 4);
    if (entry.size !== expected) throw damaged(`'${name}' of shape [${entry.shape}] has ${entry.size} bytes`);
    const values = readElements(data.subarray(entry.offset, entry.offset + entry.size), 'F32');
    tensors.set(name, { shape: entry.shape, values });
  }
  if (tensors.size === 0) throw damaged('it names no variable of a layer');
  return tensors;
}

/** The table is LevelDB's: blocks of sorted entries, an index block that points to them, and a footer to that. */
function* tableEntries(bytes: Uint8Array): Generator<[string, Uint8Array]> {
  if (bytes.length < FOOTER_BYTES) throw damaged('the index is too short');
  const footer = new Reader(bytes.subarray(bytes.length - FOOTER_BYTES));
  const magic = new DataView(bytes.buffer, bytes.byteOffset + bytes.length - 8, 8).getBigUint64(0, true);
  if (magic !== MAGIC) throw damaged('the index does not end as one');
  footer.varint();
  footer.varint();
  for (const [, handle] of blockEntries(blockAt(bytes, footer.varint(), footer.varint()))) {
    const place = new Reader(handle);
    yield* blockEntries(blockAt(bytes, place.varint(), place.varint()));
  }
}

function blockAt(bytes: Uint8Array, offset: number, size: number): Uint8Array {
  if (offset + size + 1 > bytes.length) throw damaged('a block lies beyond its end');
  if (bytes[offset + size] !== 0) throw damaged('its blocks are compressed');
  return bytes.subarray(offset, offset + size);
}

/** A key is stored as what it shares with the one before it, and the rest. */
function* blockEntries(block: Uint8Array): Generator<[string, Uint8Array]> {
  if (block.length < 4) throw damaged('a block is too short');
  const restarts = new DataView(block.buffer, block.byteOffset + block.length - 4, 4).getUint32(0, true);
  const reader = new Reader(block.subarray(0, Math.max(0, block.length - 4 * (restarts + 1))));
  let key = '';
  while (!reader.isAtEnd) {
    const [shared, own, size] = [reader.varint(), reader.varint(), reader.varint()];
    key = key.slice(0, shared) + new TextDecoder().decode(reader.take(own));
    yield [key, reader.take(size)];
  }
}

/** A `BundleEntryProto`. */
function readEntry(bytes: Uint8Array): Entry {
  const fields = protoFields(bytes);
  const number = (field: number) => Number(fields.find(([one]) => one === field)?.[1] ?? 0);
  const shape = fields.find(([one]) => one === 2)?.[1];
  const dimensions = shape instanceof Uint8Array ? protoFields(shape).filter(([field]) => field === 2) : [];
  return {
    dtype: number(1),
    shape: dimensions.map(([, dimension]) => Number(protoFields(dimension as Uint8Array)[0]?.[1] ?? 0)),
    shard: number(3),
    offset: number(4),
    size: number(5),
  };
}

/** The fields of a protocol buffer: their numbers, and numbers or bytes. */
function protoFields(bytes: Uint8Array): [number, number | Uint8Array][] {
  const reader = new Reader(bytes);
  const fields: [number, number | Uint8Array][] = [];
  while (!reader.isAtEnd) {
    const tag = reader.varint();
    const [field, type] = [tag >> 3, tag & 7];
    if (type === 0) fields.push([field, reader.varint()]);
    else if (type === 2) fields.push([field, reader.take(reader.varint())]);
    else if (type === 5) fields.push([field, reader.take(4)]);
    else throw damaged(`it holds a field of type ${type}`);
  }
  return fields;
}

class Reader {
  private at = 0;

  constructor(private readonly bytes: Uint8Array) {}

  get isAtEnd(): boolean {
    return this.at >= this.bytes.length;
  }

  /** Seven bits a byte, the lowest first. */
  varint(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.take(1)[0] as number;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  }

  take(length: number): Uint8Array {
    if (this.at + length > this.bytes.length) throw damaged('it ends early');
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }
}

function damaged(reason: string): MusrepError {
  return new MusrepError('bad-weights', `Not a sound TensorFlow checkpoint: ${reason}.`);
}
