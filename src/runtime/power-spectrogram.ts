import * as tf from '@tensorflow/tfjs-core';
import { computeOnHost } from './native-graph/recorder.js';
import { powerSpectra } from './power-spectra.js';
import { isFftSize } from './real-fft.js';
import { fourierBasis, frameCount, type StftSpec } from './stft.js';
import { outputOnHeap, valuesOnHeap } from './wasm-heap.js';

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
  const transform = tf.customGrad((x, save) => {
    const signals = x as tf.Tensor2D;
    (save as tf.GradSaveFunc)([signals]);
    const value = hasFastTransform(spec)
      ? (tf.engine().runKernel(KERNEL, { waveforms: signals }, { ...spec }) as tf.Tensor3D)
      : byMatrixProduct(signals, spec, basis);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]) =>
      gradient(dy as tf.Tensor3D, saved[0] as tf.Tensor2D, spec, basis);
    return { value, gradFunc };
  });
  return transform(waveforms) as tf.Tensor3D;
}

/** Whether the tfjs backend in use transforms on the host, without a Fourier matrix. */
export function hasFastTransform({ fftSize }: StftSpec): boolean {
  return isFftSize(fftSize) && HOST_BACKENDS.includes(tf.getBackend());
}

/** Registers the fast transform for the tfjs backends in main memory. */
export function registerPowerSpectrogram(): void {
  for (const backendName of HOST_BACKENDS) {
    const transform = backendName === 'wasm' ? transformOnHeap : transformOnHost;
    tf.registerKernel({
      kernelName: KERNEL,
      backendName,
      kernelFunc: ({ inputs, attrs, backend }) =>
        computeOnHost(inputs.waveforms as tf.TensorInfo, (waveforms) =>
          transform(waveforms, attrs as unknown as StftSpec, backend as HostBackend),
        ),
    });
  }
}

function transformOnHost(waveforms: tf.TensorInfo, spec: StftSpec, backend: HostBackend): tf.TensorInfo {
  const shape = outputShape(waveforms, spec);
  const power = new Float32Array(tf.util.sizeFromShape(shape));
  transformEach(backend.readSync(waveforms.dataId) as Float32Array, spec, power, shape);
  return { dataId: backend.write(power, shape, 'float32'), shape, dtype: 'float32' };
}

/** Without copies of the tensors. */
function transformOnHeap(waveforms: tf.TensorInfo, spec: StftSpec, backend: unknown): tf.TensorInfo {
  const shape = outputShape(waveforms, spec);
  const output = outputOnHeap(backend, shape);
  transformEach(valuesOnHeap(backend, waveforms), spec, valuesOnHeap(backend, output), shape);
  return output;
}

function outputShape({ shape }: tf.TensorInfo, spec: StftSpec): [number, number, number] {
  const [batch, samples] = shape as [number, number];
  return [batch, frameCount(samples, spec), spec.fftSize / 2 + 1];
}

function transformEach(waveforms: Float32Array, spec: StftSpec, power: Float32Array, shape: number[]): void {
  const [batch, frames, bins] = shape as [number, number, number];
  const samples = waveforms.length / batch;
  const size = frames * bins;
  for (let b = 0; b < batch; b++) {
    const waveform = waveforms.subarray(b * samples, (b + 1) * samples);
    powerSpectra(waveform, spec, power.subarray(b * size, (b + 1) * size));
  }
}

/** The same from ops that every tfjs backend has. */
function byMatrixProduct(waveforms: tf.Tensor2D, spec: StftSpec, basis?: tf.Tensor2D): tf.Tensor3D {
  return tf.tidy(() => {
    const { spectra, frames, batch, count } = fourierSpectra(waveforms, spec, basis);
    const bins = spec.fftSize / 2 + 1;
    const squares = tf.square(spectra);
    const real = tf.slice(squares, [0, 0], [frames, bins]);
    const imaginary = tf.slice(squares, [0, bins], [frames, bins]);
    return tf.reshape(tf.add(real, imaginary), [batch, count, bins]);
  });
}

/** The real parts, then the imaginary parts, of every frame: `[batch·frame, 2·bin]`. */
function fourierSpectra(waveforms: tf.Tensor2D, spec: StftSpec, basis?: tf.Tensor2D) {
  const [batch, samples] = waveforms.shape;
  const count = frameCount(samples, spec);
  const matrix = basis ?? tf.tensor2d(fourierBasis(spec), [spec.fftSize, spec.fftSize + 2]);
  const frames = batch * count;
  const cut = tf.reshape(overlappingFrames(extended(waveforms, spec), count, spec), [frames, spec.fftSize]);
  return { spectra: tf.matMul(cut, matrix), matrix, frames, batch, count };
}

