import * as tf from '@tensorflow/tfjs-core';
import { model as layersModelOf, type SymbolicTensor, input as tfInput } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { LayerFactory } from '../../src/core/layer-factory.js';
import { type MelSpectrogramOptions, melSpectrogram } from '../../src/frontends/mel-spectrogram.js';
import { requireClose } from '../harness/compare.js';
import { HAS_SHARED, readTensors, referenceClip, WITH_SHARED } from '../harness/shared.js';
import { AVAILABLE, ON_BACKEND, startBackend } from '../harness/tfjs-backend.js';

const CLIPS = ['cityblues', 'freezingpoint'];

describe.skipIf(!HAS_SHARED || !AVAILABLE)(`log-mel equals the original ${ON_BACKEND}${WITH_SHARED}`, () => {
  beforeAll(startBackend);

  for (const clip of CLIPS) {
    it(`3 s of ${clip}`, async () => {
      const reference = readTensors(`golden/logmel96_48000__${clip}`).get('logmel')?.values as Float32Array;
      requireDecibelsClose(await melOf(clip, 48_000, {}), reference);
    });

    it(`29 s of ${clip}, the ends`, async () => {
      const golden = readTensors(`golden/logmel96_464000__${clip}`);
      const mel = await melOf(clip, 464_000, {});
      const frames = 1813;
      const columns = (from: number, count: number) =>
        Float32Array.from(
          { length: 96 * count },
          (_, i) => mel[Math.floor(i / count) * frames + from + (i % count)] as number,
        );
      requireDecibelsClose(columns(0, 256), golden.get('first256')?.values as Float32Array);
      requireDecibelsClose(columns(frames - 64, 64), golden.get('last64')?.values as Float32Array);
    });

    it(`Slaney's scale and norm, log10, ${clip}`, async () => {
      const reference = readTensors(`golden/logmel96_musicnntf__${clip}`).get('logmel_patch0_float32')?.values;
      const mel = await melOf(clip, 480_000, { melScale: 'slaney', norm: 'slaney', compression: 'log10' });
      const frames = 1876;
      const patch = Float32Array.from(
        { length: 187 * 96 },
        (_, i) => mel[(i % 96) * frames + Math.floor(i / 96)] as number,
      );
      requireClose('patch', patch, reference as Float32Array, 1e-4);
    });
  }
});

async function melOf(
  clipName: string,
  samples: number,
  options: Partial<MelSpectrogramOptions>,
): Promise<Float32Array> {
  const clip = await referenceClip(`${clipName}.16k.f32.wav`);
  const block = melSpectrogram({ ...options, batchNorm: false });
  const x = tfInput({ shape: [samples] });
  const layers = new LayerFactory(0, () => block.name);
  const feature = { kind: 'waveform', samples, sampleRate: 16_000 } as const;
  const mel = layersModelOf({
    inputs: x,
    outputs: block.build(x, { input: feature, waveform: x, layers }) as SymbolicTensor,
  });
  const output = tf.tidy(() => mel.apply(tf.tensor2d(clip.samples.slice(0, samples), [1, samples])) as tf.Tensor);
  const values = (await output.data()) as Float32Array;
  output.dispose();
  mel.dispose();
  return values;
}

/** As the reference data's NOTES state: 5e-3 dB above −60 dB, 0.3 dB below. */
function requireDecibelsClose(values: Float32Array, reference: Float32Array): void {
  expect(values.length).toBe(reference.length);
  let loud = 0;
  let quiet = 0;
  reference.forEach((expected, i) => {
    const difference = Math.abs((values[i] as number) - expected);
    if (expected > -60) loud = Math.max(loud, difference);
    else quiet = Math.max(quiet, difference);
  });
  expect(loud).toBeLessThan(5e-3);
  expect(quiet).toBeLessThan(0.3);
}
