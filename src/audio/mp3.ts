import { MusrepError } from '../core/errors.js';
import type { AudioDecoder, DecodedAudio, DecodeOptions } from './decoder.js';
import { findFirstFrame, type Mp3Frame, parseFrame } from './mp3-frames.js';
import { decodeWith } from './wasm-decoding.js';

/** Reads MPEG audio (layers I to III) with mpg123; the encoder's delay and padding are cut where the file states them. */
export const mp3Decoder: AudioDecoder = {
  name: 'MP3',
  recognises: (bytes) => findFirstFrame(bytes) !== undefined,
  decode: decodeMp3,
};

async function decodeMp3(bytes: Uint8Array, { partial }: DecodeOptions): Promise<DecodedAudio> {
  const first = findFirstFrame(bytes) as Mp3Frame;
  if (!partial) refuseTruncated(bytes, first);
  const { MPEGDecoder } = await import('mpg123-decoder');
  // Frames that are damaged are passed over, as every player does: junk between frames is common.
  return decodeWith('MP3', new MPEGDecoder(), (decoder) => decoder.decode(bytes.subarray(first.offset)), {
    partial: true,
  });
}

/** A file is whole if its last frame is, and if there are as many frames as its header says. */
function refuseTruncated(bytes: Uint8Array, first: Mp3Frame): void {
  const { whole, end, cutOff } = walkFrames(bytes, first);
  const stated = first.statedFrames;
  const missing = stated !== undefined && whole <= stated && end + 4 > bytes.length;
  if (!cutOff && !missing) return;
  const seconds = (frames: number) => ((frames * first.samples) / first.sampleRate).toFixed(2);
  const expected = stated === undefined ? 'its last frame is cut off' : `the file says ${seconds(stated)} s`;
  throw new MusrepError(
    'truncated-audio',
    `MP3: ${expected}; ${seconds(whole)} s are whole. Pass { partial: true } to use what is there.`,
  );
}

/** How many whole frames follow one another, where they end, and whether a frame without its end comes after them. */
function walkFrames(bytes: Uint8Array, first: Mp3Frame): { whole: number; end: number; cutOff: boolean } {
  let whole = 0;
  let end = first.offset;
  for (let frame: Mp3Frame | undefined = first; frame; frame = parseFrame(bytes, end)) {
    if (frame.offset + frame.length > bytes.length) return { whole, end, cutOff: true };
    whole++;
    end = frame.offset + frame.length;
  }
  return { whole, end, cutOff: false };
}
