import { MusrepError } from '../core/errors.js';
import { ByteReader } from './byte-reader.js';
import { type AudioDecoder, type DecodedAudio, type DecodeOptions, truncated } from './decoder.js';

/** Reads RIFF WAVE: 8-, 16-, 24- and 32-bit integers, 32- and 64-bit floats, also in WAVE_FORMAT_EXTENSIBLE. */
export const wavDecoder: AudioDecoder = {
  name: 'WAV',
  recognises: (start) => tagAt(start, 0) === 'RIFF' && tagAt(start, 8) === 'WAVE',
  decode: decodeWav,
};

interface WavFormat {
  readonly encoding: 'integer' | 'float';
  readonly channels: number;
  readonly sampleRate: number;
  readonly bytesPerSample: number;
}

const INTEGER = 1;
const FLOAT = 3;
const EXTENSIBLE = 0xfffe;
/** The longest format chunk that says anything. */
const EXTENSIBLE_BYTES = 40;

/** Samples a channel that are decoded or passed over at once. */
const BLOCK = 16_384;

async function* decodeWav(
  bytes: AsyncIterable<Uint8Array>,
  { partial, neededFrom }: DecodeOptions,
): AsyncGenerator<DecodedAudio> {
  const reader = new ByteReader(bytes);
  const { format, stated } = await readHeader(reader);
  const frameBytes = format.channels * format.bytesPerSample;
  const total = Number.isFinite(stated) ? { total: Math.floor(stated / frameBytes) } : {};
  let present = 0;
  let skipped = 0;
  while (present < stated) {
    const block = await reader.take(Math.min(BLOCK * frameBytes, stated - present));
    if (block.length === 0) break;
    present += block.length;
    // Floats may be no numbers, which is to be found wherever they are.
    if (format.encoding === 'integer' && present <= neededFrom() * frameBytes) {
      skipped += Math.floor(block.length / frameBytes);
      continue;
    }
    yield { ...readSamples(block, format), ...total, ...(skipped > 0 && { skipped }) };
    skipped = 0;
  }
  if (skipped > 0) yield { channels: [], sampleRate: format.sampleRate, ...total, skipped };
  const seconds = (length: number) => length / (frameBytes * format.sampleRate);
  if (!partial && Number.isFinite(stated) && present < stated)
    throw truncated('WAV', seconds(stated), seconds(present));
}

/** Reads up to the samples: their format, and how many bytes of them the file says there are. */
async function readHeader(reader: ByteReader): Promise<{ format: WavFormat; stated: number }> {
  let format: WavFormat | undefined;
  let at = await reader.skip(12);
  for (;;) {
    const chunk = await reader.take(8);
    at += chunk.length;
    if (chunk.length < 8) {
      throw new MusrepError('truncated-audio', `WAV: the file ends after ${at} bytes, before its data chunk.`);
    }
    const tag = tagAt(chunk, 0);
    const size = viewOf(chunk).getUint32(4, true);
    if (tag === 'data' && format === undefined) {
      throw new MusrepError('unsupported-audio', 'WAV: the data chunk comes before any format chunk.');
    }
    if (tag === 'data' && format) return { format, stated: await statedBytes(reader, size) };
    if (tag === 'fmt ') format = readFormat(viewOf(await reader.peek(Math.min(size, EXTENSIBLE_BYTES))), size);
    at += await reader.skip(size + (size % 2));
  }
}

/** Writers into a pipe leave 0 or the largest number as the size: then it is all that follows. */
async function statedBytes(reader: ByteReader, size: number): Promise<number> {
  const streamed = size === 0xffffffff || (size === 0 && (await reader.peek(1)).length > 0);
  return streamed ? Number.POSITIVE_INFINITY : size;
}

function readFormat(view: DataView, size: number): WavFormat {
  if (size < 16 || view.byteLength < Math.min(size, EXTENSIBLE_BYTES)) {
    throw new MusrepError('truncated-audio', 'WAV: the format chunk is cut short.');
  }
  const stated = view.getUint16(0, true);
  const code = stated === EXTENSIBLE && size >= 26 ? view.getUint16(24, true) : stated;
  const channels = view.getUint16(2, true);
  const sampleRate = view.getUint32(4, true);
  const bits = view.getUint16(14, true);
  const readable = (code === INTEGER && [8, 16, 24, 32].includes(bits)) || (code === FLOAT && [32, 64].includes(bits));
  if (!readable || channels === 0 || sampleRate === 0) {
    throw new MusrepError(
      'unsupported-audio',
      `WAV: expected PCM of 8, 16, 24 or 32 bits, or floats of 32 or 64. Received: format ${code}, ${bits} bits, ${channels} channels at ${sampleRate} Hz.`,
    );
  }
  return { encoding: code === FLOAT ? 'float' : 'integer', channels, sampleRate, bytesPerSample: bits / 8 };
}

function readSamples(bytes: Uint8Array, format: WavFormat): DecodedAudio {
  const { channels, bytesPerSample, sampleRate } = format;
  const read = sampleReader(viewOf(bytes), format);
  const frames = Math.floor(bytes.length / (channels * bytesPerSample));
  const planes = Array.from({ length: channels }, () => new Float32Array(frames));
  planes.forEach((plane, channel) => {
    for (let i = 0; i < frames; i++) plane[i] = read((i * channels + channel) * bytesPerSample);
  });
  return { channels: planes, sampleRate };
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function sampleReader(view: DataView, { encoding, bytesPerSample }: WavFormat): (at: number) => number {
  if (encoding === 'float') {
    return bytesPerSample === 4 ? (at) => view.getFloat32(at, true) : (at) => view.getFloat64(at, true);
  }
  switch (bytesPerSample) {
    case 1:
      return (at) => (view.getUint8(at) - 128) / 128;
    case 2:
      return (at) => view.getInt16(at, true) / 32768;
    case 3:
      return (at) => (view.getUint16(at, true) + view.getInt8(at + 2) * 65536) / 8388608;
    default:
      return (at) => view.getInt32(at, true) / 2147483648;
  }
}

function tagAt(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + 4));
}
