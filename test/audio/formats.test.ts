import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { decodeSource } from '../../src/audio/audio-stream.js';
import { loadAudio } from '../../src/audio/load-audio.js';
import { HAS_FFMPEG, WITH_FFMPEG } from '../harness/ffmpeg.js';

/** A tone per channel, with a click at 0.5 s by which positions can be told. */
const SIGNAL = 'aevalsrc=0.4*sin(880*PI*t)+0.5*eq(n\\,22050)|0.3*sin(1320*PI*t):s=44100:d=1.5';

/** What ffmpeg makes, with the greatest difference from ffmpeg's own decoding. */
const FILES = {
  'pcm8.wav': { options: ['-c:a', 'pcm_u8'], tolerance: 1e-6 },
  'pcm16.wav': { options: ['-c:a', 'pcm_s16le'], tolerance: 1e-6 },
  'pcm24.wav': { options: ['-c:a', 'pcm_s24le'], tolerance: 1e-6 },
  'pcm32.wav': { options: ['-c:a', 'pcm_s32le'], tolerance: 1e-6 },
  'float32.wav': { options: ['-c:a', 'pcm_f32le'], tolerance: 1e-6 },
  'float64.wav': { options: ['-c:a', 'pcm_f64le'], tolerance: 1e-6 },
  'six-channels.wav': { options: ['-ac', '6'], tolerance: 1e-6 },
  'mono-8k.wav': { options: ['-ac', '1', '-ar', '8000'], tolerance: 1e-6 },
  'stereo.flac': { options: [], tolerance: 1e-6 },
  'mono-192k-24bit.flac': { options: ['-ac', '1', '-ar', '192000', '-sample_fmt', 's32'], tolerance: 1e-6 },
  'six-channels.flac': { options: ['-ac', '6'], tolerance: 1e-6 },
  'flac.oga': { options: ['-c:a', 'flac', '-f', 'ogg'], tolerance: 1e-6 },
  'vorbis.ogg': { options: ['-c:a', 'libvorbis'], tolerance: 1e-5 },
  'six-channels.ogg': { options: ['-c:a', 'libvorbis', '-ac', '6'], tolerance: 1e-5 },
  'stereo.opus': { options: ['-c:a', 'libopus'], tolerance: 1e-4 },
  'six-channels.opus': { options: ['-c:a', 'libopus', '-ac', '6', '-b:a', '256k'], tolerance: 1e-4 },
  'constant.mp3': { options: ['-b:a', '128k'], tolerance: 2e-5 },
  'variable.mp3': { options: ['-q:a', '4'], tolerance: 2e-5 },
  'mono-8k.mp3': { options: ['-ac', '1', '-ar', '8000'], tolerance: 2e-5 },
  'layer2.mp2': { options: ['-c:a', 'mp2'], tolerance: 5e-5 },
} as const;

let folder: string;
const pathOf = (name: string) => join(folder, name);

function make(name: string, options: readonly string[]): void {
  execFileSync('ffmpeg', ['-v', 'error', '-y', '-f', 'lavfi', '-i', SIGNAL, ...options, pathOf(name)]);
}

