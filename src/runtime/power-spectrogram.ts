import * as tf from '@tensorflow/tfjs-core';
import { isFftSize, realFft } from './real-fft.js';
import { fourierBasis, frameCount, frameWindow, type StftSpec } from './stft.js';

const KERNEL = 'MusrepPowerSpectrogram';

/** The tfjs backends whose tensors lie in main memory: there a fast Fourier transform beats a matrix product. */
const HOST_BACKENDS = ['cpu', 'wasm', 'tensorflow'];

/** The part of a tfjs backend that the kernel needs. */
interface HostBackend {
  readSync(dataId: object): tf.BackendValues;
  write(values: tf.BackendValues, shape: number[], dtype: tf.DataType): object;
}

/**
 * |STFT|² of waveforms, `[batch, sample]` → `[batch, frame, bin]`, differentiable.
 *
 * @param basis - the tensor of `fourierBasis(spec)`, used where there is no fast transform; made on the spot if absent.
 */
export function powerSpectrogram(waveforms: tf.Tensor2D, spec: StftSpec, basis?: tf.Tensor2D): tf.Tensor3D {
  if (!hasFastTransform(spec)) return composed(waveforms, spec, basis);
  return tf.engine().runKernel(KERNEL, { waveforms }, { ...spec }) as tf.Tensor3D;
}

/** Whether the tfjs backend in use transforms on the host, without a Fourier matrix. */
export function hasFastTransform({ fftSize }: StftSpec): boolean {
  return isFftSize(fftSize) && HOST_BACKENDS.includes(tf.getBackend());
}

/** Registers the fast transform for the tfjs backends in main memory, and its gradient. */
export function registerPowerSpectrogram(): void {
  for (const backendName of HOST_BACKENDS) {
    tf.registerKernel({
      kernelName: KERNEL,
      backendName,
      kernelFunc: ({ inputs, attrs, backend }) =>
        transformOnHost(inputs.waveforms as tf.TensorInfo, attrs as unknown as StftSpec, backend as HostBackend),
    });
  }
  tf.registerGradient({
    kernelName: KERNEL,
    inputsToSave: ['waveforms'],
    gradFunc: (dy, [waveforms], attrs) => ({
      waveforms: () =>
        tf.grad((x) => composed(x as tf.Tensor2D, attrs as unknown as StftSpec))(waveforms as tf.Tensor, dy as tf.Tensor),
    }),
  });
}

function transformOnHost(input: tf.TensorInfo, spec: StftSpec, backend: HostBackend): tf.TensorInfo {
  const [batch, samples] = input.shape as [number, number];
  const frames = frameCount(samples, spec);
  const bins = spec.fftSize / 2 + 1;
  const signals = backend.readSync(input.dataId) as Float32Array;
  const window = frameWindow(spec);
  const fft = realFft(spec.fftSize);
  const power = new Float32Array(batch * frames * bins);
  for (let b = 0; b < batch; b++) {
    const signal = padded(signals.subarray(b * samples, (b + 1) * samples), spec);
    for (let t = 0; t < frames; t++) {
      fft.powerSpectrum(signal, t * spec.hopLength, window, power, (b * frames + t) * bins);
    }
  }
  const shape = [batch, frames, bins];
  return { dataId: backend.write(power, shape, 'float32'), shape, dtype: 'float32' };
}

function padded(signal: Float32Array, { fftSize, center, padMode }: StftSpec): Float32Array {
  if (!center) return signal;
  const side = Math.floor(fftSize / 2);
  const out = new Float32Array(signal.length + 2 * side);
  out.set(signal, side);
  if (padMode === 'constant') return out;
  const last = signal.length - 1;
  for (let i = 1; i <= side; i++) {
    out[side - i] = signal[i] as number;
    out[side + last + i] = signal[last - i] as number;
  }
  return out;
}

/** The same from ops that every tfjs backend has, and whose gradients are right. */
function composed(waveforms: tf.Tensor2D, spec: StftSpec, basis?: tf.Tensor2D): tf.Tensor3D {
  return tf.tidy(() => {
    const [batch, samples] = waveforms.shape;
    const count = frameCount(samples, spec);
    const bins = spec.fftSize / 2 + 1;
    const matrix = basis ?? tf.tensor2d(fourierBasis(spec), [spec.fftSize, 2 * bins]);
    const frames = tf.reshape(overlappingFrames(mirrored(waveforms, spec), count, spec), [batch * count, spec.fftSize]);
    const squares = tf.square(tf.matMul(frames, matrix));
    const real = tf.slice(squares, [0, 0], [batch * count, bins]);
    const imaginary = tf.slice(squares, [0, bins], [batch * count, bins]);
    return tf.reshape(tf.add(real, imaginary), [batch, count, bins]);
  });
}

function mirrored(waveforms: tf.Tensor2D, { fftSize, center, padMode }: StftSpec): tf.Tensor2D {
  if (!center) return waveforms;
  const [batch, samples] = waveforms.shape;
  const side = Math.floor(fftSize / 2);
  if (padMode === 'constant') return tf.pad(waveforms, [[0, 0], [side, side]]);
  const before = tf.reverse(tf.slice(waveforms, [0, 1], [batch, side]), 1);
  const after = tf.reverse(tf.slice(waveforms, [0, samples - 1 - side], [batch, side]), 1);
  return tf.concat([before, waveforms, after], 1);
}

/**
 * Frames as columns of shifted, non-overlapping pieces: a gather would need a segment sum for its gradient,
 * which wasm lacks.
 */
function overlappingFrames(signal: tf.Tensor2D, count: number, { fftSize, hopLength }: StftSpec): tf.Tensor3D {
  const [batch, length] = signal.shape;
  const pieces = Math.ceil(fftSize / hopLength);
  const needed = (count + pieces - 1) * hopLength;
  const whole = needed > length ? tf.pad(signal, [[0, 0], [0, needed - length]]) : signal;
  const columns = Array.from({ length: pieces }, (_, j) =>
    tf.reshape(tf.slice(whole, [0, j * hopLength], [batch, count * hopLength]), [batch, count, hopLength]),
  );
  const joined = tf.concat(columns, 2);
  return tf.slice(joined, [0, 0, 0], [batch, count, fftSize]) as tf.Tensor3D;
}
