import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decodeSource, type LoadAudioOptions, openAudio } from '../../src/audio/audio-stream.js';
import type { Clip } from '../../src/audio/clip.js';
import { loadAudio } from '../../src/audio/load-audio.js';
import { StreamedWindows } from '../../src/audio/streamed-windows.js';
import { plannedWindows } from '../../src/audio/windows.js';
import type { ByteSource } from '../../src/platform/byte-source.js';
import { GRIEG } from '../harness/clips.js';
import { HAS_FFMPEG, WITH_FFMPEG } from '../harness/ffmpeg.js';

const CLIPS = [GRIEG, resolve(GRIEG, '../zeropage-void-sensor.mp3')];

/** What ffmpeg makes of ten seconds of music: with much and little that frames share, at all the rates of MPEG 1, 2 and 2.5. */
const FILES = {
  'constant.mp3': ['-b:a', '128k'],
  'constant-low.mp3': ['-b:a', '32k', '-ar', '48000'],
  'constant-high.mp3': ['-b:a', '320k', '-ar', '44100'],
  'average.mp3': ['-abr', '1', '-b:a', '96k'],
  'variable.mp3': ['-q:a', '4', '-ar', '44100'],
  'left-and-right.mp3': ['-b:a', '96k', '-joint_stereo', '0', '-ar', '32000'],
  'mpeg2.mp3': ['-b:a', '32k', '-ar', '22050'],
  'mpeg2-mono-low.mp3': ['-b:a', '8k', '-ac', '1', '-ar', '24000'],
  'mpeg2-variable.mp3': ['-q:a', '9', '-ar', '16000'],
  'mpeg2.5.mp3': ['-b:a', '8k', '-ac', '1', '-ar', '8000'],
  'no-reservoir.mp3': ['-b:a', '128k', '-reservoir', '0'],
  'no-length.mp3': ['-b:a', '128k', '-write_xing', '0'],
  'layer2.mp2': ['-c:a', 'mp2', '-b:a', '192k'],
  'integers.wav': [],
  'floats.wav': ['-c:a', 'pcm_f32le'],
  'song.flac': [],
  'song.ogg': ['-c:a', 'libvorbis'],
} as const;

const DECODES_ALL = ['floats.wav', 'song.flac', 'song.ogg'];

const folder = mkdtempSync(join(tmpdir(), 'musrep-sparse-'));

function make(name: keyof typeof FILES): string {
  const path = join(folder, name);
  execFileSync('ffmpeg', ['-v', 'error', '-y', '-t', '10', '-i', GRIEG, ...FILES[name], path]);
  return path;
}

/** Which samples are needed: so many of every so many, in seconds. */
interface Need {
  readonly first: number;
  readonly length: number;
  readonly hop: number;
}

/** Gaps as long as songs have between windows, gaps of some frames, and gaps so short that nothing can be left out. */
const NEEDS: readonly Need[] = [
  { first: 0, length: 0.3, hop: 2.5 },
  { first: 0.05, length: 0.1, hop: 0.7 },
  { first: 1.1, length: 0.2, hop: 0.45 },
  { first: 3, length: 0.5, hop: 0.51 },
  { first: 100, length: 1, hop: 1 },
];

/** Decodes what is needed: where it first differs from the whole, how long it is altogether, and how much was left out. */
async function decodeNeeded(source: ByteSource, need: Need, { sampleRate, samples: whole }: Clip) {
  const [first, length, hop] = [need.first, need.length, need.hop].map((seconds) =>
    Math.floor(seconds * sampleRate),
  ) as [number, number, number];
  let needed = first;
  let at = 0;
  let leftOut = 0;
  let difference: number | undefined;
  for await (const { samples, skipped = 0 } of decodeSource(source, {}, () => needed)) {
    at += skipped;
    leftOut += skipped;
    const from = Math.max(0, needed - at);
    const differs = samples.findIndex((value, i) => i >= from && value !== whole[at + i]);
    if (differs >= 0) difference ??= at + differs;
    at += samples.length;
    while (needed + length <= at) needed += hop;
  }
  return { difference, length: at, leftOut };
}

