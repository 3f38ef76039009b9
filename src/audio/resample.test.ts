import { describe, expect, it } from 'vitest';
import { HAS_SHARED, referenceClip, WITH_SHARED } from '../../test/harness/shared.js';
import { resample, resampler } from './resample.js';

const tone = (hertz: number, rate: number, seconds: number) =>
  Float32Array.from({ length: rate * seconds }, (_, i) => 0.5 * Math.sin((2 * Math.PI * hertz * i) / rate));

/** Of the middle, where the signal's ends play no part, in dB relative to the tone's amplitude. */
function level(samples: Float32Array, reference?: Float32Array): number {
  const margin = Math.floor(samples.length / 5);
  let worst = 0;
  for (let i = margin; i < samples.length - margin; i++) {
    worst = Math.max(worst, Math.abs((samples[i] as number) - (reference?.[i] ?? 0)));
  }
  return 20 * Math.log10(worst / 0.5);
}

describe('resample', () => {
  const pairs = [
    [44_100, 16_000],
    [48_000, 16_000],
    [8000, 16_000],
    [22_050, 44_100],
    [44_100, 47_999],
  ] as const;
  for (const [from, to] of pairs) {
    it(`${from} → ${to} Hz keeps what both can hold`, () => {
      const nyquist = Math.min(from, to) / 2;
      for (const share of [0.05, 0.4, 0.9]) {
        const hertz = Math.round(share * nyquist);
        expect(level(resample(tone(hertz, from, 0.5), from, to), tone(hertz, to, 0.5)), `${hertz} Hz`).toBeLessThan(
          -95,
        );
      }
    });
  }

  it('lets nothing through that would be aliased', () => {
    for (const hertz of [8000, 8300, 10_000, 15_000, 20_000]) {
      expect(level(resample(tone(hertz, 44_100, 0.5), 44_100, 16_000)), `${hertz} Hz`).toBeLessThan(-115);
    }
  });

  it('computes a part as it would the whole', () => {
    const samples = tone(1234, 44_100, 1);
    const whole = resample(samples, 44_100, 16_000);
    const converter = resampler(44_100, 16_000);
    expect(whole).toHaveLength(16_000);
    for (const start of [0, 7000, 15_500]) {
      expect(converter.read(samples, start, 500)).toEqual(whole.slice(start, start + 500));
    }
  });

  it('computes a long part as it would the whole, at any ratio', () => {
    for (const [from, to] of [
      [48_000, 16_000],
      [192_000, 16_000],
      [16_000, 44_100],
      [44_100, 47_999],
      [3, 1],
    ] as const) {
      const samples = Float32Array.from({ length: 300_000 }, (_, i) => Math.sin(i * i * 1e-6));
      const whole = resample(samples, from, to);
      const converter = resampler(from, to);
      for (const [start, length] of [
        [0, 1],
        [1, 30_000],
        [20_001, 70_003],
        [whole.length - 9, 9],
      ] as const) {
        const part = converter.read(samples, start, length);
        expect(part.findIndex((value, i) => start + i < whole.length && value !== whole[start + i])).toBe(-1);
        const { from: first, to: last } = converter.inputRange(start, length);
        const origin = Math.max(0, first);
        const some = converter.read(samples.subarray(origin, Math.max(origin, last)), start, length, origin);
        expect(some.findIndex((value, i) => value !== part[i])).toBe(-1);
      }
    }
  });

  it.skipIf(!HAS_SHARED)(`agrees with soxr HQ${WITH_SHARED}`, async () => {
    const native = await referenceClip('cityblues.native5s.pcm16.wav');
    const reference = await referenceClip('cityblues.native5s.16k.f32.wav');
    const ours = resample(native.samples, native.sampleRate, 16_000);
    expect(ours).toHaveLength(reference.samples.length);
    let error = 0;
    let power = 0;
    for (let i = 1000; i < ours.length - 1000; i++) {
      error += ((ours[i] as number) - (reference.samples[i] as number)) ** 2;
      power += (reference.samples[i] as number) ** 2;
    }
    expect(10 * Math.log10(power / error)).toBeGreaterThan(95);
  });

  it('refuses rates that are none', () => {
    for (const rate of [0, -1, 44_100.5, Number.NaN]) {
      expect(() => resampler(rate, 16_000)).toThrowError(expect.objectContaining({ code: 'bad-option' }));
    }
    expect(resampler(384_000, 8000).outputLength(384)).toBe(8);
    for (const [from, to] of [
      [1_207_975_552, 8000],
      [16_000, 16_000 * 51],
    ] as const) {
      expect(() => resampler(from, to)).toThrowError(expect.objectContaining({ code: 'bad-option' }));
    }
  });
});
