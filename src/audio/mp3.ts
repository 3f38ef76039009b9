import { MusrepError } from '../core/errors.js';
import { ByteReader } from './byte-reader.js';
import type { AudioDecoder, DecodedAudio, DecodeOptions } from './decoder.js';
import { FrameWalk, findFirstFrame, type Mp3Frame } from './mp3-frames.js';
import { decodeWith, type WasmDecoded } from './wasm-decoding.js';

/** Reads MPEG audio (layers I to III) with mpg123; the encoder's delay and padding are cut where the file states them. */
export const mp3Decoder: AudioDecoder = {
  name: 'MP3',
  recognises: (start) => findFirstFrame(start) !== undefined,
  decode: decodeMp3,
};

/** What is read at once to find the first frame: more than a search looks at, with the frames that must follow. */
export const HEAD_BYTES = 73_728;

async function* decodeMp3(bytes: AsyncIterable<Uint8Array>, { partial }: DecodeOptions): AsyncGenerator<DecodedAudio> {
  const reader = new ByteReader(bytes);
  const first = findFirstFrame(await reader.peek(HEAD_BYTES)) as Mp3Frame;
  await reader.skip(first.offset);
  const { MPEGDecoder } = await import('mpg123-decoder');
  const walk = new FrameWalk();
  async function* decode(decoder: { decode(bytes: Uint8Array): WasmDecoded }) {
    for await (const chunk of reader) {
      walk.push(chunk);
      yield decoder.decode(chunk);
    }
    if (!partial) refuseTruncated(walk, first);
  }
  const total = first.stated === undefined ? {} : { total: first.stated.samples };
  // Frames that are damaged are passed over, as every player does: junk between frames is common.
  for await (const piece of decodeWith('MP3', new MPEGDecoder(), decode, { partial: true }))
    yield { ...piece, ...total };
}

/** A file is whole if its last frame is, and if there are as many frames as its header says. */
function refuseTruncated({ whole, cutOff, endsWithFrame }: FrameWalk, { stated, samples, sampleRate }: Mp3Frame): void {
  const missing = stated !== undefined && whole <= stated.frames && endsWithFrame;
  if (!cutOff && !missing) return;
  const seconds = (frames: number) => ((frames * samples) / sampleRate).toFixed(2);
  const expected = stated === undefined ? 'its last frame is cut off' : `the file says ${seconds(stated.frames)} s`;
  throw new MusrepError(
    'truncated-audio',
    `MP3: ${expected}; ${seconds(whole)} s are whole. Pass { partial: true } to use what is there.`,
  );
}
