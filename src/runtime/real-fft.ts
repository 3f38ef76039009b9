/**
 * The power spectrum of one real frame, by a complex radix-4 transform of half its length.
 * Everything is computed in float64: bands close to silence keep their value next to loud ones.
 */
export interface RealFft {
  readonly size: number;
  /** Writes |X[k]|², k = 0 … size/2, of the windowed frame at `from` to `out` at `to`. */
  powerSpectrum(signal: Float32Array, from: number, window: Float64Array, out: Float32Array, to: number): void;
}

interface Stage {
  /** Distance between the four legs of a butterfly, in complex numbers. */
  readonly leg: number;
  /** Per butterfly the factors of its second, third and fourth leg: re, im, re, im, re, im. */
  readonly twiddles: Float64Array;
}

/** A plan for frames of `size` samples, a power of two of at least 8. */
export function realFft(size: number): RealFft {
  const half = size / 2;
  const order = bitReversal(half);
  const firstLeg = Math.log2(half) % 2 === 0 ? 4 : 2;
  const stages: Stage[] = [];
  for (let leg = firstLeg; leg < half; leg *= 4) stages.push({ leg, twiddles: stageTwiddles(leg) });
  const unpack = unitRoots(half + 1, size);
  const z = new Float64Array(size);

  return {
    size,
    powerSpectrum(signal, from, window, out, to) {
      loadWindowed(z, order, signal, from, window);
      if (firstLeg === 4) firstRadix4(z);
      else firstRadix2(z);
      for (const stage of stages) radix4(z, stage);
      writePower(z, unpack, out, to);
    },
  };
}

export function isFftSize(size: number): boolean {
  return size >= 8 && Number.isInteger(Math.log2(size));
}

function bitReversal(length: number): Uint32Array {
  const bits = Math.log2(length);
  return Uint32Array.from({ length }, (_, i) => {
    let reversed = 0;
    for (let bit = 0; bit < bits; bit++) if ((i >> bit) & 1) reversed |= 1 << (bits - 1 - bit);
    return reversed;
  });
}

/** e^(−2πi·k/period) for k below `count`, as re, im pairs. */
export function unitRoots(count: number, period: number): Float64Array {
  const roots = new Float64Array(2 * count);
  for (let k = 0; k < count; k++) {
    roots[2 * k] = Math.cos((2 * Math.PI * k) / period);
    roots[2 * k + 1] = -Math.sin((2 * Math.PI * k) / period);
  }
  return roots;
}

function stageTwiddles(leg: number): Float64Array {
  const roots = unitRoots(4 * leg, 4 * leg);
  const twiddles = new Float64Array(6 * leg);
  for (let j = 0; j < leg; j++) {
    [2 * j, j, 3 * j].forEach((power, slot) => {
      twiddles[6 * j + 2 * slot] = roots[2 * power] as number;
      twiddles[6 * j + 2 * slot + 1] = roots[2 * power + 1] as number;
    });
  }
  return twiddles;
}

// The loops below read typed arrays within their bounds: the casts only tell the compiler so.

function loadWindowed(z: Float64Array, order: Uint32Array, signal: Float32Array, from: number, window: Float64Array) {
  for (let i = 0; i < order.length; i++) {
    const r = 2 * (order[i] as number);
    z[2 * i] = (signal[from + r] as number) * (window[r] as number);
    z[2 * i + 1] = (signal[from + r + 1] as number) * (window[r + 1] as number);
  }
}

function firstRadix2(z: Float64Array): void {
  for (let o = 0; o < z.length; o += 4) {
    const ar = z[o] as number;
    const ai = z[o + 1] as number;
    const br = z[o + 2] as number;
    const bi = z[o + 3] as number;
    z[o] = ar + br;
    z[o + 1] = ai + bi;
    z[o + 2] = ar - br;
    z[o + 3] = ai - bi;
  }
}

function firstRadix4(z: Float64Array): void {
  for (let o = 0; o < z.length; o += 8) {
    const ar = (z[o] as number) + (z[o + 2] as number);
    const ai = (z[o + 1] as number) + (z[o + 3] as number);
    const br = (z[o] as number) - (z[o + 2] as number);
    const bi = (z[o + 1] as number) - (z[o + 3] as number);
    const cr = (z[o + 4] as number) + (z[o + 6] as number);
    const ci = (z[o + 5] as number) + (z[o + 7] as number);
    const dr = (z[o + 4] as number) - (z[o + 6] as number);
    const di = (z[o + 5] as number) - (z[o + 7] as number);
    z[o] = ar + cr;
    z[o + 1] = ai + ci;
    z[o + 2] = br + di;
    z[o + 3] = bi - dr;
    z[o + 4] = ar - cr;
    z[o + 5] = ai - ci;
    z[o + 6] = br - di;
    z[o + 7] = bi + dr;
  }
}

function radix4(z: Float64Array, { leg, twiddles: t }: Stage): void {
  const step = 2 * leg;
  for (let group = 0; group < z.length; group += 4 * step) {
    for (let j = 0, q = 0, a = group; j < leg; j++, q += 6, a += 2) {
      const b = a + step;
      const c = b + step;
      const d = c + step;
      const ar = z[a] as number;
      const ai = z[a + 1] as number;
      const br = (z[b] as number) * (t[q] as number) - (z[b + 1] as number) * (t[q + 1] as number);
      const bi = (z[b] as number) * (t[q + 1] as number) + (z[b + 1] as number) * (t[q] as number);
      const cr = (z[c] as number) * (t[q + 2] as number) - (z[c + 1] as number) * (t[q + 3] as number);
      const ci = (z[c] as number) * (t[q + 3] as number) + (z[c + 1] as number) * (t[q + 2] as number);
      const dr = (z[d] as number) * (t[q + 4] as number) - (z[d + 1] as number) * (t[q + 5] as number);
      const di = (z[d] as number) * (t[q + 5] as number) + (z[d + 1] as number) * (t[q + 4] as number);
      z[a] = ar + br + cr + dr;
      z[a + 1] = ai + bi + ci + di;
      z[c] = ar + br - cr - dr;
      z[c + 1] = ai + bi - ci - di;
      z[b] = ar - br + ci - di;
      z[b + 1] = ai - bi - cr + dr;
      z[d] = ar - br - ci + di;
      z[d + 1] = ai - bi + cr - dr;
    }
  }
}

/** Splits the transform of (even + i·odd samples) into that of the real signal, and squares it. */
function writePower(z: Float64Array, unpack: Float64Array, out: Float32Array, to: number): void {
  const half = z.length / 2;
  out[to] = ((z[0] as number) + (z[1] as number)) ** 2;
  out[to + half] = ((z[0] as number) - (z[1] as number)) ** 2;
  for (let k = 1, q = half - 1; k <= q; k++, q--) {
    const kr = z[2 * k] as number;
    const ki = z[2 * k + 1] as number;
    const qr = z[2 * q] as number;
    const qi = z[2 * q + 1] as number;
    const evenR = (kr + qr) / 2;
    const evenI = (ki - qi) / 2;
    const oddR = (ki + qi) / 2;
    const oddI = (qr - kr) / 2;
    const wr = unpack[2 * k] as number;
    const wi = unpack[2 * k + 1] as number;
    const turnedR = oddR * wr - oddI * wi;
    const turnedI = oddR * wi + oddI * wr;
    out[to + k] = (evenR + turnedR) ** 2 + (evenI + turnedI) ** 2;
    out[to + q] = (evenR - turnedR) ** 2 + (evenI - turnedI) ** 2;
  }
}