async function* chunksOf(bytes: Uint8Array, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** Decoded by ffmpeg, mixed by the mean. */
function reference(name: string): { samples: Float32Array; sampleRate: number } {
  const probe = ['-v', 'error', '-show_entries', 'stream=sample_rate,channels', '-of', 'csv=p=0', pathOf(name)];
  const [sampleRate, channels] = execFileSync('ffprobe', probe, { encoding: 'utf8' }).trim().split(',').map(Number) as [
    number,
    number,
  ];
  const raw = execFileSync('ffmpeg', ['-v', 'error', '-i', pathOf(name), '-f', 'f32le', '-'], { maxBuffer: 2 ** 28 });
  const values = new Float32Array(new Uint8Array(raw).buffer);
  const samples = Float32Array.from({ length: values.length / channels }, (_, i) => {
    let sum = 0;
    for (let channel = 0; channel < channels; channel++) sum += values[i * channels + channel] as number;
    return sum / channels;
  });
  return { samples, sampleRate };
}

describe.skipIf(!HAS_FFMPEG)(`files of every format${WITH_FFMPEG}`, () => {
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'musrep-formats-'));
  });

  for (const [name, { options, tolerance }] of Object.entries(FILES)) {
    it(`${name} agrees with ffmpeg in rate, length and samples`, async () => {
      make(name, options);
      const clip = await loadAudio(pathOf(name));
      const expected = reference(name);
      expect([clip.sampleRate, clip.samples.length]).toEqual([expected.sampleRate, expected.samples.length]);
      let worst = 0;
      clip.samples.forEach((value, i) => {
        worst = Math.max(worst, Math.abs(value - (expected.samples[i] as number)));
      });
      expect(worst).toBeLessThan(tolerance);
    });

    it(`${name} gives the same in pieces, however its bytes come`, async () => {
      const bytes = new Uint8Array(readFileSync(pathOf(name)));
      const whole = await loadAudio(bytes);
      for (const size of [101, 5000]) {
        const pieces: number[] = [];
        for await (const { samples, total = whole.samples.length } of decodeSource(chunksOf(bytes, size), {})) {
          expect(total).toBe(whole.samples.length);
          for (const sample of samples) pieces.push(sample);
        }
        expect(Float32Array.from(pieces)).toEqual(whole.samples);
      }
    });

    it(`${name} is refused when its end is missing, and read in part when asked`, async () => {
      const bytes = readFileSync(pathOf(name));
      const cut = new Uint8Array(bytes.subarray(0, Math.floor(bytes.length * 0.7) + 1));
      await expect(loadAudio(cut)).rejects.toMatchObject({ code: 'truncated-audio' });
      const whole = await loadAudio(new Uint8Array(bytes));
      const part = await loadAudio(cut, { partial: true });
      expect(part.samples.length).toBeGreaterThan(0);
      expect(part.samples.length).toBeLessThan(whole.samples.length);
    });
  }

  it('a chained Ogg file is one link after the other', async () => {
    for (const name of ['vorbis.ogg', 'stereo.opus']) {
      const one = new Uint8Array(readFileSync(pathOf(name)));
      const single = (await loadAudio(one)).samples;
      const twice = (await loadAudio(new Blob([one, one]))).samples;
      expect([...twice]).toEqual([...single, ...single]);
    }
  });

  it('a picture in the tag, a wrong ending and junk in front do not matter', async () => {
    const bytes = new Uint8Array(readFileSync(pathOf('constant.mp3')));
    const plain = (await loadAudio(bytes)).samples;
    const picture = new Uint8Array(10 + 70_000).fill(0xff);
    picture.set([0x49, 0x44, 0x33, 3, 0, 0, 0, 4, 0x22, 0x70]);
    expect((await loadAudio(new Blob([picture, bytes]))).samples).toEqual(plain);
    renameSync(pathOf('variable.mp3'), pathOf('variable.flac'));
    expect((await loadAudio(pathOf('variable.flac'))).sampleRate).toBe(44_100);
    expect((await loadAudio(new Blob([new Uint8Array(900), bytes]))).samples.length).toBe(plain.length);
  });

  it('the gain of an Opus header is applied', async () => {
    const bytes = new Uint8Array(readFileSync(pathOf('stereo.opus')));
    const before = (await loadAudio(bytes)).samples;
    const header = 28; // The first page's body begins here with OpusHead; its gain is a 16-bit number at 16.
    new DataView(bytes.buffer).setInt16(header + 16, -6 * 256, true);
    const after = (await loadAudio(bytes)).samples;
    expect((after[20_000] as number) / (before[20_000] as number)).toBeCloseTo(10 ** (-6 / 20), 4);
  });

  it('what holds no audio is refused', async () => {
    writeFileSync(pathOf('empty.wav'), '');
    await expect(loadAudio(pathOf('empty.wav'))).rejects.toMatchObject({ code: 'bad-audio' });
    execFileSync('ffmpeg', ['-v', 'error', '-y', '-f', 'lavfi', '-i', 'testsrc=d=0.2:size=64x64', pathOf('video.mp4')]);
    await expect(loadAudio(pathOf('video.mp4'))).rejects.toMatchObject({ code: 'unsupported-audio' });
    await expect(loadAudio(folder)).rejects.toMatchObject({ code: 'not-found' });
  });
});
