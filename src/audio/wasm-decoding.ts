import { MusrepError, reasonOf } from '../core/errors.js';
import type { DecodedAudio, DecodeOptions } from './decoder.js';

/** What the decoders of the wasm-audio-decoders family have in common. */
interface WasmDecoder {
  readonly ready: Promise<unknown>;
  free(): unknown;
}

/** What they give. */
export interface WasmDecoded {
  readonly channelData: Float32Array[];
  readonly samplesDecoded: number;
  readonly sampleRate: number;
  readonly errors: readonly { readonly message: string }[];
  /** Samples that were passed over before these. */
  readonly skipped?: number;
}

/**
 * Has a decoder do its work, and frees it whatever happens. Refuses what holds no audio, and unless told otherwise what
 * can be decoded only in part.
 */
export async function* decodeWith<D extends WasmDecoder>(
  format: string,
  decoder: D,
  decode: (decoder: D) => AsyncIterable<WasmDecoded>,
  options: Pick<DecodeOptions, 'partial'>,
): AsyncGenerator<DecodedAudio, void> {
  let empty = true;
  hush();
  try {
    await decoder.ready;
    for await (const decoded of decode(decoder)) {
      refuseDamaged(format, decoded, options);
      const { channelData: channels, samplesDecoded, sampleRate, skipped = 0 } = decoded;
      if (samplesDecoded + skipped === 0) continue;
      empty = false;
      yield skipped > 0 ? { channels, sampleRate, skipped } : { channels, sampleRate };
    }
  } catch (cause) {
    if (cause instanceof MusrepError) throw cause;
    throw new MusrepError('damaged-audio', `${format}: the decoder stopped: ${reasonOf(cause)}`, { cause });
  } finally {
    unhush();
    free(decoder);
  }
  if (empty) throw new MusrepError('damaged-audio', `${format}: nothing of the file can be decoded.`);
}

/** Has a decoder that takes bytes as they come take them all. */
export async function* decodeChunks(
  decoder: { decode(bytes: Uint8Array): Promise<WasmDecoded>; flush(): Promise<WasmDecoded> },
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<WasmDecoded, void> {
  for await (const chunk of chunks) yield await decoder.decode(chunk);
  yield await decoder.flush();
}

/** A damaged file may have upset the decoder's own memory; that is its instance's, and goes with it. */
function free(decoder: WasmDecoder): void {
  try {
    decoder.free();
  } catch {
    return;
  }
}

const OF_DECODERS = /^(libopus|@wasm-audio-decoders|mpg123-decoder|CodecParser)/;
let hushed = 0;
let consoleError = console.error;

/** The decoders print what is wrong with a file; the caller gets it as an error, and needs it once. */
function hush(): void {
  if (hushed++ > 0) return;
  consoleError = console.error;
  console.error = (...args: unknown[]) => {
    if (!OF_DECODERS.test(String(args[0]))) consoleError(...args);
  };
}

function unhush(): void {
  if (--hushed === 0) console.error = consoleError;
}

function refuseDamaged(format: string, { errors }: WasmDecoded, { partial }: Pick<DecodeOptions, 'partial'>): void {
  if (errors.length === 0 || partial) return;
  throw new MusrepError(
    'damaged-audio',
    `${format}: ${errors.length} frames cannot be decoded (${errors[0]?.message}). Pass { partial: true } to use the rest.`,
  );
}
