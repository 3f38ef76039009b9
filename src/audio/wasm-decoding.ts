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
}

/**
 * Has a decoder do its work, and frees it whatever happens. Refuses what holds no audio, and unless told otherwise what
 * could be decoded only in part.
 */
export async function decodeWith<D extends WasmDecoder>(
  format: string,
  decoder: D,
  decode: (decoder: D) => WasmDecoded | Promise<WasmDecoded>,
  options: DecodeOptions,
): Promise<DecodedAudio> {
  try {
    await decoder.ready;
    return checked(format, await quietly(() => decode(decoder)), options);
  } catch (cause) {
    if (cause instanceof MusrepError) throw cause;
    throw new MusrepError('damaged-audio', `${format}: the decoder stopped: ${reasonOf(cause)}`, { cause });
  } finally {
    free(decoder);
  }
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
let quietCalls = 0;
let consoleError = console.error;

/** The decoders print what is wrong with a file; the caller gets it as an error, and needs it once. */
export async function quietly<T>(action: () => T | Promise<T>): Promise<T> {
  if (quietCalls++ === 0) {
    consoleError = console.error;
    console.error = (...args: unknown[]) => {
      if (!OF_DECODERS.test(String(args[0]))) consoleError(...args);
    };
  }
  try {
    return await action();
  } finally {
    if (--quietCalls === 0) console.error = consoleError;
  }
}

function checked(format: string, decoded: WasmDecoded, { partial }: DecodeOptions): DecodedAudio {
  const { channelData, samplesDecoded, sampleRate, errors } = decoded;
  if (samplesDecoded === 0) throw new MusrepError('damaged-audio', `${format}: nothing of the file can be decoded.`);
  if (errors.length > 0 && !partial) {
    throw new MusrepError(
      'damaged-audio',
      `${format}: ${errors.length} frames cannot be decoded (${errors[0]?.message}). Pass { partial: true } to use the rest.`,
    );
  }
  return { channels: channelData, sampleRate };
}

/** Refuses audio that is shorter than its file says. */
export function requireComplete(format: string, { channels, sampleRate }: DecodedAudio, stated: number): void {
  const present = channels[0]?.length ?? 0;
  if (present >= stated) return;
  const seconds = (samples: number) => (samples / sampleRate).toFixed(2);
  throw new MusrepError(
    'truncated-audio',
    `${format}: the file says ${seconds(stated)} s but holds ${seconds(present)} s. Pass { partial: true } to use what is there.`,
  );
}
