/** Fields of protocol buffers, as bytes (protobuf.dev/programming-guides/encoding). */

/** How a value lies in the bytes. */
const [VARINT, LENGTH_DELIMITED, FOUR_BYTES] = [0, 2, 5];

/** A whole number or a truth value. */
export function intField(field: number, value: number | boolean): Uint8Array {
  return Uint8Array.from([...tag(field, VARINT), ...varint(Number(value))]);
}

export function floatField(field: number, value: number): Uint8Array {
  return joinBytes([Uint8Array.from(tag(field, FOUR_BYTES)), new Uint8Array(Float32Array.of(value).buffer)]);
}

export function textField(field: number, value: string): Uint8Array {
  return messageField(field, new TextEncoder().encode(value));
}

/** A message of fields, or bytes. */
export function messageField(field: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const size = parts.reduce((sum, part) => sum + part.length, 0);
  return joinBytes([Uint8Array.from([...tag(field, LENGTH_DELIMITED), ...varint(size)]), ...parts]);
}

export function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}

function tag(field: number, wireType: number): number[] {
  return varint(field * 8 + wireType);
}

/** Seven bits a byte, lowest first; negative numbers as 64 bits of their two's complement. */
function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return [...bytes, Number(rest)];
}
