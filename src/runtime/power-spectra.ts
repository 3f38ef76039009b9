import { unpacked } from '../core/packed-bytes.js';
import { WASM } from './power-spectra-wasm.js';
import { realFft, unitRoots } from './real-fft.js';
import { frameCount, frameWindow, type StftSpec } from './stft.js';

/** Writes |STFT|² of a waveform to `power`, `[frame, bin]`. All is computed in float64. */
export type PowerSpectra = (waveform: Float32Array, spec: StftSpec, power: Float32Array) => void;

let chosen: PowerSpectra | undefined;

/** Two frames at a time where the engine can, one at a time otherwise. */
export const powerSpectra: PowerSpectra = (waveform, spec, power) => {
  chosen ??= simdPowerSpectra() ?? plainPowerSpectra;
  chosen(waveform, spec, power);
};

export const plainPowerSpectra: PowerSpectra = (waveform, spec, power) => {
  const { fftSize, hopLength } = spec;
  const signal = new Float32Array(waveform.length + 2 * sideOf(spec));
  copyStretch(waveform, spec, 0, signal);
  const fft = realFft(fftSize);
  const window = frameWindow(spec);
  const bins = fftSize / 2 + 1;
  const frames = frameCount(waveform.length, spec);
  for (let t = 0; t < frames; t++) fft.powerSpectrum(signal, t * hopLength, window, power, t * bins);
};

/** The function in C: places are addresses, in bytes. */
type Kernel = (
  signal: number,
  hopLength: number,
  count: number,
  fftSize: number,
  window: number,
  roots: number,
  room: number,
  out: number,
) => void;

/** By WebAssembly; undefined where that lacks SIMD, or a page forbids it. */
export function simdPowerSpectra(): PowerSpectra | undefined {
  try {
    const memory = new WebAssembly.Memory({ initial: 1 });
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(unpacked(WASM)), { env: { memory } });
    return onHeap(memory, exports.powerSpectra as Kernel);
  } catch {
    return undefined;
  }
}

function onHeap(memory: WebAssembly.Memory, kernel: Kernel): PowerSpectra {
  let prepared: StftSpec | undefined;
  return (waveform, spec, power) => {
    const { fftSize, hopLength } = spec;
    const places = placesOf(spec);
    growTo(memory, places.end);
    if (fftSize !== prepared?.fftSize || spec.windowLength !== prepared.windowLength) {
      writeTables(memory, places, spec);
      prepared = spec;
    }
    const bins = fftSize / 2 + 1;
    const frames = frameCount(waveform.length, spec);
    for (let t = 0; t < frames; t += places.frames) {
      const count = Math.min(places.frames, frames - t);
      const signal = new Float32Array(memory.buffer, places.signal, (count - 1) * hopLength + fftSize);
      copyStretch(waveform, spec, t * hopLength, signal);
      kernel(places.signal, hopLength, count, fftSize, places.window, places.roots, places.room, places.out);
      power.set(new Float32Array(memory.buffer, places.out, count * bins), t * bins);
    }
  };
}

const PAGE_BYTES = 65_536;
/** A clip is transformed in stretches of so many numbers, samples and powers together: they stay in the processor's cache. */
const STRETCH = 32_768;

/** What lies where in the memory, in bytes. The first three depend on the FFT's size alone. */
function placesOf({ fftSize, hopLength }: StftSpec) {
  const bins = fftSize / 2 + 1;
  const frames = 2 * Math.max(1, Math.floor(STRETCH / (hopLength + bins) / 2));
  const room = 0;
  const roots = room + 32 * fftSize;
  const window = roots + 16 * rootsNeeded(fftSize);
  const signal = window + 8 * fftSize;
  const out = signal + 4 * ((frames - 1) * hopLength + fftSize);
  return { frames, room, roots, window, signal, out, end: out + 4 * frames * bins };
}

/** Three twiddles for each of a step's butterflies, of which there are an eighth of the FFT's size. */
function rootsNeeded(fftSize: number): number {
  return (3 * fftSize) / 4;
}

function growTo(memory: WebAssembly.Memory, bytes: number): void {
  const missing = bytes - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / PAGE_BYTES));
}

function writeTables(memory: WebAssembly.Memory, places: ReturnType<typeof placesOf>, spec: StftSpec): void {
  const { fftSize } = spec;
  const roots = unitRoots(rootsNeeded(fftSize), fftSize);
  new Float64Array(memory.buffer, places.roots, roots.length).set(roots);
  // Half of it, as the module expects.
  new Float64Array(memory.buffer, places.window, fftSize).set(frameWindow(spec).map((factor) => factor / 2));
}

/** How many samples before its first and after its last the frames of a waveform reach. */
function sideOf({ fftSize, center }: StftSpec): number {
  return center ? fftSize / 2 : 0;
}

/** A part of the waveform with what lies beyond its ends: `from` counts from the first frame's beginning on. */
function copyStretch(waveform: Float32Array, spec: StftSpec, from: number, into: Float32Array): void {
  const start = from - sideOf(spec);
  const stop = start + into.length;
  const { length } = waveform;
  const first = Math.max(0, start);
  into.set(waveform.subarray(first, stop), first - start);
  const beyond = (i: number) => (spec.padMode === 'reflect' ? (waveform[i] as number) : 0);
  for (let i = start; i < 0; i++) into[i - start] = beyond(-i);
  for (let i = Math.max(length, start); i < stop; i++) into[i - start] = beyond(2 * (length - 1) - i);
}
