import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { plainPowerSpectra } from './power-spectra.js';
import { powerSpectrogram } from './power-spectrogram.js';
import { frameCount } from './stft.js';
import { useTfjsBackend } from './tfjs-backend.js';

const SPEC = { fftSize: 64, hopLength: 24, windowLength: 64, center: true, padMode: 'reflect' } as const;
const SAMPLES = 200;
const BATCH = 3;

describe.each(['cpu', 'wasm'] as const)('the power spectrogram on %s', (backend) => {
  it('is that of each waveform of a batch, which stays as it was', async () => {
    await useTfjsBackend(backend);
    const values = Float32Array.from({ length: BATCH * SAMPLES }, (_, i) => Math.sin(i * i));
    const waveforms = tf.tensor2d(values.slice(), [BATCH, SAMPLES]);
    const size = frameCount(SAMPLES, SPEC) * 33;
    const expected = new Float32Array(BATCH * size);
    for (let b = 0; b < BATCH; b++) {
      const waveform = values.subarray(b * SAMPLES, (b + 1) * SAMPLES);
      plainPowerSpectra(waveform, SPEC, expected.subarray(b * size, (b + 1) * size));
    }
    const before = tf.memory().numTensors;
    const spectrogram = powerSpectrogram(waveforms, SPEC);
    expect(tf.memory().numTensors).toBe(before + 1);
    expect(spectrogram.shape).toEqual([BATCH, 9, 33]);
    (await spectrogram.data()).forEach((value, i) => {
      expect(Math.abs(value - (expected[i] as number)) / (expected[i] as number)).toBeLessThan(1e-6);
    });
    expect(await waveforms.data()).toEqual(values);
    tf.dispose([waveforms, spectrogram]);
  });
});
