import { execFile } from 'node:child_process';
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CRNN } from '../../src/models/crnn.js';
import { useTfjsBackend } from '../../src/runtime/tfjs-backend.js';
import { refusal } from '../harness/small-model.js';

const ROOT = resolve(import.meta.dirname, '../..');
const PACKAGE = join(ROOT, 'packages/musrep-weights');
const published = readFileSync(join(PACKAGE, 'crnn-mtat.safetensors'));

/** What the server has been asked for, and how it answers. */
let requests: (string | undefined)[];
let body: Buffer;
let stopAfter: number | undefined;
let server: Server;
let url: string;

beforeAll(async () => {
  await useTfjsBackend('wasm');
  server = createServer((request, response) => {
    requests.push(request.headers.range);
    const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
    const part = body.subarray(from);
    response.writeHead(from > 0 ? 206 : 200, { 'content-length': part.length });
    if (stopAfter === undefined) response.end(part);
    else response.write(part.subarray(0, stopAfter), () => response.destroy());
  }).listen(0, '127.0.0.1');
  await new Promise((settle) => server.once('listening', settle));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => server.close());

beforeEach(() => {
  process.env.MUSREP_CACHE = mkdtempSync(join(tmpdir(), 'musrep-cache-'));
  requests = [];
  body = published;
  stopAfter = undefined;
});

const cached = () => readdirSync(process.env.MUSREP_CACHE as string);

async function load(options: Parameters<typeof CRNN.pretrained>[1]): Promise<void> {
  (await CRNN.pretrained('mtat', options)).dispose();
}

describe('weights', () => {
  it('come from the packages, without a network', async () => {
    await load({ offline: true });
    await load({ from: PACKAGE });
    expect([requests, cached()]).toEqual([[], []]);
  });

  it('are downloaded once, with progress, and found again offline', async () => {
    const shares: number[] = [];
    await load({ from: url, onProgress: (done) => shares.push(done) });
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(shares.at(-1)).toBe(1);
    await load({ from: url });
    await load({ from: url, offline: true });
    expect(requests).toEqual([undefined]);
    expect(cached()).toEqual([expect.stringMatching(/^crnn-mtat-[0-9a-f]{12}\.safetensors$/)]);
  });

  it('are not downloaded where that is forbidden', async () => {
    await expect(load({ from: url, offline: true })).rejects.toEqual(refusal('not-found', /offline: true/));
    expect(requests).toEqual([]);
  });

  it('that stop half-way are gone on with', async () => {
    stopAfter = 600_000;
    await expect(load({ from: url })).rejects.toEqual(refusal('not-found', /stopped after \d{5,6} bytes/));
    expect(cached()).toEqual([expect.stringMatching(/\.part$/)]);
    // The last of what was sent may not have arrived when the line breaks.
    const { size } = statSync(join(process.env.MUSREP_CACHE as string, cached()[0] as string));
    stopAfter = undefined;
    await load({ from: url });
    expect(requests).toEqual([undefined, `bytes=${size}-`]);
  });

  it('that are not what was published are refused by their checksum, and not kept', async () => {
    body = Buffer.from(published);
    body[900_000] = 7;
    await expect(load({ from: url })).rejects.toEqual(
      refusal('bad-weights', /expected the SHA-256 [0-9a-f]{64}\. Received: [0-9a-f]{64}/),
    );
    expect(cached()).toEqual([]);
    body = published;
    await load({ from: url });
  });

  it('that were altered in the cache are downloaded anew', async () => {
    await load({ from: url });
    const path = join(process.env.MUSREP_CACHE as string, cached()[0] as string);
    truncateSync(path, 1000);
    await load({ from: url });
    expect(readFileSync(path).equals(published)).toBe(true);
    appendFileSync(path, 'x');
    await expect(load({ from: url, offline: true })).rejects.toEqual(refusal('not-found', /not downloaded before/));
  });

  it('that cannot be kept say where, and what to do', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'musrep-')), 'file');
    writeFileSync(file, '');
    process.env.MUSREP_CACHE = join(file, 'cache');
    await expect(load({ from: url })).rejects.toEqual(
      refusal('write-failed', /Cannot write into the cache .*Set MUSREP_CACHE/),
    );
    process.env.MUSREP_CACHE = '/dev/full/cache';
    await expect(load({ from: url })).rejects.toEqual(refusal('write-failed', /Cannot write into the cache/));
  });

  it('are whole when two processes fetch them at once', async () => {
    const main = join(ROOT, 'dist/cli/main.cjs');
    const song = join(ROOT, 'test/audio/vectors/tone.wav');
    const args = [
      main,
      'tag',
      song,
      '--model',
      'crnn-mtat',
      '--weights',
      url,
      '--backend',
      'wasm',
      '--windows',
      '1',
      '--json',
    ];
    const run = () => promisify(execFile)(process.execPath, args, { env: process.env });
    const [a, b] = await Promise.all([run(), run()]);
    expect(a.stdout).toBe(b.stdout);
    expect(JSON.parse(a.stdout)[0].tags).toHaveLength(5);
    expect(cached()).toHaveLength(1);
  });

  it('of another model, or for other labels, are refused', async () => {
    const other = new CRNN({ labels: ['a', 'b'] });
    await expect(other.loadWeights(published)).rejects.toEqual(refusal('bad-weights', /should be \[32,2\]/));
    const fcn = readFileSync(join(PACKAGE, 'fcn-mtat.safetensors'));
    await expect(other.loadWeights(fcn)).rejects.toEqual(refusal('bad-weights', /is missing/));
    await expect(other.loadWeights(readFileSync(join(PACKAGE, 'vgg-mtt.safetensors')))).rejects.toEqual(
      refusal('bad-weights', /is missing|should be/),
    );
    other.dispose();
  });
});
