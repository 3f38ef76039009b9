import { MusrepError } from '../core/errors.js';
import { ByteReader } from './byte-reader.js';
import { type AudioDecoder, type DecodedAudio, type DecodeOptions, truncated } from './decoder.js';
import { decodeChunks, decodeWith } from './wasm-decoding.js';

/** Reads FLAC. */
export const flacDecoder: AudioDecoder = {
  name: 'FLAC',
  recognises: (start) => String.fromCharCode(...start.subarray(0, 4)) === 'fLaC',
  decode: decodeFlac,
};

async function* decodeFlac(bytes: AsyncIterable<Uint8Array>, options: DecodeOptions): AsyncGenerator<DecodedAudio> {
  const reader = new ByteReader(bytes);
  const stated = statedSamples(await reader.peek(42));
  const { FLACDecoder } = await import('@wasm-audio-decoders/flac');
  const pieces = decodeWith('FLAC', new FLACDecoder(), (decoder) => decodeChunks(decoder, reader), options);
  let present = 0;
  let rate = 0;
  for await (const piece of pieces) {
    present += piece.channels[0]?.length ?? 0;
    rate = piece.sampleRate;
    yield stated > 0 ? { ...piece, total: stated } : piece;
  }
  if (!options.partial && present < stated) throw truncated('FLAC', stated / rate, present / rate);
}

/** The number of samples that STREAMINFO, always the first block, says; 0 for unknown. */
function statedSamples(start: Uint8Array): number {
  if (start.length < 42) throw new MusrepError('truncated-audio', 'FLAC: the file ends within its header.');
  const view = new DataView(start.buffer, start.byteOffset + 8, 34);
  return (view.getUint8(13) & 0x0f) * 2 ** 32 + view.getUint32(14);
}
