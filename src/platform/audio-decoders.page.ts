import type { AudioDecoder, DecodedAudio } from '../audio/decoder.js';
import { MusrepError, reasonOf } from '../core/errors.js';
import { readAll } from './bytes.js';

/** What the page's own decoder takes: MP4 and ADTS, which hold AAC. It needs the whole file at once. */
export const PLATFORM_DECODERS: readonly AudioDecoder[] = [
  { name: 'AAC (MP4, ADTS)', recognises: (start) => rateOf(start) !== undefined, decode },
];

/** The rate at which a page plays where the file's own is not found. */
const USUAL_RATE = 48_000;

async function* decode(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<DecodedAudio> {
  const bytes = await readAll({ size: undefined, chunks });
  // The page resamples to its context's rate: at the file's own it leaves the samples as they are.
  const context = new OfflineAudioContext(1, 1, rateOf(bytes) ?? USUAL_RATE);
  try {
    const audio = await context.decodeAudioData(bytes.buffer as ArrayBuffer);
    const channels = Array.from({ length: audio.numberOfChannels }, (_, i) => audio.getChannelData(i));
    yield { channels, sampleRate: audio.sampleRate, total: audio.length };
  } catch (cause) {
    throw new MusrepError('damaged-audio', `AAC: the page cannot decode the file: ${reasonOf(cause)}`, { cause });
  }
}

/** The sample rate of an MP4 or ADTS file; undefined for others. */
function rateOf(bytes: Uint8Array): number | undefined {
  return rateOfMp4(bytes) ?? rateOfAdts(bytes);
}

const RATES = [96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8000, 7350];

/** ADTS frames begin with twelve set bits and a layer of 0, which MP3 does not have. */
function rateOfAdts([first = 0, second = 0, third = 0]: Uint8Array): number | undefined {
  return first === 0xff && (second & 0xf6) === 0xf0 ? RATES[(third >> 2) & 15] : undefined;
}

/** The entry `mp4a` describes the track; its rate is a 16.16 number. It may lie at the end of the file. */
function rateOfMp4(bytes: Uint8Array): number | undefined {
  if (textAt(bytes, 4) !== 'ftyp') return undefined;
  for (let at = bytes.indexOf(0x6d, 8); at >= 0; at = bytes.indexOf(0x6d, at + 1)) {
    if (textAt(bytes, at) !== 'mp4a' || at + 32 > bytes.length) continue;
    const rate = ((bytes[at + 28] as number) << 8) | (bytes[at + 29] as number);
    if (rate >= 8000 && rate <= 96_000) return rate;
  }
  return USUAL_RATE;
}

function textAt(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + 4));
}
