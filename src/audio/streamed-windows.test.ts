import { describe, expect, it } from 'vitest';
import type { AudioStream } from './audio-stream.js';
import { StreamedWindows } from './streamed-windows.js';
import { plannedWindows, type WindowPlan } from './windows.js';

const size = { length: 400, sampleRate: 1000 };

function streamOf(samples: Float32Array, sampleRate: number, total: number | undefined): AudioStream {
  return {
    async *pieces() {
      for (let at = 0; at < samples.length; at += 997) {
        yield { samples: samples.subarray(at, at + 997), sampleRate, ...(total === undefined ? {} : { total }) };
      }
    },
  };
}

async function windowsOf(stream: AudioStream, plan: WindowPlan) {
  for (let length: number | undefined, passes = 1; ; passes++) {
    const windows = new StreamedWindows(stream, size, plan, { length });
    const batches: Float32Array[] = [];
    for await (const batch of windows.batches(3)) batches.push(batch);
    if (windows.isRight) return { windows, batches, passes };
    length = windows.length;
  }
}

describe('windows of a stream', () => {
  for (const length of [150, 880, 881, 2205, 9000]) {
    for (const plan of [{ hop: 150 }, { hop: 400.5 }, { count: 5 }, { count: 1 }]) {
      it(`are those of the clip: ${length} samples, ${JSON.stringify(plan)}`, async () => {
        const samples = Float32Array.from({ length }, (_, i) => Math.sin(i / 7));
        const clip = plannedWindows({ samples, sampleRate: 2205 }, size, plan);
        // The file may say its length, or not, or be wrong.
        for (const total of [length, undefined, length + 300, Math.max(1, length - 300)]) {
          const { windows, batches, passes } = await windowsOf(streamOf(samples, 2205, total), plan);
          expect(passes).toBe('count' in plan && total !== length ? 2 : 1);
          expect(windows.times).toEqual(clip.times);
          expect(batches).toEqual([...clip.batches(3)]);
          expect(windows.paddedSeconds).toBe(clip.paddedSeconds);
        }
      });
    }
  }
});
