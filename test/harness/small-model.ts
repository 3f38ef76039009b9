import * as tf from '@tensorflow/tfjs-core';
import type { LayerVariable } from '@tensorflow/tfjs-layers';
import { expect } from 'vitest';
import type { AudioModel } from '../../src/core/model.js';
import { variablesOf } from '../../src/core/variables.js';
import { MusiCNN } from '../../src/models/musicnn.js';
import { unsettle } from './run-block-case.js';

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

/**
 * Gives a model's batch norms something to do, and its spectrogram the range of a trained model's, so that not all is
 * saturated.
 */
export function settle(model: AudioModel): void {
  unsettle(model.layersModel);
  const variables = variablesOf(model.layersModel);
  for (const norm of ['spec_bn', 'hstft_bn']) {
    setAll(variables.get(`${norm}/moving_mean`), -40);
    setAll(variables.get(`${norm}/moving_variance`), 900);
  }
}

function setAll(variable: LayerVariable | undefined, value: number): void {
  const values = tf.fill((variable?.shape ?? []) as number[], value);
  variable?.write(values);
  values.dispose();
}
