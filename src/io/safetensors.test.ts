import { describe, expect, it } from 'vitest';
import { readSafetensors, writeSafetensors } from './safetensors.js';

const tensors = [
  ['a', { shape: [2, 3], values: Float32Array.of(1, 2, 3, 4, 5, 6) }],
  ['b', { shape: [], values: Float32Array.of(-0.5) }],
  ['empty', { shape: [0, 4], values: new Float32Array(0) }],
] as const;

/** A file with a header of one's own making. */
function fileOf(header: unknown, data = new Uint8Array(8)): Uint8Array {
  const json = typeof header === 'string' ? header : JSON.stringify(header);
  const text = new TextEncoder().encode(json);
  const bytes = new Uint8Array(8 + text.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  bytes.set(data, 8 + text.length);
  return bytes;
}

describe('safetensors', () => {
  it('reads what it writes, at any offset in memory', () => {
    const file = writeSafetensors(tensors, { made: 'here' });
    const shifted = new Uint8Array(file.length + 3);
    shifted.set(file, 3);
    for (const bytes of [file, shifted.subarray(3)]) {
      const read = readSafetensors(bytes);
      expect([...read.tensors]).toEqual(tensors.map(([name, tensor]) => [name, { ...tensor }]));
      expect(read.metadata).toEqual({ made: 'here' });
    }
  });

  it('reads other element types as float32', () => {
    const data = new Uint8Array(new BigInt64Array([7n]).buffer);
    const read = readSafetensors(fileOf({ count: { dtype: 'I64', shape: [1], data_offsets: [0, 8] } }, data));
    expect([...(read.tensors.get('count')?.values ?? [])]).toEqual([7]);
  });

  const entry = { dtype: 'F32', shape: [2], data_offsets: [0, 8] };
  const lies: Record<string, Uint8Array> = {
    'too short for a header': Uint8Array.of(1, 2, 3),
    'a header longer than the file': fileOf({}).fill(0xff, 0, 4),
    'a header that is no JSON': fileOf('{"a": '),
    'a header that is no object': fileOf('[1]'),
    'an entry that is no object': fileOf({ a: null }),
    'offsets beyond the data': fileOf({ a: { ...entry, data_offsets: [8, 16] } }),
    'offsets that do not match the shape': fileOf({ a: { ...entry, shape: [3] } }),
    'offsets that run backwards': fileOf({ a: { ...entry, data_offsets: [8, 0] } }),
    'a negative size': fileOf({ a: { ...entry, shape: [-2] } }),
    'a size that is no whole number': fileOf({ a: { ...entry, shape: [1.5] } }),
    'no shape': fileOf({ a: { ...entry, shape: undefined } }),
    'a huge shape': fileOf({ a: { ...entry, shape: [2 ** 40, 2 ** 40] } }),
    'an element type that is not read': fileOf({ a: { ...entry, dtype: 'F8_E4M3' } }),
    'a truncated file': writeSafetensors(tensors).subarray(0, -4),
  };
  for (const [lie, bytes] of Object.entries(lies)) {
    it(`refuses ${lie}`, () => {
      expect(() => readSafetensors(bytes)).toThrowError(
        expect.objectContaining({ name: 'MusrepError', code: 'bad-weights' }),
      );
    });
  }
});
