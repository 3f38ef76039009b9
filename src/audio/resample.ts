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
   *
   * @param origin - index, in the whole signal, of the first sample of `input`; 0 unless given.
   */
  read(input: Float32Array, start: number, length: number, origin?: number): Float32Array;
  /** The input samples, from … to (exclusive), that output samples [start, start + length) follow from. */
  inputRange(start: number, length: number): { readonly from: number; readonly to: number };
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
  if (from === to) {
    return {
      outputLength: (length) => length,
      inputRange: (start, length) => ({ from: start, to: start + length }),
      read: (input, start, length, origin = 0) => withSilence(new Float32Array(length), input, start - origin),
    };
  }
  const divisor = greatestCommonDivisor(from, to);
  const ratio = `${from / divisor}/${to / divisor}`;
  const converter = converters.get(ratio) ?? polyphase(from / divisor, to / divisor);
  converters.set(ratio, converter);
  return converter;
}

/** By ratio: a filter table takes as long as the resampling of seconds, and a catalogue has few rates. */
const converters = new Map<string, Resampler>();

/** Resamples a whole signal. */
export function resample(samples: Float32Array, from: number, to: number): Float32Array {
  const converter = resampler(from, to);
  return converter.read(samples, 0, converter.outputLength(samples.length));
}

/** Every output sample i lies at input position i·step/phases: its phase picks a row of the filter table. */
function polyphase(step: number, phases: number): Resampler {
  const exact = phases <= MAX_ROWS;
  const filter = filterTable(step / phases, exact ? phases : MAX_ROWS);
  const firstTap = (index: number) => Math.floor((index * step) / phases) - filter.taps / 2 + 1;
  return {
    outputLength: (inputLength) => Math.ceil((inputLength * phases) / step),
    inputRange: (start, length) => ({ from: firstTap(start), to: firstTap(start + length) + filter.taps }),
    read(input, start, length, origin = 0) {
      const { from, to } = this.inputRange(start, length);
      const signal = withSilence(new Float64Array(to - from), input, from - origin);
      const part: Part = { signal, origin: from, start, output: new Float32Array(length), step, phases };
      if (exact) exactPhases(part, filter);
      else betweenPhases(part, filter);
      return part.output;
    },
  };
}

/** A stretch of output to be computed. */
interface Part {
  /** The input that it needs, from sample `origin` on. */
  readonly signal: Float64Array;
  readonly origin: number;
  /** Index of the first output sample. */
  readonly start: number;
  readonly output: Float32Array;
  readonly step: number;
  readonly phases: number;
}

/** Outputs of one phase are computed together, so that each filter tap is fetched once for all of them. */
function exactPhases({ signal, origin, start, output, step, phases }: Part, { table, taps }: FilterTable): void {
  for (let first = 0; first < Math.min(phases, output.length); first++) {
    const position = (start + first) * step;
    const whole = Math.floor(position / phases);
    const row = (position - whole * phases) * taps;
    let at = whole - taps / 2 + 1 - origin;
    let i = first;
    for (; i + 7 * phases < output.length; i += 8 * phases, at += 8 * step) {
      eightOutputs(signal, at, step, table, row, taps, output, i, phases);
    }
    for (; i < output.length; i += phases, at += step) output[i] = dot(signal, at, table, row, taps);
  }
}

/** For ratios of very many phases: the outputs of the two nearest rows are interpolated. */
function betweenPhases(
  { signal, origin, start, output, step, phases }: Part,
  { table, taps, rows }: FilterTable,
): void {
  for (let i = 0; i < output.length; i++) {
    const position = (start + i) * step;
    const whole = Math.floor(position / phases);
    const at = whole - taps / 2 + 1 - origin;
    const phase = ((position - whole * phases) * rows) / phases;
    const row = Math.floor(phase);
    const below = dot(signal, at, table, row * taps, taps);
    const above = dot(signal, at, table, (row + 1) * taps, taps);
    output[i] = below + (phase - row) * (above - below);
  }
}

interface FilterTable {
  /** `[rows + 1, taps]` */
  readonly table: Float64Array;
  readonly taps: number;
  readonly rows: number;
}

/** One row of filter taps per phase, and a last one for the interpolation after it. */
function filterTable(ratio: number, rows: number): FilterTable {
  const nyquist = 0.5 * Math.min(1, 1 / ratio);
  const cutoff = (nyquist * (1 + PASSBAND)) / 2;
  const transition = nyquist * (1 - PASSBAND);
  const half = Math.ceil((ATTENUATION_DB - 8) / (2.285 * 2 * Math.PI * transition) / 2);
  const beta = 0.1102 * (ATTENUATION_DB - 8.7);
  const taps = 2 * half;
  const table = new Float64Array((rows + 1) * taps);
  const peak = besselI0(beta);
  for (let row = 0; row <= rows; row++) {
    for (let k = 0; k < taps; k++) {
      const t = k - half + 1 - row / rows;
      table[row * taps + k] =
        2 * cutoff * sinc(2 * cutoff * t) * (besselI0(beta * Math.sqrt(Math.max(0, 1 - (t / half) ** 2))) / peak);
    }
  }
  return { table, taps, rows };
}

function dot(signal: Float64Array, at: number, table: Float64Array, row: number, taps: number): number {
  let sum = 0;
  for (let k = 0; k < taps; k++) sum += (signal[at + k] as number) * (table[row + k] as number);
  return sum;
}

/** Eight dot products with one row of taps, the signal's part moving by `step` from one to the next. */
function eightOutputs(
  signal: Float64Array,
  at: number,
  step: number,
  table: Float64Array,
  row: number,
  taps: number,
  output: Float32Array,
  to: number,
  stride: number,
): void {
  let [a, b, c, d, e, f, g, h] = [0, 0, 0, 0, 0, 0, 0, 0];
  for (let k = 0, i = at; k < taps; k++, i++) {
    const tap = table[row + k] as number;
    a += tap * (signal[i] as number);
    b += tap * (signal[i + step] as number);
    c += tap * (signal[i + 2 * step] as number);
    d += tap * (signal[i + 3 * step] as number);
    e += tap * (signal[i + 4 * step] as number);
    f += tap * (signal[i + 5 * step] as number);
    g += tap * (signal[i + 6 * step] as number);
    h += tap * (signal[i + 7 * step] as number);
  }
  output[to] = a;
  output[to + stride] = b;
  output[to + 2 * stride] = c;
  output[to + 3 * stride] = d;
  output[to + 4 * stride] = e;
  output[to + 5 * stride] = f;
  output[to + 6 * stride] = g;
  output[to + 7 * stride] = h;
}

/** Fills `out`, which holds zeros, with the input from sample `from` on: silence beyond its ends. */
function withSilence<A extends Float32Array | Float64Array>(out: A, input: Float32Array, from: number): A {
  const first = Math.max(0, from);
  const last = Math.min(input.length, from + out.length);
  if (first < last) out.set(input.subarray(first, last), first - from);
  return out;
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
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
