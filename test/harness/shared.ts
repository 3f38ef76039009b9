import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { loadAudio } from '../../src/audio/load-audio.js';
import { type NamedTensor, readSafetensors } from '../../src/io/safetensors.js';

const SHARED = resolve(import.meta.dirname, '../../../shared');

/** Whether the reference data lies beside the project; tests that need it are skipped where it does not. */
export const HAS_SHARED = existsSync(SHARED);

/** For the tests' titles. */
export const WITH_SHARED = HAS_SHARED ? '' : ' (skipped: no ../shared beside the project)';

export const sharedPath = (path: string): string => resolve(SHARED, path);

export function readGolden<T>(name: string): T {
  return JSON.parse(readFileSync(sharedPath(`reference/golden/${name}.json`), 'utf8')) as T;
}

export function readTensors(path: string): ReadonlyMap<string, NamedTensor> {
  return readSafetensors(readFileSync(sharedPath(`reference/${path}.safetensors`))).tensors;
}

export const referenceClip = (name: string) => loadAudio(sharedPath(`reference/audio/${name}`));

/** What a golden file says of a large array. */
export interface Summary {
  readonly shape: readonly number[];
  readonly max: number;
  readonly min: number;
  readonly l2: number;
  readonly sample: { readonly values: readonly number[] };
}

/** The values at the places that a summary's sample was taken from. */
export function sampleLike(values: ArrayLike<number>, { sample }: Summary): number[] {
  const count = sample.values.length;
  return sample.values.map((_, i) => values[Math.floor((i * values.length) / count)] as number);
}
