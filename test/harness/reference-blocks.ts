import type { MelSpectrogramOptions } from '../../src/frontends/mel-spectrogram.js';
import type { NormOrder } from '../../src/layers/conv-unit.js';
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
  readonly order?: NormOrder;
  readonly activation?: (x: Nd) => Nd;
  readonly strides?: readonly [number, number];
}

/** Convolution, bias, batch normalisation and activation of images, padded as TensorFlow's `same` pads. */
export function conv2dNorm(x: Nd, weights: Weights, name: string, options: ConvNormReference): Nd {
  const { training, order = 'norm-activation', activation = ref.relu, strides = [1, 1] } = options;
  const kernel = weights(`${name}/conv/kernel`);
  const same = (size: number): [number, number] => [Math.floor((size - 1) / 2), Math.floor(size / 2)];
  const [height, width] = kernel.shape as [number, number];
  const padded = ref.pad(x, [[0, 0], same(height), same(width), [0, 0]]);
  const y = ref.add(ref.conv2d(padded, kernel, strides), weights(`${name}/conv/bias`));
  const norm = (z: Nd) => batchNorm(z, weights, `${name}/bn`, training);
  if (order === 'activation') return activation(y);
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
  return ref.reshape(y, [batch, y.shape[2] as number, y.shape[3] as number]);
}

export interface ResidualReference {
  readonly training: boolean;
  readonly strides: readonly [number, number];
  readonly pool: readonly [number, number];
}

/** relu(conv–BN–ReLU–conv–BN(x) + shortcut(x)), pooled; the shortcut is projected where there are weights for it. */
export function residual(x: Nd, weights: Weights, name: string, { training, strides, pool }: ResidualReference): Nd {
  const convolve = (y: Nd, suffix: string, by: readonly [number, number]) => {
    const kernel = weights(`${name}/conv${suffix}/kernel`);
    const sides = kernel.shape.slice(0, 2).map((size): [number, number] => [(size - 1) / 2, (size - 1) / 2]);
    const padded = ref.pad(y, [[0, 0], sides[0] as [number, number], sides[1] as [number, number], [0, 0]]);
    const z = ref.add(ref.conv2d(padded, kernel, by), weights(`${name}/conv${suffix}/bias`));
    return batchNorm(z, weights, `${name}/bn${suffix}`, training);
  };
  const branch = convolve(ref.relu(convolve(x, '_1', strides)), '_2', [1, 1]);
  const isProjected = weights(`${name}/conv_3/kernel`) !== undefined;
  const shortcut = isProjected ? convolve(x, '_3', strides) : x;
  return ref.maxPool(ref.relu(ref.add(excited(branch, weights, name), shortcut)), pool, pool);
}

/** Squeeze and excitation, where there are weights for it. */
function excited(branch: Nd, weights: Weights, name: string): Nd {
  if (weights(`${name}/dense1/kernel`) === undefined) return branch;
  const dense = (x: Nd, one: string) =>
    ref.add(ref.matMul(x, weights(`${name}/${one}/kernel`)), weights(`${name}/${one}/bias`));
  const factors = ref.sigmoid(dense(ref.relu(dense(ref.reduce(branch, [1, 2], ref.meanOf), 'dense1')), 'dense2'));
  const [batch, channels] = factors.shape as [number, number];
  return ref.mul(branch, ref.reshape(factors, [batch, 1, 1, channels]));
}

export function layerNorm(x: Nd, weights: Weights, name: string, epsilon: number): Nd {
  const last = x.shape.length - 1;
  const centred = ref.zip(x, ref.reduce(x, [last], ref.meanOf, true), (a, b) => a - b);
  const variance = ref.reduce(ref.mul(centred, centred), [last], ref.meanOf, true);
  const normalized = ref.zip(centred, variance, (a, b) => a / Math.sqrt(b + epsilon));
  return ref.add(ref.mul(normalized, weights(`${name}/gamma`)), weights(`${name}/beta`));
}

/** A sequence by a matrix, with a bias where there is one. */
export function projected(x: Nd, weights: Weights, name: string): Nd {
  const [batch, frames, width] = x.shape as [number, number, number];
  const product = ref.matMul(ref.reshape(x, [batch * frames, width]), weights(`${name}/kernel`));
  const bias = weights(`${name}/bias`);
  const y = bias === undefined ? product : ref.add(product, bias);
  return ref.reshape(y, [batch, frames, y.shape[1] as number]);
}

/** By the definition, item by item and head by head. */
export function attention(q: Nd, k: Nd, v: Nd, heads: number): Nd {
  const [, frames, width] = q.shape as [number, number, number];
  const size = width / heads;
  return nd(q.shape, ([b, t, c]) => {
    const first = Math.floor((c as number) / size) * size;
    const scores = Array.from({ length: frames }, (_, s) => {
      let sum = 0;
      for (let d = first; d < first + size; d++)
        sum += at(q, [b as number, t as number, d]) * at(k, [b as number, s, d]);
      return sum / Math.sqrt(size);
    });
    const greatest = Math.max(...scores);
    const powers = scores.map((score) => Math.exp(score - greatest));
    const total = ref.sumOf(powers);
    return ref.sumOf(powers.map((power, s) => (power / total) * at(v, [b as number, s, c as number])));
  });
}

/** x·Φ(x), Φ by a sum of small steps of the normal density (Simpson's rule). */
export function gelu(x: Nd): Nd {
  return ref.map(x, (value) => value * (0.5 + integral((t) => Math.exp((-t * t) / 2) / Math.sqrt(2 * Math.PI), value)));
}

/** From 0 to `end`. */
function integral(f: (t: number) => number, end: number): number {
  const steps = 400;
  const h = end / steps;
  let sum = f(0) + f(end);
  for (let i = 1; i < steps; i++) sum += (i % 2 === 0 ? 2 : 4) * f(i * h);
  return (sum * h) / 3;
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

/** A Fourier sum for each bin of each frame, then triangles on the mel scale. */
export function melSpectrogramReference(x: Nd, config: MelSpectrogramOptions, sampleRate: number): Nd {
  const magnitudes = fourierMagnitudes(x, config);
  const [batch, frames, bins] = magnitudes.shape as [number, number, number];
  const mel = ref.matMul(ref.reshape(magnitudes, [batch * frames, bins]), triangles(config, sampleRate, bins));
  return ref.reshape(
    ref.transpose(ref.reshape(ref.map(mel, compression(config)), [batch, frames, config.bands]), [0, 2, 1]),
    [batch, config.bands, frames, 1],
  );
}

type Frames = Pick<MelSpectrogramOptions, 'fftSize' | 'hopLength' | 'windowLength' | 'center' | 'padMode' | 'power'>;

/** By the definition, `[batch, frame, bin]`. */
export function fourierMagnitudes(x: Nd, config: Frames): Nd {
  const { fftSize, hopLength, center, padMode, power } = config;
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
  return nd([batch, frames, bins], ([b, t, k]) => {
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
}

function windowOf({ fftSize, windowLength }: Frames): number[] {
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
