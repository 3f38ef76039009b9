import { unzlibSync } from 'fflate';

/** The bytes of what a script has packed into a source file: zlib, base64. */
export function unpacked(text: string): Uint8Array<ArrayBuffer> {
  const packed = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  return unzlibSync(packed) as Uint8Array<ArrayBuffer>;
}
