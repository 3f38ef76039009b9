import { zlibSync } from 'fflate';
import { joined } from '../platform/bytes.js';

const SIGNATURE = Uint8Array.of(137, 80, 78, 71, 13, 10, 26, 10);
/** What a pixel is: red, green and blue, or the number of a colour in the palette. */
const COLOUR_TYPE = { rgb: 2, palette: 3 } as const;

/** Pixels of three bytes each, row by row from the top, as a PNG file; with a palette where they have few colours. */
export function encodePng(width: number, height: number, pixels: Uint8Array): Uint8Array<ArrayBuffer> {
  const indexed = withPalette(pixels);
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([8, indexed ? COLOUR_TYPE.palette : COLOUR_TYPE.rgb], 8);
  const rows = scanlines(height, indexed?.pixels ?? pixels);
  return joined([
    SIGNATURE,
    chunk('IHDR', header),
    ...(indexed ? [chunk('PLTE', indexed.palette)] : []),
    chunk('IDAT', zlibSync(rows, { level: 9 })),
    chunk('IEND', new Uint8Array(0)),
  ]);
}

/** One byte a pixel, and the colours that they stand for; undefined if there are more than a byte can tell apart. */
function withPalette(pixels: Uint8Array): { pixels: Uint8Array; palette: Uint8Array } | undefined {
  const numbers = new Map<number, number>();
  const indices = new Uint8Array(pixels.length / 3);
  for (let i = 0; i < indices.length; i++) {
    const [red, green, blue] = [pixels[3 * i], pixels[3 * i + 1], pixels[3 * i + 2]] as [number, number, number];
    const colour = red * 65_536 + green * 256 + blue;
    const known = numbers.get(colour);
    if (known === undefined && numbers.size === 256) return undefined;
    indices[i] = known ?? numbers.size;
    if (known === undefined) numbers.set(colour, numbers.size);
  }
  const palette = [...numbers.keys()].flatMap((colour) => [colour >> 16, (colour >> 8) & 255, colour & 255]);
  return { pixels: indices, palette: Uint8Array.from(palette) };
}

/** Each row behind a byte that says how it is filtered: not at all. */
function scanlines(height: number, pixels: Uint8Array): Uint8Array {
  const bytes = pixels.length / height;
  const out = new Uint8Array(height * (bytes + 1));
  for (let row = 0; row < height; row++) {
    out.set(pixels.subarray(row * bytes, (row + 1) * bytes), row * (bytes + 1) + 1);
  }
  return out;
}

/** Length, name, data, and the checksum of name and data. */
function chunk(name: string, data: Uint8Array): Uint8Array {
  const out = new Uint8Array(data.length + 12);
  const view = new DataView(out.buffer);
  view.setUint32(0, data.length);
  out.set(new TextEncoder().encode(name), 4);
  out.set(data, 8);
  view.setUint32(data.length + 8, crc32(out.subarray(4, data.length + 8)));
  return out;
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (CRC_TABLE[(crc ^ byte) & 0xff] as number) ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}
