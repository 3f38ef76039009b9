import { readBytes } from '#platform/files';
import { readSafetensors, type Safetensors } from './safetensors.js';

/** Where weights come from: a path (Node) or URL of a safetensors file, or its bytes. */
export type WeightsSource = string | URL | ArrayBuffer | Uint8Array;

/** Reads a safetensors file. */
export async function readWeights(source: WeightsSource): Promise<Safetensors> {
  if (source instanceof Uint8Array) return readSafetensors(source);
  if (source instanceof ArrayBuffer) return readSafetensors(new Uint8Array(source));
  return readSafetensors(await readBytes(source));
}
