/** Samples as a file holds them. */
export interface DecodedAudio {
  /** One array a channel, of equal lengths. */
  readonly channels: readonly Float32Array[];
  /** In hertz. */
  readonly sampleRate: number;
}

export interface DecodeOptions {
  /** Use what can be read of a truncated file, instead of refusing it. */
  readonly partial: boolean;
}

/** One audio format. */
export interface AudioDecoder {
  readonly name: string;
  /** Whether the bytes, by their first few, are of this format. */
  recognises(bytes: Uint8Array): boolean;
  decode(bytes: Uint8Array, options: DecodeOptions): Promise<DecodedAudio>;
}
