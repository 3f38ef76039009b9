import { readFileSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { GRIEG } from '../../test/harness/clips.js';
import { wavFile } from '../../test/harness/wav-file.js';
import type { AudioDecoder } from './decoder.js';
import { loadAudio } from './load-audio.js';

const left = [0, 0.5, -0.5, 0.25, -0.25];
const right = [0, -0.5, -0.5, 0.75, 0.25];
const mono = [0, 0, -0.5, 0.5, 0];

describe('WAV', () => {
  for (const format of ['u8', 's16', 's24', 's32', 'f32', 'f64'] as const) {
    it(`reads ${format}, plain and extensible, as the mean of its channels`, async () => {
      for (const extensible of [false, true]) {
        const clip = await loadAudio(wavFile([left, right], { format, extensible, sampleRate: 11_025 }));
        expect(clip.sampleRate).toBe(11_025);
        expect([...clip.samples]).toEqual(mono);
      }
    });
  }

  it('reads what a pipe left without a size', async () => {
    for (const statedBytes of [0, 0xffffffff]) {
      const { samples } = await loadAudio(wavFile([left], { format: 's16', statedBytes }));
      expect([...samples]).toEqual(left);
    }
  });

  it('refuses a truncated file, unless told to use what is there', async () => {
    const bytes = wavFile([new Array(8000).fill(0.5)], { format: 's16' }).subarray(0, -8000);
    await expect(loadAudio(bytes)).rejects.toMatchObject({
      code: 'truncated-audio',
      message: expect.stringContaining('1.00 s but holds 0.50 s'),
    });
    expect((await loadAudio(bytes, { partial: true })).samples).toHaveLength(4000);
    await expect(loadAudio(bytes.subarray(0, 40))).rejects.toMatchObject({ code: 'truncated-audio' });
    await expect(loadAudio(bytes.subarray(0, 24))).rejects.toMatchObject({ code: 'truncated-audio' });
  });

  it('refuses no samples, samples that are not finite, and encodings that it does not read', async () => {
    await expect(loadAudio(wavFile([[]], { format: 's16' }))).rejects.toMatchObject({ code: 'bad-audio' });
    const nan = wavFile([[0, Number.NaN, 0]], { format: 'f32', sampleRate: 1000 });
    await expect(loadAudio(nan)).rejects.toMatchObject({
      code: 'bad-audio',
      message: expect.stringContaining('Sample 1 (at 0.001 s) is NaN'),
    });
    const alaw = wavFile([left], { format: 's16' });
    alaw[20] = 6;
    await expect(loadAudio(alaw)).rejects.toMatchObject({ code: 'unsupported-audio' });
  });
});

describe('MP3', () => {
  const bytes = new Uint8Array(readFileSync(GRIEG));

  // Length and samples as ffmpeg gives them: the encoder's delay is cut, so that positions agree.
  it('agrees with ffmpeg in length and samples', async () => {
    const { samples, sampleRate } = await loadAudio(GRIEG);
    expect([samples.length, sampleRate]).toEqual([30 * 48_000, 48_000]);
    const reference = { 0: 0.02803259, 1000: 0.03177642, 48000: 0.01859473, 500000: 0.00237704, 1439000: 0.00345595 };
    for (const [at, value] of Object.entries(reference))
      expect(Math.abs((samples[Number(at)] as number) - value)).toBeLessThan(2e-5);
  });

  it('refuses a truncated file, unless told to use what is there', async () => {
    const half = bytes.subarray(0, bytes.length / 2);
    await expect(loadAudio(half)).rejects.toMatchObject({
      code: 'truncated-audio',
      message: expect.stringContaining('partial'),
    });
    const { samples } = await loadAudio(half, { partial: true });
    expect(samples.length / 48_000).toBeGreaterThan(14);
    expect(samples.length / 48_000).toBeLessThan(17);
  });

  it('tolerates a tag behind the last frame', async () => {
    const tagged = new Uint8Array(bytes.length + 128);
    tagged.set(bytes);
    tagged.set(new TextEncoder().encode('TAG a song'), bytes.length);
    expect((await loadAudio(tagged)).samples).toHaveLength(30 * 48_000);
  });
});

describe("decoders of one's own", () => {
  const bytes = wavFile([left], { format: 's16' });
  const decoder = (rates: readonly number[]): AudioDecoder => ({
    name: 'mine',
    recognises: () => true,
    async *decode(chunks) {
      let length = 0;
      for await (const chunk of chunks) length += chunk.length;
      for (const sampleRate of rates) yield { channels: [new Float32Array(length)], sampleRate };
    },
  });

  it('come before those that are there', async () => {
    expect(await loadAudio(bytes, { decoders: [decoder([300])] })).toEqual({
      samples: new Float32Array(bytes.length),
      sampleRate: 300,
    });
  });

  it('may neither change the rate nor give nothing', async () => {
    await expect(loadAudio(bytes, { decoders: [decoder([300, 400])] })).rejects.toMatchObject({
      code: 'unsupported-audio',
      message: expect.stringContaining('from 300 to 400 Hz'),
    });
    await expect(loadAudio(bytes, { decoders: [decoder([])] })).rejects.toMatchObject({ code: 'bad-audio' });
  });
});

describe('sources', () => {
  const bytes = wavFile([left], { format: 'f32' });

  it('reads a path, URLs, a buffer, bytes, a Blob, a stream and an iterable', async () => {
    const path = join(await mkdtemp(join(tmpdir(), 'musrep-')), 'clip.wav');
    await writeFile(path, bytes);
    const server = createServer((_, response) => response.end(bytes)).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/clip`;
    async function* chunks() {
      yield bytes.subarray(0, 10);
      yield bytes.subarray(10);
    }
    const blob = new Blob([bytes as Uint8Array<ArrayBuffer>]);
    const sources = [
      path,
      pathToFileURL(path),
      url,
      new URL(url),
      bytes.slice().buffer,
      bytes,
      blob,
      blob.stream(),
      chunks(),
    ];
    for (const source of sources) expect([...(await loadAudio(source)).samples]).toEqual(left);
    server.close();
  });

  it('says what cannot be read', async () => {
    await expect(loadAudio('no such file.mp3')).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringContaining('no such file.mp3'),
    });
    await expect(loadAudio(tmpdir())).rejects.toMatchObject({ code: 'not-found' });
    await expect(loadAudio('http://127.0.0.1:9/song.mp3')).rejects.toMatchObject({ code: 'not-found' });
    await expect(loadAudio(new Uint8Array(0))).rejects.toMatchObject({ code: 'bad-audio' });
    await expect(loadAudio(new TextEncoder().encode('This is not audio at all.'))).rejects.toMatchObject({
      code: 'unsupported-audio',
    });
    const noise = Uint8Array.from({ length: 100_000 }, (_, i) => (Math.imul(i, 2654435761) >>> 13) & 0xff);
    await expect(loadAudio(noise)).rejects.toMatchObject({ code: 'unsupported-audio' });
  });

  it('refuses a URL that stops half-way', async () => {
    const server = createServer((_, response) => {
      response.writeHead(200, { 'content-length': bytes.length });
      response.write(bytes.subarray(0, 50), () => response.destroy());
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/clip`;
    await expect(loadAudio(url)).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringContaining('stopped after 50 bytes'),
    });
    server.close();
  });

  it('reports how far it is, where a size is known', async () => {
    const shares: number[] = [];
    await loadAudio(GRIEG, { onProgress: (done) => shares.push(done) });
    expect(shares.length).toBeGreaterThan(1);
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(shares.at(-1)).toBe(1);
  });

  it('is cancelled on the way', async () => {
    const stop = new AbortController();
    const cancelled = loadAudio(GRIEG, { signal: stop.signal, onProgress: () => stop.abort() });
    await expect(cancelled).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('is cancelled by its signal', async () => {
    await expect(loadAudio(GRIEG, { signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' });
  });
});
