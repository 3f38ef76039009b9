import { MusrepError } from '../core/errors.js';
import type { AudioDecoder, DecodedAudio, DecodeOptions } from './decoder.js';
import { endOfId3 } from './id3.js';
import { decodeWith, requireComplete } from './wasm-decoding.js';

/** Reads FLAC, also after an ID3 tag. */
export const flacDecoder: AudioDecoder = {
  name: 'FLAC',
  recognises: (bytes) => streamStart(bytes) !== undefined,
  decode: decodeFlac,
};

async function decodeFlac(bytes: Uint8Array, options: DecodeOptions): Promise<DecodedAudio> {
  const start = streamStart(bytes) as number;
  const stated = statedSamples(bytes, start);
  const { FLACDecoder } = await import('@wasm-audio-decoders/flac');
  const audio = await decodeWith(
    'FLAC',
    new FLACDecoder(),
    (decoder) => decoder.decodeFile(bytes.subarray(start)),
    options,
  );
  if (!options.partial && stated > 0) requireComplete('FLAC', audio, stated);
  return audio;
}

function streamStart(bytes: Uint8Array): number | undefined {
  const start = endOfId3(bytes);
  return String.fromCharCode(...bytes.subarray(start, start + 4)) === 'fLaC' ? start : undefined;
}

/** The number of samples that STREAMINFO, always the first block, says; 0 for unknown. */
function statedSamples(bytes: Uint8Array, start: number): number {
  if (bytes.length < start + 42) throw new MusrepError('truncated-audio', 'FLAC: the file ends within its header.');
  const view = new DataView(bytes.buffer, bytes.byteOffset + start + 8, 34);
  return (view.getUint8(13) & 0x0f) * 2 ** 32 + view.getUint32(14);
}
