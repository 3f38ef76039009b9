/** Where an ID3v2 tag at the start of a file ends; 0 if there is none. */
export function endOfId3(bytes: Uint8Array): number {
  const isTag = bytes[0] === 0x49 && bytes[1] === 0x44 && bytes[2] === 0x33;
  if (!isTag || bytes.length < 10) return 0;
  // Seven bits a byte, so that no size looks like the start of an MP3 frame.
  return 10 + [6, 7, 8, 9].reduce((size, at) => size * 128 + ((bytes[at] as number) & 0x7f), 0);
}
