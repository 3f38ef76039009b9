import { MusrepError } from '../core/errors.js';
import { type DotProducts, dotProducts } from './dot-products.js';

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
/** From 384 to 8 kHz. Filters grow with the ratio, and the rate of a damaged file may be anything. */
const MAX_RATIO = 50;

/** @throws {@link MusrepError} `bad-option` for rates that are not whole numbers of hertz, or very far apart. */
export function resampler(from: number, to: number): Resampler {
  if (!Number.isInteger(from) || !Number.isInteger(to) || from < 1 || to < 1) {
    throw new MusrepError('bad-option', `Sample rates must be whole numbers of hertz. Received: ${from} and ${to}.`);
  }
  if (Math.max(from, to) > MAX_RATIO * Math.min(from, to)) {
    throw new MusrepError(
      'bad-option',
      `Sample rates must be within a factor of ${MAX_RATIO}. Received: ${from} and ${to}.`,
    );
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

/** Input samples that are worked on at once, filter taps aside. */
const BLOCK = 65_536;

/** Every output sample i lies at input position i·step/phases: its phase picks a row of the filter table. */
function polyphase(step: number, phases: number): Resampler {
  const exact = phases <= MAX_ROWS;
  const filter = filterTable(step / phases, exact ? phases : MAX_ROWS);
  const bench = workbench(filter, step, phases);
  const firstTap = (index: number) => Math.floor((index * step) / phases) - filter.taps / 2 + 1;
  const inputRange = (start: number, length: number) => ({
    from: firstTap(start),
    to: firstTap(start + length) + filter.taps,
  });
  return {
    outputLength: (inputLength) => Math.ceil((inputLength * phases) / step),
    inputRange,
    read(input, start, length, origin = 0) {
      const output = new Float32Array(length);
      for (let done = 0; done < length; done += bench.most) {
        const part = { start: start + done, length: Math.min(bench.most, length - done), step, phases };
        const { from, to } = inputRange(part.start, part.length);
        withSilence(bench.signal(to - from), input, from - origin);
        if (exact) exactPhases(part, from, filter, bench);
        else betweenPhases(part, from, filter, bench);
        output.set(bench.output(part.length), done);
      }
      return output;
    },
  };
}

/** One heap: the filter's taps, then the signal, then the output, then one number more. */
interface Workbench extends DotProducts {
  /** How many output samples there is room for. */
  readonly most: number;
  readonly signalAt: number;
  readonly outputAt: number;
  readonly spare: number;
  signal(length: number): Float32Array;
  output(length: number): Float32Array;
}

function workbench({ table, taps }: FilterTable, step: number, phases: number): Workbench {
  const most = Math.max(1, Math.floor((BLOCK * phases) / step));
  const signalAt = table.length;
  const outputAt = signalAt + Math.max(BLOCK, Math.ceil(step / phases)) + taps + 1;
  const spare = outputAt + most;
  const { heap, dots } = dotProducts(spare + 1);
  heap.set(table);
  return {
    heap,
    dots,
    most,
    signalAt,
    outputAt,
    spare,
    signal: (length) => heap.subarray(signalAt, signalAt + length),
    output: (length) => heap.subarray(outputAt, outputAt + length),
  };
}

/** A stretch of output to be computed. */
interface Part {
  /** Index of its first sample. */
  readonly start: number;
  readonly length: number;
  readonly step: number;
  readonly phases: number;
}

/** Outputs of one phase have their row of taps in common; `from` is the index of the first input sample on the bench. */
function exactPhases({ start, length, step, phases }: Part, from: number, { taps }: FilterTable, bench: Workbench) {
  for (let first = 0; first < Math.min(phases, length); first++) {
    const position = (start + first) * step;
    const whole = Math.floor(position / phases);
    const signal = bench.signalAt + whole - taps / 2 + 1 - from;
    const row = (position - whole * phases) * taps;
    bench.dots(signal, step, row, taps, bench.outputAt + first, phases, Math.ceil((length - first) / phases));
  }
}

/** For ratios of very many phases: the outputs of the two nearest rows are interpolated. */
function betweenPhases({ start, length, step, phases }: Part, from: number, filter: FilterTable, bench: Workbench) {
  const { taps, rows } = filter;
  const { heap, outputAt, spare } = bench;
  for (let i = 0; i < length; i++) {
    const position = (start + i) * step;
    const whole = Math.floor(position / phases);
    const signal = bench.signalAt + whole - taps / 2 + 1 - from;
    const phase = ((position - whole * phases) * rows) / phases;
    const row = Math.floor(phase);
    bench.dots(signal, 0, row * taps, taps, outputAt + i, 1, 1);
    bench.dots(signal, 0, (row + 1) * taps, taps, spare, 1, 1);
    const below = heap[outputAt + i] as number;
    heap[outputAt + i] = below + (phase - row) * ((heap[spare] as number) - below);
  }
}

interface FilterTable {
  /** `[rows + 1, taps]` */
  readonly table: Float32Array;
  /** A multiple of four. */
  readonly taps: number;
  readonly rows: number;
}

/** One row of filter taps per phase, and a last one for the interpolation after it. */
function filterTable(ratio: number, rows: number): FilterTable {
  const nyquist = 0.5 * Math.min(1, 1 / ratio);
  const cutoff = (nyquist * (1 + PASSBAND)) / 2;
  const transition = nyquist * (1 - PASSBAND);
  const half = 2 * Math.ceil((ATTENUATION_DB - 8) / (2.285 * 2 * Math.PI * transition) / 4);
  const beta = 0.1102 * (ATTENUATION_DB - 8.7);
  const taps = 2 * half;
  const table = new Float32Array((rows + 1) * taps);
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

/** Fills `out` with the input from sample `from` on: silence beyond its ends. */
function withSilence(out: Float32Array, input: Float32Array, from: number): Float32Array {
  out.fill(0);
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
