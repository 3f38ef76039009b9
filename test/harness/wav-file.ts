/** How a WAV file for the tests is written. */
export interface WavOptions {
  readonly format: 'u8' | 's16' | 's24' | 's32' | 'f32' | 'f64';
  readonly sampleRate?: number;
  /** Writes the header in WAVE_FORMAT_EXTENSIBLE. */
  readonly extensible?: boolean;
  /** Size that the data chunk states; the true one unless given. */
  readonly statedBytes?: number;
}

const BYTES = { u8: 1, s16: 2, s24: 3, s32: 4, f32: 4, f64: 8 } as const;

/** A WAV file with an odd-sized chunk of no meaning before its data. */
export function wavFile(channels: readonly ArrayLike<number>[], options: WavOptions): Uint8Array {
  const { format, sampleRate = 8000, extensible = false } = options;
  const bytes = BYTES[format];
  const frames = channels[0]?.length ?? 0;
  const dataBytes = frames * channels.length * bytes;
  const fmtBytes = extensible ? 40 : 16;
  const view = new DataView(new ArrayBuffer(12 + 8 + fmtBytes + 8 + 4 + 8 + dataBytes));
  const text = (at: number, value: string) => new Uint8Array(view.buffer).set(new TextEncoder().encode(value), at);
  text(0, 'RIFF');
  view.setUint32(4, view.byteLength - 8, true);
  text(8, 'WAVEfmt ');
  view.setUint32(16, fmtBytes, true);
  const code = format.startsWith('f') ? 3 : 1;
  view.setUint16(20, extensible ? 0xfffe : code, true);
  view.setUint16(22, channels.length, true);
  view.setUint32(24, sampleRate, true);
  view.setUint32(28, sampleRate * channels.length * bytes, true);
  view.setUint16(32, channels.length * bytes, true);
  view.setUint16(34, bytes * 8, true);
  if (extensible) view.setUint16(44, code, true);
  let at = 20 + fmtBytes;
  text(at, 'junk');
  view.setUint32(at + 4, 3, true);
  at += 12;
  text(at, 'data');
  view.setUint32(at + 4, options.statedBytes ?? dataBytes, true);
  at += 8;
  for (let i = 0; i < frames; i++) {
    for (const channel of channels) {
      writeSample(view, at, channel[i] as number, format);
      at += bytes;
    }
  }
  return new Uint8Array(view.buffer);
}

function writeSample(view: DataView, at: number, value: number, format: WavOptions['format']): void {
  const scaled = (full: number) => Math.max(-full, Math.min(full - 1, Math.round(value * full)));
  const write: Record<WavOptions['format'], () => void> = {
    u8: () => view.setUint8(at, scaled(128) + 128),
    s16: () => view.setInt16(at, scaled(32768), true),
    s24: () => {
      view.setUint16(at, scaled(8388608) & 0xffff, true);
      view.setInt8(at + 2, scaled(8388608) >> 16);
    },
    s32: () => view.setInt32(at, scaled(2147483648), true),
    f32: () => view.setFloat32(at, value, true),
    f64: () => view.setFloat64(at, value, true),
  };
  write[format]();
}
