import type { OggPage, OpusHeader } from 'codec-parser';
import { MusrepError, reasonOf } from '../core/errors.js';
import type { DecodedAudio, DecodeOptions } from './decoder.js';
import { decodeWith, type WasmDecoded } from './wasm-decoding.js';

/** Opus always decodes at this rate, in hertz. */
const RATE = 48_000;

/** Decodes an Ogg Opus stream: the pre-skip is cut, and so is what the last page says lies beyond the end. */
export async function* decodeOpus(
  chunks: AsyncIterable<Uint8Array>,
  options: DecodeOptions,
): AsyncGenerator<DecodedAudio> {
  const pages = parsePages(chunks);
  const { first, header } = await firstFrames(pages);
  const { channels, streamCount, coupledStreamCount, channelMappingTable, preSkip, outputGain } = header;
  const { OpusDecoder } = await import('opus-decoder');
  const decoder = new OpusDecoder({ channels, streamCount, coupledStreamCount, channelMappingTable, preSkip });
  async function* decode(one: typeof decoder) {
    let given = 0;
    for await (const page of following(first, pages)) {
      const decoded = withoutEnd(
        one.decodeFrames(page.codecFrames.map(({ data }) => data)),
        endOf(page, preSkip) - given,
      );
      given += decoded.samplesDecoded;
      yield decoded;
    }
  }
  for await (const audio of decodeWith('Ogg Opus', decoder, decode, options)) {
    yield { sampleRate: RATE, channels: audio.channels.map((channel) => amplified(channel, outputGain)) };
  }
}

async function firstFrames(pages: AsyncGenerator<OggPage>): Promise<{ first: OggPage; header: OpusHeader }> {
  for (let next = await pages.next(); !next.done; next = await pages.next()) {
    const header = next.value.codecFrames[0]?.header;
    if (header !== undefined) return { first: next.value, header: header as OpusHeader };
  }
  throw new MusrepError('damaged-audio', 'Ogg Opus: the stream holds no frames.');
}

async function* following(first: OggPage, pages: AsyncIterable<OggPage>): AsyncGenerator<OggPage> {
  yield first;
  yield* pages;
}

/** The last page says how many samples there are, the pre-skip included. */
function endOf({ isLastPage, absoluteGranulePosition }: OggPage, preSkip: number): number {
  return isLastPage ? Number(absoluteGranulePosition) - preSkip : Number.POSITIVE_INFINITY;
}

function withoutEnd(decoded: WasmDecoded, most: number): WasmDecoded {
  if (most >= decoded.samplesDecoded) return decoded;
  const samplesDecoded = Math.max(0, most);
  const channelData = decoded.channelData.map((channel) => channel.subarray(0, samplesDecoded));
  return { ...decoded, channelData, samplesDecoded };
}

async function* parsePages(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<OggPage> {
  const { default: CodecParser } = await import('codec-parser');
  const parser = new CodecParser<OggPage>('audio/ogg');
  try {
    for await (const chunk of chunks) yield* parser.parseChunk(chunk) as IterableIterator<OggPage>;
    yield* parser.flush() as IterableIterator<OggPage>;
  } catch (cause) {
    if (cause instanceof MusrepError) throw cause;
    throw new MusrepError('damaged-audio', `Ogg Opus: the stream cannot be taken apart: ${reasonOf(cause)}`, { cause });
  }
}

/** The gain that the header asks every player to apply, in 256ths of a dB. */
function amplified(samples: Float32Array, gain: number): Float32Array {
  return gain === 0 ? samples : samples.map((value) => value * 10 ** (gain / 256 / 20));
}
