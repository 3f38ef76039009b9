import { describe, expect, it } from 'vitest';
import { resample } from './resample.js';
import { hoppedWindows, spacedWindows } from './windows.js';

const ramp = (length: number) => Float32Array.from({ length }, (_, i) => i / length);
const size = { length: 100, sampleRate: 1000 };

describe('windows', () => {
  it('are spaced as in the published evaluation', () => {
    const windows = spacedWindows({ samples: ramp(1010), sampleRate: 1000 }, size, 16);
    expect(windows.starts).toEqual(Array.from({ length: 16 }, (_, i) => i * 56));
    expect(windows.times[1]).toBe(0.056);
    expect(windows.paddedSeconds).toBe(0);
    expect([...windows.read(1, 2)]).toEqual([...ramp(1010).slice(56, 156), ...ramp(1010).slice(112, 212)]);
  });

  it('follow a hop as long as they fit', () => {
    expect(hoppedWindows({ samples: ramp(399), sampleRate: 1000 }, size, 100).starts).toEqual([0, 100, 200]);
    expect(hoppedWindows({ samples: ramp(400), sampleRate: 1000 }, size, 100).starts).toEqual([0, 100, 200, 300]);
  });

  it('pad a short clip, and say so', () => {
    const windows = spacedWindows({ samples: ramp(40), sampleRate: 1000 }, size, 16);
    expect(windows.starts).toEqual([0]);
    expect(windows.paddedSeconds).toBeCloseTo(0.06);
    expect([...windows.read(0, 1)]).toEqual([...ramp(40), ...new Array(60).fill(0)]);
  });

  it('are resampled as the whole clip would be', () => {
    const clip = { samples: ramp(3000).map((value) => Math.sin(300 * value)), sampleRate: 2500 };
    const windows = hoppedWindows(clip, size, 300);
    const whole = resample(clip.samples, 2500, 1000);
    expect(windows.read(1, 1)).toEqual(whole.slice(300, 400));
  });

  it('refuse bad clips and counts', () => {
    const clip = { samples: ramp(400), sampleRate: 1000 };
    const refusals = [
      [() => spacedWindows(clip, size, 0), 'bad-option'],
      [() => hoppedWindows(clip, size, 0), 'bad-option'],
      [() => hoppedWindows(clip, size, Number.NaN), 'bad-option'],
      [() => spacedWindows({ ...clip, samples: new Float32Array(0) }, size, 1), 'bad-audio'],
      [() => spacedWindows({ ...clip, samples: Float32Array.of(0, Number.POSITIVE_INFINITY) }, size, 1), 'bad-audio'],
      [() => spacedWindows({ ...clip, sampleRate: 0 }, size, 1), 'bad-audio'],
      [() => spacedWindows({ ...clip, samples: [0, 1] as never }, size, 1), 'bad-audio'],
    ] as const;
    for (const [action, code] of refusals) expect(action).toThrowError(expect.objectContaining({ code }));
  });
});
