import { MusrepError } from '../core/errors.js';
import type { AudioDecoder, DecodedAudio, DecodeOptions } from './decoder.js';

/** Reads RIFF WAVE: 8-, 16-, 24- and 32-bit integers, 32- and 64-bit floats, also in WAVE_FORMAT_EXTENSIBLE. */
export const wavDecoder: AudioDecoder = {
  name: 'WAV',
  recognises: (bytes) => tagAt(bytes, 0) === 'RIFF' && tagAt(bytes, 8) === 'WAVE',
  decode: async (bytes, options) => decodeWav(bytes, options),
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

function decodeWav(bytes: Uint8Array, { partial }: DecodeOptions): DecodedAudio {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let format: WavFormat | undefined;
  for (let at = 12; at + 8 <= bytes.length; ) {
    const tag = tagAt(bytes, at);
    const size = view.getUint32(at + 4, true);
    const body = at + 8;
    if (tag === 'fmt ') format = readFormat(view, body, size);
    if (tag === 'data') {
      if (format === undefined)
        throw new MusrepError('unsupported-audio', 'WAV: the data chunk comes before any format chunk.');
      return readSamples(view, body, dataLength(bytes.length - body, size, format, partial), format);
    }
    at = body + size + (size % 2);
  }
  throw new MusrepError('truncated-audio', `WAV: the file ends after ${bytes.length} bytes, before its data chunk.`);
}

function readFormat(view: DataView, at: number, size: number): WavFormat {
  if (size < 16 || at + size > view.byteLength) {
    throw new MusrepError('truncated-audio', 'WAV: the format chunk is cut short.');
  }
  const stated = view.getUint16(at, true);
  const code = stated === EXTENSIBLE && size >= 26 ? view.getUint16(at + 24, true) : stated;
  const channels = view.getUint16(at + 2, true);
  const sampleRate = view.getUint32(at + 4, true);
  const bits = view.getUint16(at + 14, true);
  const readable = (code === INTEGER && [8, 16, 24, 32].includes(bits)) || (code === FLOAT && [32, 64].includes(bits));
  if (!readable || channels === 0 || sampleRate === 0) {
    throw new MusrepError(
      'unsupported-audio',
      `WAV: expected PCM of 8, 16, 24 or 32 bits, or floats of 32 or 64. Received: format ${code}, ${bits} bits, ${channels} channels at ${sampleRate} Hz.`,
    );
  }
  return { encoding: code === FLOAT ? 'float' : 'integer', channels, sampleRate, bytesPerSample: bits / 8 };
}

/** How many bytes of samples there are; writers into a pipe leave 0 or the largest number as the size. */
function dataLength(
  present: number,
  stated: number,
  { sampleRate, channels, bytesPerSample }: WavFormat,
  partial: boolean,
) {
  const streamed = stated === 0xffffffff || (stated === 0 && present > 0);
  if (streamed || stated <= present) return streamed ? present : stated;
  if (partial) return present;
  const seconds = (length: number) => (length / (channels * bytesPerSample * sampleRate)).toFixed(2);
  throw new MusrepError(
    'truncated-audio',
    `WAV: the file says ${seconds(stated)} s but holds ${seconds(present)} s. Pass { partial: true } to use what is there.`,
  );
}

function readSamples(view: DataView, at: number, length: number, format: WavFormat): DecodedAudio {
  const { channels, bytesPerSample, sampleRate } = format;
  const read = sampleReader(view, format);
  const frames = Math.floor(length / (channels * bytesPerSample));
  const planes = Array.from({ length: channels }, () => new Float32Array(frames));
  planes.forEach((plane, channel) => {
    for (let i = 0; i < frames; i++) plane[i] = read(at + (i * channels + channel) * bytesPerSample);
  });
  return { channels: planes, sampleRate };
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
