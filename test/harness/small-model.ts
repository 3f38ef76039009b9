import { expect } from 'vitest';
import { MusiCNN } from '../../src/models/musicnn.js';

/** A MusiCNN that computes quickly. */
export const SMALL = { verticalFilters: 3, horizontalFilters: 2, channels: 4, hidden: 5 };
export const LABELS = ['rock', 'jazz', 'piano'] as const;
export const smallModel = () => new MusiCNN({ labels: LABELS, seed: 3, ...SMALL });

/** Seconds of a tone that swells. */
export const clipOf = (seconds: number, sampleRate = 16_000) => ({
  samples: Float32Array.from({ length: seconds * sampleRate }, (_, i) => Math.sin(i / 9) * Math.cos(i / 3001)),
  sampleRate,
});

/** What an error of the library must look like. */
export const refusal = (code: string, message: RegExp | string) =>
  expect.objectContaining({ name: 'MusrepError', code, message: expect.stringMatching(message) });
