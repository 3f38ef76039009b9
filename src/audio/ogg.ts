import { MusrepError } from '../core/errors.js';
import type { AudioDecoder, DecodedAudio, DecodeOptions } from './decoder.js';
import { type OggCodec, oggCodec, oggIsComplete, oggLinks } from './ogg-pages.js';
import { decodeOpus } from './opus.js';
import { decodeWith } from './wasm-decoding.js';

/** Reads Ogg with Vorbis, Opus or FLAC inside, chained files too. */
export const oggDecoder: AudioDecoder = {
  name: 'Ogg (Vorbis, Opus, FLAC)',
  recognises: (bytes) => oggCodec(bytes) !== undefined,
  decode: decodeOgg,
};

const CODECS: Record<OggCodec, (link: Uint8Array, options: DecodeOptions) => Promise<DecodedAudio>> = {
  Vorbis: async (link, options) => {
    const { OggVorbisDecoder } = await import('@wasm-audio-decoders/ogg-vorbis');
    return decodeWith('Ogg Vorbis', new OggVorbisDecoder(), (decoder) => decoder.decodeFile(link), options);
  },
  Opus: decodeOpus,
  FLAC: async (link, options) => {
    const { FLACDecoder } = await import('@wasm-audio-decoders/flac');
    return decodeWith('Ogg FLAC', new FLACDecoder(), (decoder) => decoder.decodeFile(link), options);
  },
};

async function decodeOgg(bytes: Uint8Array, options: DecodeOptions): Promise<DecodedAudio> {
  if (!options.partial && !oggIsComplete(bytes)) {
    throw new MusrepError(
      'truncated-audio',
      'Ogg: the file ends before its last page. Pass { partial: true } to use what is there.',
    );
  }
  const links: DecodedAudio[] = [];
  for (const link of oggLinks(bytes)) {
    const codec = oggCodec(link);
    if (codec === undefined) throw new MusrepError('unsupported-audio', 'Ogg: a stream of a codec that is not read.');
    links.push(await CODECS[codec](link, options));
  }
  return chained(links);
}

/** One after the other; a chain that changes its rate or its channels is not one piece of audio. */
function chained(links: readonly DecodedAudio[]): DecodedAudio {
  const [first] = links as [DecodedAudio, ...DecodedAudio[]];
  if (links.length === 1) return first;
  const alike = (one: DecodedAudio) =>
    one.sampleRate === first.sampleRate && one.channels.length === first.channels.length;
  if (!links.every(alike)) {
    throw new MusrepError(
      'unsupported-audio',
      'Ogg: the streams of this chained file differ in sample rate or channels.',
    );
  }
  const length = links.reduce((sum, { channels }) => sum + (channels[0]?.length ?? 0), 0);
  const channels = first.channels.map((_, channel) => {
    const joined = new Float32Array(length);
    let at = 0;
    for (const link of links) {
      joined.set(link.channels[channel] as Float32Array, at);
      at += link.channels[channel]?.length ?? 0;
    }
    return joined;
  });
  return { channels, sampleRate: first.sampleRate };
}
