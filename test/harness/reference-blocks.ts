import type { MelSpectrogramOptions } from '../../src/frontends/mel-spectrogram.js';
import * as ref from './nd.js';
import { at, type Nd, nd } from './nd.js';

/** A model's variables by name. */
export type Weights = (name: string) => Nd;

export function batchNorm(x: Nd, weights: Weights, name: string, training: boolean): Nd {
  const axes = x.shape.map((_, axis) => axis).slice(0, -1);
  const mean = training ? ref.reduce(x, axes, ref.meanOf) : weights(`${name}/moving_mean`);
  const centred = ref.zip(x, mean, (a, b) => a - b);
  const variance = training
    ? ref.reduce(
        ref.map(centred, (v) => v * v),
        axes,
        ref.meanOf,
      )
    : weights(`${name}/moving_variance`);
  const scale = ref.map(variance, (v) => 1 / Math.sqrt(v + 1e-5));
  return ref.add(ref.mul(ref.mul(centred, scale), weights(`${name}/gamma`)), weights(`${name}/beta`));
}

/** relu(batchNorm(convolution over time)), `[batch, frame, channel]`, keeping the length. */
export function conv1dNorm(x: Nd, weights: Weights, name: string, training: boolean): Nd {
  const kernel = weights(`${name}/conv/kernel`);
  const [length, inputs, filters] = kernel.shape as [number, number, number];
  const side = (length - 1) / 2;
  const [batch, frames] = x.shape as [number, number];
  const padded = ref.reshape(
    ref.pad(x, [
      [0, 0],
      [side, side],
      [0, 0],
    ]),
    [batch, 1, frames + 2 * side, inputs],
  );
  const y = ref.reshape(ref.conv2d(padded, ref.reshape(kernel, [1, length, inputs, filters])), [
    batch,
    frames,
    filters,
  ]);
  return ref.relu(batchNorm(ref.add(y, weights(`${name}/conv/bias`)), weights, `${name}/bn`, training));
}

/** By the definition: a Fourier sum for each bin of each frame, then triangles on the mel scale. */
export function melSpectrogramReference(x: Nd, config: MelSpectrogramOptions, sampleRate: number): Nd {
  const { fftSize, hopLength, center, padMode, bands, power } = config;
  const [batch, samples] = x.shape as [number, number];
  const side = center ? fftSize / 2 : 0;
  const frames = Math.floor((samples + 2 * side - fftSize) / hopLength) + 1;
  const bins = fftSize / 2 + 1;
  const sampleAt = (b: number, i: number) => {
    if (i >= 0 && i < samples) return at(x, [b, i]);
    if (padMode === 'constant') return 0;
    return at(x, [b, i < 0 ? -i : 2 * (samples - 1) - i]);
  };
  const cut = nd([batch, frames, fftSize], ([b, t, n]) =>
    sampleAt(b as number, (t as number) * hopLength + (n as number) - side),
  );
  const window = windowOf(config);
  const magnitudes = nd([batch, frames, bins], ([b, t, k]) => {
    let re = 0;
    let im = 0;
    const from = ((b as number) * frames + (t as number)) * fftSize;
    for (let n = 0; n < fftSize; n++) {
      const value = (cut.data[from + n] as number) * (window[n] as number);
      const angle = (2 * Math.PI * ((n * (k as number)) % fftSize)) / fftSize;
      re += value * Math.cos(angle);
      im -= value * Math.sin(angle);
    }
    return Math.hypot(re, im) ** power;
  });
  const mel = ref.matMul(ref.reshape(magnitudes, [batch * frames, bins]), triangles(config, sampleRate, bins));
  return ref.reshape(ref.transpose(ref.reshape(ref.map(mel, compression(config)), [batch, frames, bands]), [0, 2, 1]), [
    batch,
    bands,
    frames,
    1,
  ]);
}

function windowOf({ fftSize, windowLength }: MelSpectrogramOptions): number[] {
  const length = windowLength ?? fftSize;
  const start = (fftSize - length) / 2;
  return Array.from({ length: fftSize }, (_, n) => {
    const i = n - start;
    return i >= 0 && i < length ? Math.sin((Math.PI * i) / length) ** 2 : 0;
  });
}

function compression({ compression }: MelSpectrogramOptions): (x: number) => number {
  if (compression === 'decibel') return (x) => 10 * Math.log10(Math.max(x, 1e-10));
  return compression === 'log10' ? (x) => Math.log10(10_000 * x + 1) : (x) => x;
}

function triangles({ bands, fMin, fMax, melScale, norm }: MelSpectrogramOptions, sampleRate: number, bins: number): Nd {
  const slaneyStep = Math.log(6.4) / 27;
  const toMel = (f: number) =>
    melScale === 'htk'
      ? 2595 * Math.log10(1 + f / 700)
      : f < 1000
        ? (3 * f) / 200
        : 15 + Math.log(f / 1000) / slaneyStep;
  const toHertz = (m: number) =>
    melScale === 'htk' ? 700 * (10 ** (m / 2595) - 1) : m < 15 ? (200 * m) / 3 : 1000 * Math.exp(slaneyStep * (m - 15));
  const low = toMel(fMin);
  const high = toMel(fMax ?? sampleRate / 2);
  const edge = (i: number) => toHertz(low + ((high - low) * i) / (bands + 1));
  return nd([bins, bands], ([bin, band]) => {
    const f = ((bin as number) * sampleRate) / (2 * (bins - 1));
    const [a, b, c] = [edge(band as number), edge((band as number) + 1), edge((band as number) + 2)];
    const height = Math.max(0, Math.min((f - a) / (b - a), (c - f) / (c - b)));
    return norm === 'slaney' ? (height * 2) / (c - a) : height;
  });
}
