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

/** How a layer of the library goes on after its convolution. */
export interface ConvNormReference {
  readonly training: boolean;
  readonly order?: 'norm-activation' | 'activation-norm';
  readonly activation?: (x: Nd) => Nd;
}

/** Convolution, bias, batch normalisation and activation of images, padded as TensorFlow's `same` pads. */
export function conv2dNorm(x: Nd, weights: Weights, name: string, options: ConvNormReference): Nd {
  const { training, order = 'norm-activation', activation = ref.relu } = options;
  const kernel = weights(`${name}/conv/kernel`);
  const same = (size: number): [number, number] => [Math.floor((size - 1) / 2), Math.floor(size / 2)];
  const [height, width] = kernel.shape as [number, number];
  const padded = ref.pad(x, [[0, 0], same(height), same(width), [0, 0]]);
  const y = ref.add(ref.conv2d(padded, kernel), weights(`${name}/conv/bias`));
  const norm = (z: Nd) => batchNorm(z, weights, `${name}/bn`, training);
  return order === 'norm-activation' ? activation(norm(y)) : norm(activation(y));
}

/** The same over time, `[batch, frame, channel]`. */
export function conv1dNorm(x: Nd, weights: Weights, name: string, options: ConvNormReference): Nd {
  const [batch, frames, channels] = x.shape as [number, number, number];
  const asImage: Weights = (key) => {
    const value = weights(key);
    return key.endsWith('kernel') ? ref.reshape(value, [1, ...value.shape]) : value;
  };
  const y = conv2dNorm(ref.reshape(x, [batch, 1, frames, channels]), asImage, name, options);
  return ref.reshape(y, [batch, frames, y.shape[3] as number]);
}

/** PyTorch's GRU, one layer: gates in the order reset, update, new. */
export function gru(x: Nd, weights: Weights, name: string, layer: number): Nd {
  const [batch, frames, channels] = x.shape as [number, number, number];
  const [inputWeight, hiddenWeight] = [weights(`${name}/weight_ih_l${layer}`), weights(`${name}/weight_hh_l${layer}`)];
  const [inputBias, hiddenBias] = [weights(`${name}/bias_ih_l${layer}`), weights(`${name}/bias_hh_l${layer}`)];
  const units = hiddenWeight.shape[0] as number;
  let h = nd([batch, units], () => 0);
  const states: Nd[] = [];
  for (let t = 0; t < frames; t++) {
    const frame = ref.reshape(ref.slice(x, [0, t, 0], [batch, 1, channels]), [batch, channels]);
    const fromInput = ref.add(ref.matMul(frame, inputWeight), inputBias);
    const fromState = ref.add(ref.matMul(h, hiddenWeight), hiddenBias);
    const gate = (y: Nd, i: number) => ref.slice(y, [0, i * units], [batch, units]);
    const reset = ref.sigmoid(ref.add(gate(fromInput, 0), gate(fromState, 0)));
    const update = ref.sigmoid(ref.add(gate(fromInput, 1), gate(fromState, 1)));
    const fresh = ref.map(ref.add(gate(fromInput, 2), ref.mul(reset, gate(fromState, 2))), Math.tanh);
    h = ref.add(
      ref.zip(update, fresh, (z, n) => (1 - z) * n),
      ref.mul(update, h),
    );
    states.push(ref.reshape(h, [batch, 1, units]));
  }
  return ref.concat(states, 1);
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
