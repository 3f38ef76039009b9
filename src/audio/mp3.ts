import { MusrepError } from '../core/errors.js';
import { ByteReader } from './byte-reader.js';
import type { AudioDecoder, DecodedAudio, DecodeOptions } from './decoder.js';
import { findFirstFrame, type Mp3Frame } from './mp3-frames.js';
import { FrameWalk } from './mp3-groups.js';
import { LeadIn } from './mp3-lead-in.js';
import { Mp3Timeline } from './mp3-timeline.js';
import { decodeWith, type WasmDecoded } from './wasm-decoding.js';

/** Reads MPEG audio (layers I to III) with mpg123; the encoder's delay and padding are cut where the file states them. */
export const mp3Decoder: AudioDecoder = {
  name: 'MP3',
  recognises: (start) => findFirstFrame(start) !== undefined,
  decode: decodeMp3,
};

/** What is read at once to find the first frame: more than a search looks at, with the frames that must follow. */
export const HEAD_BYTES = 73_728;

async function* decodeMp3(
  bytes: AsyncIterable<Uint8Array>,
  { partial, neededFrom }: DecodeOptions,
): AsyncGenerator<DecodedAudio> {
  const reader = new ByteReader(bytes);
  const first = findFirstFrame(await reader.peek(HEAD_BYTES)) as Mp3Frame;
  await reader.skip(first.offset);
  const { MPEGDecoder } = await import('mpg123-decoder');
  const walk = new FrameWalk(first);
  async function* decode(decoder: FrameDecoder) {
    yield* decodeNeeded(decoder, walk, reader, first, neededFrom);
    if (!partial) refuseTruncated(walk, first);
  }
  const total = first.stated === undefined ? {} : { total: first.stated.samples };
  // mpg123 would cut delay and padding by counting the frames that it gets. Frames that are damaged are passed over, as
  // every player does: junk between frames is common.
  const decoder = new MPEGDecoder({ enableGapless: false });
  for await (const piece of decodeWith('MP3', decoder, decode, { partial: true })) yield { ...piece, ...total };
}

interface FrameDecoder {
  decode(bytes: Uint8Array): WasmDecoded;
}

/** Decodes the groups of frames that are needed; of the others nothing but the headers is looked at. */
async function* decodeNeeded(
  decoder: FrameDecoder,
  walk: FrameWalk,
  reader: ByteReader,
  first: Mp3Frame,
  neededFrom: () => number,
): AsyncGenerator<WasmDecoded> {
  const timeline = new Mp3Timeline(first);
  const leadIn = new LeadIn();
  let at = 0;
  for await (const group of walk.groups(reader)) {
    if (group.samples !== undefined && timeline.audioBefore(at + group.samples) <= neededFrom()) {
      leadIn.push(group);
      at += group.samples;
      continue;
    }
    for (const bytes of leadIn.take()) decoder.decode(bytes);
    const decoded = decoder.decode(group.bytes);
    yield* timeline.audioIn(decoded, at);
    at += decoded.samplesDecoded;
  }
  const skipped = timeline.skippedBefore(at);
  yield { channelData: [], samplesDecoded: 0, sampleRate: first.sampleRate, errors: [], skipped };
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