/** All that is given from the first needed sample on is the whole's; returns how much was left out, in lengths of the whole. */
async function expectEqual(source: ByteSource, whole: Clip): Promise<number> {
  let sum = 0;
  for (const need of NEEDS) {
    const { difference, length, leftOut } = await decodeNeeded(source, need, whole);
    expect({ need, difference, length }).toEqual({ need, difference: undefined, length: whole.samples.length });
    sum += leftOut;
  }
  return sum / whole.samples.length;
}

async function expectEqualWindows(path: string, whole: Clip): Promise<void> {
  for (const plan of [{ count: 5 }, { hop: 30_000 }, { count: 1 }]) {
    const size = { length: 8000, sampleRate: 16_000, context: 256 };
    const windows = plannedWindows(whole, size, plan);
    for (let length: number | undefined, passes = 1; ; passes++) {
      const streamed = new StreamedWindows(openAudio(path), size, plan, { length });
      const batches: Buffer[] = [];
      for await (const batch of streamed.batches(2)) batches.push(Buffer.from(batch.buffer));
      length = streamed.length;
      if (!streamed.isRight) continue;
      expect(passes).toBeLessThanOrEqual(2);
      expect(streamed.times).toEqual(windows.times);
      const expected = [...windows.batches(2)].map((batch) => Buffer.from(batch.buffer));
      expect(batches.map((batch, i) => expected[i]?.equals(batch))).toEqual(expected.map(() => true));
      break;
    }
  }
}

describe('what is needed of a file', () => {
  for (const path of CLIPS) {
    it(`${path.split('/').at(-1)} is decoded as in the whole, bit for bit`, async () => {
      const whole = await loadAudio(path);
      expect(await expectEqual(path, whole)).toBeGreaterThan(2.4);
      await expectEqualWindows(path, whole);
    });
  }

  for (const name of Object.keys(FILES) as (keyof typeof FILES)[]) {
    it.skipIf(!HAS_FFMPEG)(`${name} is decoded as in the whole, bit for bit${WITH_FFMPEG}`, async () => {
      const path = make(name);
      const whole = await loadAudio(path);
      const leftOut = await expectEqual(path, whole);
      if (DECODES_ALL.includes(name)) expect(leftOut).toBe(0);
      else expect(leftOut).toBeGreaterThan(1.2);
      await expectEqualWindows(path, whole);
    });
  }

  it('is refused of a truncated file, and read of it when asked', async () => {
    const bytes = new Uint8Array(readFileSync(GRIEG));
    const cut = bytes.subarray(0, bytes.length / 2);
    const drain = async (options: LoadAudioOptions) => {
      let length = 0;
      for await (const { samples, skipped = 0 } of decodeSource(cut, options, () => Number.POSITIVE_INFINITY)) {
        length += samples.length + skipped;
      }
      return length;
    };
    const message = await loadAudio(cut).catch((error: Error) => error.message);
    await expect(drain({})).rejects.toMatchObject({ code: 'truncated-audio', message });
    expect(await drain({ partial: true })).toBe((await loadAudio(cut, { partial: true })).samples.length);
  });

  it('is found behind junk and in files that were joined', async () => {
    const [one, other] = CLIPS.map((path) => new Uint8Array(readFileSync(path))) as [Uint8Array, Uint8Array];
    const half = one.subarray(0, one.length / 2);
    const sources = [
      new Blob([one, one] as BlobPart[]),
      new Blob([half, new Uint8Array(700), one.subarray(one.length / 2)] as BlobPart[]),
      new Blob([other, new TextEncoder().encode('TAG of old'.padEnd(128))] as BlobPart[]),
    ];
    for (const source of sources) {
      const whole = await loadAudio(source);
      expect(await expectEqual(source, whole)).toBeGreaterThan(0.5);
    }
  });
});
