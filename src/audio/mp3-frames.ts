/** The header of one MPEG audio frame. */
export interface Mp3Frame {
  /** In bytes, from the start of the file. */
  readonly offset: number;
  readonly length: number;
  readonly samples: number;
  readonly sampleRate: number;
  /** Of layer III. */
  readonly sideInfo: SideInfo | undefined;
  /** What follows, where the frame is a Xing or Info header that says so. */
  readonly stated: StatedLength | undefined;
}

/** The fixed part of a frame of layer III, which begins with how many bytes before the frame its data begin. */
export interface SideInfo {
  /** In bytes, from the start of the file. */
  readonly from: number;
  readonly to: number;
  /** The bits of that number. */
  readonly reachBits: number;
}

/** Samples by which a decoder lags behind the encoder: they are cut at the start, and so are missing at the end. */
const DECODER_DELAY = 529;

interface StatedLength {
  readonly frames: number;
  /** Samples before the first of the audio. */
  readonly delay: number;
  /** Without the encoder's delay and padding. */
  readonly samples: number;
}

const RATES = [44100, 48000, 32000];
/** In kbit/s by bit-rate index, for MPEG 1 layers I, II, III, then for MPEG 2 and 2.5 layer I, layers II and III. */
const BITRATES = [
  [0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
  [0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
  [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  [0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
  [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
] as const;

/** How far after a tag the first frame may lie. */
const SEARCH_BYTES = 65_536;
/** As many frames in a row are no coincidence. */
const CONVINCING_FRAMES = 3;

/** The first frame that others follow. */
export function findFirstFrame(bytes: Uint8Array): Mp3Frame | undefined {
  const limit = Math.min(bytes.length - 4, SEARCH_BYTES);
  for (let at = 0; at <= limit; at++) {
    if (bytes[at] !== 0xff) continue;
    const frame = parseFrame(bytes, at);
    if (frame && isFollowed(bytes, frame)) return frame;
  }
  return undefined;
}

function isFollowed(bytes: Uint8Array, first: Mp3Frame): boolean {
  let frame = first;
  for (let count = 1; count < CONVINCING_FRAMES; count++) {
    const next = frame.offset + frame.length;
    if (next >= bytes.length) return count > 1 || next === bytes.length;
    const following = parseFrame(bytes, next);
    if (following?.sampleRate !== first.sampleRate) return false;
    frame = following;
  }
  return true;
}

/** The frame at a byte offset, or undefined if none starts there. */
export function parseFrame(bytes: Uint8Array, offset: number): Mp3Frame | undefined {
  if (offset + 4 > bytes.length) return undefined;
  const sync = bytes[offset] as number;
  const version = bytes[offset + 1] as number;
  const rates = bytes[offset + 2] as number;
  const mode = bytes[offset + 3] as number;
  const versionBits = (version >> 3) & 3;
  const layer = 4 - ((version >> 1) & 3);
  const rateIndex = (rates >> 2) & 3;
  const bitrateIndex = rates >> 4;
  if (sync !== 0xff || version >> 5 !== 7 || versionBits === 1 || layer === 4) return undefined;
  if (rateIndex === 3 || bitrateIndex === 0 || bitrateIndex === 15) return undefined;

  const mpeg1 = versionBits === 3;
  const sampleRate = (RATES[rateIndex] as number) / (mpeg1 ? 1 : versionBits === 2 ? 2 : 4);
  const table = BITRATES[mpeg1 ? layer - 1 : layer === 1 ? 3 : 4] as readonly number[];
  const bitrate = (table[bitrateIndex] as number) * 1000;
  const samples = layer === 1 ? 384 : layer === 3 && !mpeg1 ? 576 : 1152;
  const padding = (rates >> 1) & 1;
  const length =
    layer === 1
      ? (Math.floor((12 * bitrate) / sampleRate) + padding) * 4
      : Math.floor(((samples / 8) * bitrate) / sampleRate) + padding;
  const mono = mode >> 6 === 3;
  const sideInfoBytes = mpeg1 ? (mono ? 17 : 32) : mono ? 9 : 17;
  const stated = layer === 3 ? readStatedLength(bytes, offset + 4 + sideInfoBytes, samples) : undefined;
  const from = offset + (version & 1 ? 4 : 6);
  const sideInfo = layer === 3 ? { from, to: from + sideInfoBytes, reachBits: mpeg1 ? 9 : 8 } : undefined;
  return { offset, length, samples, sampleRate, sideInfo, stated };
}

const HEADER_NAMES = ['Xing', 'Info'].map((name) => new TextEncoder().encode(name));

function beginsWith(bytes: Uint8Array, at: number, name: Uint8Array): boolean {
  for (let i = 0; i < name.length; i++) if (bytes[at + i] !== name[i]) return false;
  return true;
}

/** Reads a Xing header: a name, flags, the parts that the flags announce; then LAME's, with delay and padding. */
function readStatedLength(bytes: Uint8Array, at: number, samples: number): StatedLength | undefined {
  if (at + 12 > bytes.length || !HEADER_NAMES.some((name) => beginsWith(bytes, at, name))) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, 12);
  const flags = view.getUint32(4);
  if ((flags & 1) === 0) return undefined;
  const frames = view.getUint32(8);
  const lame = at + 12 + (flags & 2 ? 4 : 0) + (flags & 4 ? 100 : 0) + (flags & 8 ? 4 : 0);
  // Twelve bits each, behind the encoder's name and its settings.
  const [high = 0, middle = 0, low = 0] = bytes.subarray(lame + 21, lame + 24);
  const named = (bytes[lame] ?? 0) > 0;
  const delay = (high << 4) + (middle >> 4);
  const padding = ((middle & 15) << 8) + low;
  const cut = named ? delay + Math.max(DECODER_DELAY, padding) : 0;
  return { frames, delay: named ? delay + DECODER_DELAY : 0, samples: Math.max(0, frames * samples - cut) };
}
