import type { ByteReader } from './byte-reader.js';

/** Passes over ID3v2 tags, which stand before the audio of MP3 files, and of others by mistake. */
export async function skipId3(reader: ByteReader): Promise<void> {
  for (let size = tagSize(await reader.peek(10)); size > 0; size = tagSize(await reader.peek(10))) {
    await reader.skip(size);
  }
}

function tagSize(bytes: Uint8Array): number {
  const isTag = bytes[0] === 0x49 && bytes[1] === 0x44 && bytes[2] === 0x33;
  if (!isTag || bytes.length < 10) return 0;
  // Seven bits a byte, so that no size looks like the start of an MP3 frame.
  return 10 + [6, 7, 8, 9].reduce((size, at) => size * 128 + ((bytes[at] as number) & 0x7f), 0);
}
