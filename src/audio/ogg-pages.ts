import type { ByteReader } from './byte-reader.js';

/** A page of an Ogg file. */
export interface OggPage {
  /** Header and body. */
  readonly bytes: Uint8Array;
  /** Whether it begins, or ends, a logical stream. */
  readonly begins: boolean;
  readonly ends: boolean;
  /** Whether it is all there: the last page of a truncated file is not. */
  readonly whole: boolean;
  /** Whether it follows the page before it without a gap. */
  readonly follows: boolean;
}

export type OggCodec = 'Vorbis' | 'Opus' | 'FLAC';

const SIGNATURES: readonly (readonly [string, OggCodec])[] = [
  ['OpusHead', 'Opus'],
  ['\x01vorbis', 'Vorbis'],
  ['\x7fFLAC', 'FLAC'],
];

/** The codec of the logical stream that a page begins; undefined for what is not Ogg, or none that is read. */
export function oggCodec(bytes: Uint8Array): OggCodec | undefined {
  const body = bodyStart(bytes);
  if (body === undefined) return undefined;
  const start = String.fromCharCode(...bytes.subarray(body, body + 8));
  return SIGNATURES.find(([signature]) => start.startsWith(signature))?.[1];
}

/** The pages of a file. */
export async function* oggPages(reader: ByteReader): AsyncGenerator<OggPage> {
  for (let follows = true; ; ) {
    const header = await reader.peek(LARGEST_HEADER);
    const body = bodyStart(header);
    if (body === undefined) {
      if (header.length < SMALLEST_HEADER) return;
      await reader.skip(nextPage(header));
      follows = false;
      continue;
    }
    const flags = header[5] as number;
    const length = header.subarray(SMALLEST_HEADER, body).reduce((sum, size) => sum + size, body);
    const bytes = await reader.take(length);
    const whole = bytes.length === length;
    yield { bytes, begins: (flags & 2) !== 0, ends: whole && (flags & 4) !== 0, whole, follows };
    follows = true;
  }
}

const SMALLEST_HEADER = 27;
/** With a size for each of 255 segments. */
const LARGEST_HEADER = SMALLEST_HEADER + 255;
const CAPTURE_PATTERN = [0x4f, 0x67, 0x67, 0x53, 0];

function bodyStart(bytes: Uint8Array): number | undefined {
  if (!isPageAt(bytes, 0) || bytes.length < SMALLEST_HEADER) return undefined;
  return SMALLEST_HEADER + (bytes[26] as number);
}

function isPageAt(bytes: Uint8Array, at: number): boolean {
  return CAPTURE_PATTERN.every((byte, i) => bytes[at + i] === byte);
}

/** How far to go on where no page begins: to one, or to where one may begin. */
function nextPage(bytes: Uint8Array): number {
  const last = bytes.length - CAPTURE_PATTERN.length;
  for (let at = 1; at <= last; at++) if (isPageAt(bytes, at)) return at;
  return Math.max(1, last + 1);
}
