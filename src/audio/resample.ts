import { MusrepError } from '../core/errors.js';

/**
 * Sample-rate conversion by a polyphase windowed sinc (Kaiser window): passband to 0.913 of the lower Nyquist
 * frequency, stopband of −120 dB from there on, so that nothing is aliased.
 */
export interface Resampler {
  /** How many output samples a signal of `inputLength` samples gives. */
  outputLength(inputLength: number): number;
  /**
   * Output samples [start, start + length): computed alone, and equal to that part of the whole. What lies beyond the
   * signal's ends counts as silence.
   */
  read(input: Float32Array, start: number, length: number): Float32Array;
}

const PASSBAND = 0.913;
const ATTENUATION_DB = 120;
/** Rates in a ratio of more phases than this are interpolated between two rows, which errs by less than −110 dB. */
const MAX_ROWS = 1024;

/** @throws {@link MusrepError} `bad-option` for rates that are not whole numbers of hertz. */
export function resampler(from: number, to: number): Resampler {
  if (!Number.isInteger(from) || !Number.isInteger(to) || from < 1 || to < 1) {
    throw new MusrepError('bad-option', `Sample rates must be whole numbers of hertz. Received: ${from} and ${to}.`);
  }
  if (from === to) return { outputLength: (length) => length, read: readPadded };
  const divisor = greatestCommonDivisor(from, to);
  return polyphase(from / divisor, to / divisor);
}

/** Resamples a whole signal. */
export function resample(samples: Float32Array, from: number, to: number): Float32Array {
  const converter = resampler(from, to);
  return converter.read(samples, 0, converter.outputLength(samples.length));
}

/** Every output sample i lies at input position i·step/phases: its phase picks a row of the filter table. */
function polyphase(step: number, phases: number): Resampler {
  const rows = Math.min(phases, MAX_ROWS);
  const { table, taps } = filterTable(step / phases, rows);
  const exact = rows === phases;
  return {
    outputLength: (inputLength) => Math.ceil((inputLength * phases) / step),
    read(input, start, length) {
      const output = new Float32Array(length);
      for (let i = 0; i < length; i++) {
        const position = (start + i) * step;
        const whole = Math.floor(position / phases);
        const at = whole - taps / 2 + 1;
        const phase = ((position - whole * phases) * rows) / phases;
        const row = Math.floor(phase);
        const value = dot(input, at, table, row * taps, taps);
        const rest = phase - row;
        output[i] = exact ? value : value + rest * (dot(input, at, table, (row + 1) * taps, taps) - value);
      }
      return output;
    },
  };
}

/** One row of filter taps per phase, and a last one for the interpolation after it. */
function filterTable(ratio: number, rows: number): { table: Float64Array; taps: number } {
  const nyquist = 0.5 * Math.min(1, 1 / ratio);
  const cutoff = (nyquist * (1 + PASSBAND)) / 2;
  const transition = nyquist * (1 - PASSBAND);
  const half = Math.ceil((ATTENUATION_DB - 8) / (2.285 * 2 * Math.PI * transition) / 2);
  const beta = 0.1102 * (ATTENUATION_DB - 8.7);
  const taps = 2 * half;
  const table = new Float64Array((rows + 1) * taps);
  for (let row = 0; row <= rows; row++) {
    for (let k = 0; k < taps; k++) {
      const t = k - half + 1 - row / rows;
      table[row * taps + k] = 2 * cutoff * sinc(2 * cutoff * t) * kaiser(t / half, beta);
    }
  }
  return { table, taps };
}

function dot(input: Float32Array, at: number, table: Float64Array, row: number, taps: number): number {
  const first = Math.max(0, -at);
  const last = Math.min(taps, input.length - at);
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  let k = first;
  for (; k + 3 < last; k += 4) {
    a += (input[at + k] as number) * (table[row + k] as number);
    b += (input[at + k + 1] as number) * (table[row + k + 1] as number);
    c += (input[at + k + 2] as number) * (table[row + k + 2] as number);
    d += (input[at + k + 3] as number) * (table[row + k + 3] as number);
  }
  for (; k < last; k++) a += (input[at + k] as number) * (table[row + k] as number);
  return a + b + c + d;
}

function readPadded(input: Float32Array, start: number, length: number): Float32Array {
  const output = new Float32Array(length);
  output.set(input.subarray(start, Math.min(input.length, start + length)));
  return output;
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

function kaiser(x: number, beta: number): number {
  return Math.abs(x) >= 1 ? 0 : besselI0(beta * Math.sqrt(1 - x * x)) / besselI0(beta);
}

/** The modified Bessel function of the first kind and order zero, by its power series. */
function besselI0(x: number): number {
  let sum = 1;
  let term = 1;
  for (let k = 1; term > sum * 1e-17; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
