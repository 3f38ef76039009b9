import { MusrepError } from '../core/errors.js';
import { ByteReader } from './byte-reader.js';
import type { AudioDecoder, DecodedAudio, DecodeOptions } from './decoder.js';
import { type OggCodec, type OggPage, oggCodec, oggPages } from './ogg-pages.js';
import { decodeOpus } from './opus.js';
import { decodeChunks, decodeWith } from './wasm-decoding.js';

/** Reads Ogg with Vorbis, Opus or FLAC inside, chained files too. */
export const oggDecoder: AudioDecoder = {
  name: 'Ogg (Vorbis, Opus, FLAC)',
  recognises: (start) => oggCodec(start) !== undefined,
  decode: decodeOgg,
};

const CODECS: Record<
  OggCodec,
  (link: AsyncIterable<Uint8Array>, options: DecodeOptions) => AsyncIterable<DecodedAudio>
> = {
  async *Vorbis(link, options) {
    const { OggVorbisDecoder } = await import('@wasm-audio-decoders/ogg-vorbis');
    yield* decodeWith('Ogg Vorbis', new OggVorbisDecoder(), (decoder) => decodeChunks(decoder, link), options);
  },
  Opus: decodeOpus,
  async *FLAC(link, options) {
    const { FLACDecoder } = await import('@wasm-audio-decoders/flac');
    yield* decodeWith('Ogg FLAC', new FLACDecoder(), (decoder) => decodeChunks(decoder, link), options);
  },
};

async function* decodeOgg(bytes: AsyncIterable<Uint8Array>, options: DecodeOptions): AsyncGenerator<DecodedAudio> {
  const chain = new Chain(oggPages(new ByteReader(bytes)), options);
  while (await chain.hasNext()) {
    const codec = oggCodec((chain.next as OggPage).bytes);
    if (codec === undefined) throw new MusrepError('unsupported-audio', 'Ogg: a stream of a codec that is not read.');
    try {
      yield* CODECS[codec](chain.link(codec), options);
    } catch (error) {
      // What is missing may be all there was to decode.
      if (!options.partial && !(await chain.hasNext())) chain.refuseTruncated();
      throw error;
    }
  }
  if (!options.partial) chain.refuseTruncated();
}

/** An Ogg file may hold several streams one after the other: the links of a chain. */
class Chain {
  /** Whether the last page was marked as the last. */
  private isComplete = false;
  /** The page that comes next, once asked for. */
  next: OggPage | undefined;

  constructor(
    private readonly pages: AsyncGenerator<OggPage>,
    private readonly options: DecodeOptions,
  ) {}

  async hasNext(): Promise<boolean> {
    if (this.next !== undefined) return true;
    const result = await this.pages.next();
    if (!result.done) this.next = result.value;
    return !result.done;
  }

  /** The pages up to one that begins another link; a stream may begin with several such pages. */
  async *link(codec: OggCodec): AsyncGenerator<Uint8Array> {
    for (let beginning = true; await this.hasNext(); ) {
      const page = this.next as OggPage;
      if (page.begins && !beginning) return;
      if (!page.follows && !this.options.partial) {
        throw new MusrepError(
          'damaged-audio',
          'Ogg: bytes between two pages belong to neither. Pass { partial: true } to use the rest.',
        );
      }
      beginning = page.begins;
      this.isComplete = page.ends;
      this.next = undefined;
      // Of half a packet Opus makes noise; the others leave it out by themselves.
      if (page.whole || codec !== 'Opus') yield page.bytes;
    }
  }

  refuseTruncated(): void {
    if (this.isComplete) return;
    throw new MusrepError(
      'truncated-audio',
      'Ogg: the file ends before its last page. Pass { partial: true } to use what is there.',
    );
  }
}