/** With P = R² + I² and (R, I) = F·M for frames F: dF = 2·(dP∘R, dP∘I)·Mᵀ, then frames and ends are folded back. */
function gradient(dy: tf.Tensor3D, waveforms: tf.Tensor2D, spec: StftSpec, basis?: tf.Tensor2D): tf.Tensor2D {
  return tf.tidy(() => {
    const { spectra, matrix, frames, batch, count } = fourierSpectra(waveforms, spec, basis);
    const dPower = tf.reshape(dy, [frames, spec.fftSize / 2 + 1]);
    const dSpectra = tf.mul(tf.mul(tf.concat([dPower, dPower], 1), spectra), 2);
    const dFrames = tf.matMul(dSpectra, tf.transpose(matrix));
    const dExtended = overlapAdd(tf.reshape(dFrames, [batch, count, spec.fftSize]), spec);
    return foldEnds(dExtended, waveforms.shape[1], spec);
  });
}

/** The signal with what lies beyond its ends. */
function extended(waveforms: tf.Tensor2D, { fftSize, center, padMode }: StftSpec): tf.Tensor2D {
  if (!center) return waveforms;
  const [batch, samples] = waveforms.shape;
  const side = Math.floor(fftSize / 2);
  if (padMode === 'constant') return zeroPadded(waveforms, side, side);
  const before = tf.reverse(tf.slice(waveforms, [0, 1], [batch, side]), 1);
  const after = tf.reverse(tf.slice(waveforms, [0, samples - 1 - side], [batch, side]), 1);
  return tf.concat([before, waveforms, after], 1);
}

/** The transpose of `extended`: what the mirror images contribute is added to what they are images of. */
function foldEnds(signal: tf.Tensor2D, samples: number, { fftSize, center, padMode }: StftSpec): tf.Tensor2D {
  const [batch, length] = signal.shape;
  const side = center ? Math.floor(fftSize / 2) : 0;
  // Samples after the last frame have no part in it.
  const whole = zeroPadded(signal, 0, Math.max(0, samples + 2 * side - length));
  const middle = tf.slice(whole, [0, side], [batch, samples]);
  if (!center || padMode === 'constant') return middle;
  const before = tf.reverse(tf.slice(whole, [0, 0], [batch, side]), 1);
  const after = tf.reverse(tf.slice(whole, [0, side + samples], [batch, side]), 1);
  const first = zeroPadded(before, 1, samples - 1 - side);
  const last = zeroPadded(after, samples - 1 - side, 1);
  return tf.add(tf.add(middle, first), last);
}

/** Frames as columns of shifted pieces that do not overlap: slices and a concatenation, which are cheap everywhere. */
function overlappingFrames(signal: tf.Tensor2D, count: number, { fftSize, hopLength }: StftSpec): tf.Tensor3D {
  const [batch, length] = signal.shape;
  const pieces = Math.ceil(fftSize / hopLength);
  const whole = zeroPadded(signal, 0, Math.max(0, (count + pieces - 1) * hopLength - length));
  const columns = Array.from({ length: pieces }, (_, j) =>
    tf.reshape(tf.slice(whole, [0, j * hopLength], [batch, count * hopLength]), [batch, count, hopLength]),
  );
  return tf.slice(tf.concat(columns, 2), [0, 0, 0], [batch, count, fftSize]) as tf.Tensor3D;
}

/** The transpose of `overlappingFrames`. */
function overlapAdd(frames: tf.Tensor3D, { fftSize, hopLength }: StftSpec): tf.Tensor2D {
  const [batch, count] = frames.shape;
  const pieces = Math.ceil(fftSize / hopLength);
  const length = (count + pieces - 1) * hopLength;
  const whole = tf.pad(frames, [
    [0, 0],
    [0, 0],
    [0, pieces * hopLength - fftSize],
  ]);
  const shifted = Array.from({ length: pieces }, (_, j) => {
    const piece = tf.slice(whole, [0, 0, j * hopLength], [batch, count, hopLength]);
    return zeroPadded(tf.reshape(piece, [batch, count * hopLength]), j * hopLength, (pieces - 1 - j) * hopLength);
  });
  return tf.slice(
    tf.addN(shifted),
    [0, 0],
    [batch, Math.min(length, (count - 1) * hopLength + fftSize)],
  ) as tf.Tensor2D;
}

function zeroPadded(signal: tf.Tensor2D, before: number, after: number): tf.Tensor2D {
  if (before + after === 0) return signal;
  return tf.pad(signal, [
    [0, 0],
    [before, after],
  ]);
}
