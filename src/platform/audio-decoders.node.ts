import type { AudioDecoder } from '../audio/decoder.js';

/** Node decodes no audio by itself. */
export const PLATFORM_DECODERS: readonly AudioDecoder[] = [];
