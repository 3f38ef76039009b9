/** A page of an Ogg file. */
interface OggPage {
  readonly offset: number;
  /** Header and body, in bytes. */
  readonly length: number;
  /** Whether it begins, or ends, a logical stream. */
  readonly begins: boolean;
  readonly ends: boolean;
  /** Cut short where the file is. */
  readonly body: Uint8Array;
}

export type OggCodec = 'Vorbis' | 'Opus' | 'FLAC';

const SIGNATURES: readonly (readonly [string, OggCodec])[] = [
  ['OpusHead', 'Opus'],
  ['\x01vorbis', 'Vorbis'],
  ['\x7fFLAC', 'FLAC'],
];

/** The codec of the first logical stream; undefined for what is not Ogg, or holds none that is read. */
export function oggCodec(bytes: Uint8Array): OggCodec | undefined {
  const page = pageAt(bytes, 0);
  if (page === undefined) return undefined;
  const start = String.fromCharCode(...page.body.subarray(0, 8));
  return SIGNATURES.find(([signature]) => start.startsWith(signature))?.[1];
}

/** Where each link of a chain begins: an Ogg file may hold several streams one after the other. */
export function oggLinks(bytes: Uint8Array): Uint8Array[] {
  const starts = [0];
  let previous: OggPage | undefined;
  for (const page of pagesOf(bytes)) {
    if (page.begins && previous && !previous.begins) starts.push(page.offset);
    previous = page;
  }
  return starts.map((start, i) => bytes.subarray(start, starts[i + 1]));
}

/** The file without a last page that is cut off: of half a packet, Opus makes noise. */
export function wholePages(bytes: Uint8Array): Uint8Array {
  let end = 0;
  for (const { offset, length } of pagesOf(bytes)) if (offset + length <= bytes.length) end = offset + length;
  return bytes.subarray(0, end);
}

/** Whether the last page is whole, and is marked as the last. */
export function oggIsComplete(bytes: Uint8Array): boolean {
  let last: OggPage | undefined;
  for (const page of pagesOf(bytes)) last = page;
  return last?.ends === true && last.offset + last.length <= bytes.length;
}

function* pagesOf(bytes: Uint8Array): Generator<OggPage> {
  for (let page = pageAt(bytes, 0); page; page = pageAt(bytes, page.offset + page.length)) yield page;
}

function pageAt(bytes: Uint8Array, offset: number): OggPage | undefined {
  const isPage = [0x4f, 0x67, 0x67, 0x53, 0].every((byte, i) => bytes[offset + i] === byte);
  if (!isPage || offset + 27 > bytes.length) return undefined;
  const flags = bytes[offset + 5] as number;
  const segments = bytes[offset + 26] as number;
  const bodyStart = offset + 27 + segments;
  const bodyLength = bytes.subarray(offset + 27, bodyStart).reduce((sum, size) => sum + size, 0);
  const length = 27 + segments + bodyLength;
  const body = bytes.subarray(bodyStart, bodyStart + bodyLength);
  return { offset, length, begins: (flags & 2) !== 0, ends: (flags & 4) !== 0, body };
}
