import { describe, expect, it } from 'vitest';
import { type PowerSpectra, plainPowerSpectra, simdPowerSpectra } from './power-spectra.js';
import { frameCount, frameWindow, type StftSpec } from './stft.js';

const simd = simdPowerSpectra() as PowerSpectra;
const UNCENTRED = { center: false, padMode: 'constant' } as const;
const MIRRORED = { center: true, padMode: 'reflect' } as const;
const PADDINGS = [UNCENTRED, MIRRORED, { center: true, padMode: 'constant' }] as const;

function noise(length: number, amplitude = 1): Float32Array {
  let state = 1;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return amplitude * (state / 2 ** 31 - 1);
  });
}

function spectraBy(compute: PowerSpectra, waveform: Float32Array, spec: StftSpec): Float32Array {
  const power = new Float32Array(frameCount(waveform.length, spec) * (spec.fftSize / 2 + 1));
  compute(waveform, spec, power);
  return power;
}

/** By the definition, in float64. */
function definition(waveform: Float32Array, spec: StftSpec): Float64Array {
  const { fftSize, hopLength } = spec;
  const bins = fftSize / 2 + 1;
  const window = frameWindow(spec);
  return Float64Array.from({ length: frameCount(waveform.length, spec) * bins }, (_, i) => {
    const from = Math.floor(i / bins) * hopLength;
    const k = i % bins;
    let [re, im] = [0, 0];
    window.forEach((factor, n) => {
      const angle = (2 * Math.PI * ((n * k) % fftSize)) / fftSize;
      re += factor * (waveform[from + n] as number) * Math.cos(angle);
      im += factor * (waveform[from + n] as number) * Math.sin(angle);
    });
    return re * re + im * im;
  });
}

/** Up to the rounding of the power to float32, and of the numbers it is made of to float64, 1e-14 of the greatest. */
function requireSame(values: Float32Array, expected: ArrayLike<number>, what: string): void {
  expect(values.length, what).toBe(expected.length);
  const greatest = Math.sqrt(Array.from(expected).reduce((most, value) => Math.max(most, value), 0));
  values.forEach((value, i) => {
    const power = expected[i] as number;
    const allowed = 2 ** -23 * power + 1e-14 * greatest * (2 * Math.sqrt(power) + 1e-14 * greatest);
    if (!(Math.abs(value - power) <= allowed)) expect(value, `${what}, number ${i}`).toBe(power);
  });
}

describe.each([
  { where: 'in TypeScript', compute: plainPowerSpectra },
  { where: 'in WebAssembly', compute: simd },
])('power spectra $where', ({ compute }) => {
  it.each([8, 16, 32, 64, 128, 256, 512])('are those of the definition, FFT size %i', (fftSize) => {
    const spec = { fftSize, hopLength: fftSize / 2 + 1, windowLength: fftSize - 2, ...UNCENTRED };
    const waveform = noise(3 * fftSize);
    requireSame(spectraBy(compute, waveform, spec), definition(waveform, spec), `size ${fftSize}`);
  });

  it('mirror what is before the first sample and behind the last, or have silence there', () => {
    const spec = { fftSize: 8, hopLength: 3, windowLength: 8 };
    const waveform = Float32Array.of(1, -2, 4, -8, 16, -32, 64);
    const mirrored = Float32Array.of(16, -8, 4, -2, 1, -2, 4, -8, 16, -32, 64, -32, 16, -8, 4);
    const silent = Float32Array.of(0, 0, 0, 0, ...waveform, 0, 0, 0, 0);
    for (const [padMode, extended] of [['reflect', mirrored] as const, ['constant', silent] as const]) {
      const values = spectraBy(compute, waveform, { ...spec, center: true, padMode });
      requireSame(values, definition(extended, { ...spec, ...UNCENTRED }), padMode);
    }
  });

  it('keep what is quiet beside what is loud, in a frame and in the next', () => {
    const spec = { fftSize: 512, hopLength: 512, windowLength: 512, ...UNCENTRED };
    const waveform = noise(1024, 1e-9);
    const alone = spectraBy(compute, waveform.slice(0, 512), spec);
    waveform.fill(1e6, 512);
    expect(spectraBy(compute, waveform, spec).slice(0, 257)).toEqual(alone);
    const hum = Float32Array.from({ length: 512 }, (_, n) => [1, 0, -1, 0][n % 4] as number);
    expect(spectraBy(compute, hum, spec)[128]).toBeCloseTo(128 ** 2, 6);
    expect(Math.max(...spectraBy(compute, hum, spec).slice(0, 120))).toBeLessThan(1e-23);
  });
});

describe('power spectra in WebAssembly and in TypeScript are the same', () => {
  for (const fftSize of [8, 64, 128, 512, 1024, 2048, 4096]) {
    it(`of ${fftSize} samples, for every padding and number of frames`, () => {
      for (const padding of PADDINGS) {
        for (const hops of [3, 4, 5.5]) {
          const spec = { fftSize, hopLength: fftSize / 2 - 1, windowLength: (3 * fftSize) / 4, ...padding };
          const waveform = noise(Math.round(hops * spec.hopLength));
          const expected = spectraBy(plainPowerSpectra, waveform, spec);
          requireSame(spectraBy(simd, waveform, spec), expected, `${JSON.stringify(spec)}, ${hops} hops`);
        }
      }
    });
  }

  it('of clips that are computed in several stretches, whatever was computed before', () => {
    const waveform = noise(70_001);
    for (const padding of PADDINGS) {
      for (const [fftSize, hopLength, windowLength] of [
        [512, 256, 512],
        [512, 256, 400],
        [512, 30_000, 400],
        [4096, 1024, 4096],
        [16, 5, 16],
      ] as const) {
        const spec = { fftSize, hopLength, windowLength, ...padding };
        const expected = spectraBy(plainPowerSpectra, waveform, spec);
        requireSame(spectraBy(simd, waveform, spec), expected, JSON.stringify(spec));
      }
    }
  });
});
