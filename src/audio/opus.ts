import type { OggPage, OpusHeader } from 'codec-parser';
import { MusrepError, reasonOf } from '../core/errors.js';
import type { DecodedAudio, DecodeOptions } from './decoder.js';
import { wholePages } from './ogg-pages.js';
import { decodeWith, quietly } from './wasm-decoding.js';

/** Opus always decodes at this rate, in hertz. */
const RATE = 48_000;

/** Decodes an Ogg Opus stream: the pre-skip is cut, and so is what the last page says lies beyond the end. */
export async function decodeOpus(bytes: Uint8Array, options: DecodeOptions): Promise<DecodedAudio> {
  const pages = await parsePages(bytes);
  const frames = pages.flatMap((page) => page.codecFrames);
  const header = frames[0]?.header as OpusHeader | undefined;
  if (header === undefined) throw new MusrepError('damaged-audio', 'Ogg Opus: the stream holds no frames.');
  const { channels, streamCount, coupledStreamCount, channelMappingTable, preSkip, outputGain } = header;
  const { OpusDecoder } = await import('opus-decoder');
  const decoder = new OpusDecoder({ channels, streamCount, coupledStreamCount, channelMappingTable, preSkip });
  const packets = frames.map((frame) => frame.data);
  const audio = await decodeWith('Ogg Opus', decoder, (one) => one.decodeFrames(packets), options);
  const end = endOf(pages.at(-1) as OggPage, preSkip);
  return {
    sampleRate: RATE,
    channels: audio.channels.map((channel) => amplified(channel.subarray(0, end), outputGain)),
  };
}

/** The last page says how many samples there are, the pre-skip included. */
function endOf({ isLastPage, absoluteGranulePosition }: OggPage, preSkip: number): number {
  return isLastPage ? Math.max(0, Number(absoluteGranulePosition) - preSkip) : Number.POSITIVE_INFINITY;
}

async function parsePages(bytes: Uint8Array): Promise<OggPage[]> {
  const { default: CodecParser } = await import('codec-parser');
  try {
    return await quietly(() => new CodecParser<OggPage>('audio/ogg').parseAll(wholePages(bytes)));
  } catch (cause) {
    throw new MusrepError('damaged-audio', `Ogg Opus: the stream cannot be taken apart: ${reasonOf(cause)}`, { cause });
  }
}

/** The gain that the header asks every player to apply, in 256ths of a dB. */
function amplified(samples: Float32Array, gain: number): Float32Array {
  return gain === 0 ? samples : samples.map((value) => value * 10 ** (gain / 256 / 20));
}
