import { describe, expect, it } from 'vitest';
import { LiveWindows } from './live-windows.js';
import { hoppedWindows } from './windows.js';

const signal = (length: number) => Float32Array.from({ length }, (_, i) => Math.sin(i / 7) + 0.3 * Math.cos(i / 131));
const size = { length: 400, sampleRate: 1000 };

describe('live windows', () => {
  for (const [rate, hop] of [
    [1000, 150],
    [2205, 400],
    [800, 123.5],
    [44_100, 900],
  ] as const) {
    it(`from ${rate} Hz are those of the whole signal, whatever the pieces`, () => {
      const samples = signal(rate * 3);
      const whole = hoppedWindows({ samples, sampleRate: rate }, size, hop);
      for (const pieces of [[samples.length], [1], [17, 3000, 0, 501], [rate]]) {
        const live = new LiveWindows(rate, size, hop);
        const windows = [];
        for (let at = 0, i = 0; at < samples.length; i++) {
          const piece = pieces[i % pieces.length] as number;
          windows.push(...live.push(samples.subarray(at, at + piece)));
          at += piece;
        }
        // The filter's last taps may lie beyond what came: the last window can be missing.
        expect(windows.length).toBeGreaterThanOrEqual(whole.starts.length - 1);
        expect(windows.map(({ time }) => time)).toEqual(whole.times.slice(0, windows.length));
        for (const [i, window] of windows.entries()) expect(window.samples).toEqual(whole.read(i, 1));
      }
    });
  }

  it('refuse samples that are not finite', () => {
    const live = new LiveWindows(1000, size, 100);
    expect(() => live.push(Float32Array.of(0, Number.NaN))).toThrowError(
      expect.objectContaining({ code: 'bad-audio' }),
    );
    expect(() => new LiveWindows(1000, size, 0)).toThrowError(expect.objectContaining({ code: 'bad-option' }));
  });
});
