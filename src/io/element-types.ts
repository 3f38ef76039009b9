/** An element type that is read, as float32. */
interface ElementType {
  readonly bytes: number;
  readonly read: (view: DataView, at: number) => number;
}

/** By the names that safetensors gives them; little-endian. */
export const ELEMENT_TYPES: Readonly<Record<string, ElementType>> = {
  F32: { bytes: 4, read: (view, at) => view.getFloat32(at, true) },
  F64: { bytes: 8, read: (view, at) => view.getFloat64(at, true) },
  F16: { bytes: 2, read: (view, at) => halfToNumber(view.getUint16(at, true)) },
  BF16: { bytes: 2, read: (view, at) => brainFloatToNumber(view.getUint16(at, true)) },
  I64: { bytes: 8, read: (view, at) => Number(view.getBigInt64(at, true)) },
  I32: { bytes: 4, read: (view, at) => view.getInt32(at, true) },
  I16: { bytes: 2, read: (view, at) => view.getInt16(at, true) },
  I8: { bytes: 1, read: (view, at) => view.getInt8(at) },
  U8: { bytes: 1, read: (view, at) => view.getUint8(at) },
  BOOL: { bytes: 1, read: (view, at) => view.getUint8(at) },
};

/** All values of one type that lie in some bytes. */
export function readElements(bytes: Uint8Array, dtype: string): Float32Array {
  if (dtype === 'F32') {
    // A copy, since the data of a file need not be aligned. JavaScript's engines are little-endian, as the formats are.
    return new Float32Array(new Uint8Array(bytes).buffer);
  }
  const type = ELEMENT_TYPES[dtype] as ElementType;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float32Array.from({ length: bytes.length / type.bytes }, (_, i) => type.read(view, i * type.bytes));
}

/** IEEE 754 half precision: 1 bit of sign, 5 of exponent, 10 of fraction. */
function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** The nearest number of half precision, to even if there are two; of at most 65,504. */
export function halfBits(value: number): number {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const magnitude = Math.abs(value);
  if (magnitude < 2 ** -14) return sign | roundedToEven(magnitude * 2 ** 24);
  const exponent = floatExponent(magnitude);
  // A fraction that is rounded up to 1 carries over into the exponent.
  return sign | (((exponent + 15) << 10) + roundedToEven((magnitude / 2 ** exponent - 1) * 1024));
}

function roundedToEven(value: number): number {
  const nearest = Math.round(value);
  return nearest - value === 0.5 && nearest % 2 === 1 ? nearest - 1 : nearest;
}

const float = new DataView(new ArrayBuffer(4));

/** The power of two of a float32. */
function floatExponent(value: number): number {
  float.setFloat32(0, value);
  return ((float.getUint32(0) >> 23) & 0xff) - 127;
}

/** The upper half of a float32. */
function brainFloatToNumber(bits: number): number {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint16(0, bits);
  return view.getFloat32(0);
}
