import { describe, expect, it } from 'vitest';
import { floatField, intField, messageField, textField } from './protobuf.js';

const bytes = (...values: number[]) => Uint8Array.from(values);

// The first three are the examples of protobuf.dev/programming-guides/encoding.
describe('fields of protocol buffers', () => {
  it('have whole numbers seven bits a byte', () => {
    expect(intField(1, 150)).toEqual(bytes(0x08, 0x96, 0x01));
    expect(intField(16, true)).toEqual(bytes(0x80, 0x01, 0x01));
  });

  it('have texts with their length', () => {
    expect(textField(2, 'testing')).toEqual(bytes(0x12, 0x07, 0x74, 0x65, 0x73, 0x74, 0x69, 0x6e, 0x67));
  });

  it('have messages in messages', () => {
    expect(messageField(3, intField(1, 150))).toEqual(bytes(0x1a, 0x03, 0x08, 0x96, 0x01));
    expect(messageField(3, new Uint8Array(200)).slice(0, 3)).toEqual(bytes(0x1a, 0xc8, 0x01));
  });

  it('have negative numbers as 64 bits', () => {
    expect(intField(1, -1)).toEqual(bytes(0x08, ...Array(9).fill(0xff), 0x01));
    expect(intField(1, 2 ** 40)).toEqual(bytes(0x08, 0x80, 0x80, 0x80, 0x80, 0x80, 0x20));
  });

  it('have numbers with fractions as four bytes', () => {
    expect(floatField(4, 1)).toEqual(bytes(0x25, 0, 0, 0x80, 0x3f));
  });
});
