import { type ChildProcess, spawn } from 'node:child_process';
import {
  appendFileSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Tag } from '../../src/core/results.js';
import { readSafetensors } from '../../src/io/safetensors.js';
import { MusiCNN } from '../../src/models/musicnn.js';
import { useTfjsBackend } from '../../src/runtime/tfjs-backend.js';
import { GRIEG } from '../harness/clips.js';
import { wavFile } from '../harness/wav-file.js';

const ROOT = resolve(import.meta.dirname, '../..');
const MAIN = join(ROOT, 'dist/cli/main.cjs');
const VECTORS = join(ROOT, 'test/audio/vectors');

interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

let folder: string;
const pathOf = (...names: string[]) => join(folder, ...names);

function start(args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [MAIN, ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
}

function outcomeOf(child: ChildProcess): Promise<Outcome> {
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    stderr += chunk;
  });
  return new Promise((settle) => child.on('close', (code) => settle({ code, stdout, stderr })));
}

const musrep = (...args: string[]) => outcomeOf(start(args));
/** Wasm, whatever else the machine has. */
const onFiles = (command: string, ...args: string[]) => musrep(command, '--backend', 'wasm', ...args);
const records = (text: string) =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

beforeAll(async () => {
  await useTfjsBackend('wasm');
  folder = mkdtempSync(join(tmpdir(), 'musrep-cli-'));
  cpSync(VECTORS, pathOf('mixed'), { recursive: true });
  mkdirSync(pathOf('mixed', 'more'));
  copyFileSync(GRIEG, pathOf('mixed', 'more', 'a "song", so.mp3'));
  writeFileSync(pathOf('mixed', 'more', 'cut.mp3'), readFileSync(GRIEG).subarray(0, 200_000));
  writeFileSync(pathOf('mixed', 'more', 'empty.wav'), '');
  writeFileSync(pathOf('mixed', 'more', 'text.flac'), 'no audio');
  writeFileSync(pathOf('mixed', 'cover.jpg'), 'not taken from a folder');
});

describe('musrep tag', () => {
  it('tags a folder, reports what fails, and goes on', async () => {
    const { code, stdout, stderr } = await onFiles('tag', 'mixed', 'missing.mp3', '--json', '--top', '2');
    const results = JSON.parse(stdout) as { file: string; tags: { label: string; score: number }[] }[];
    expect(code).toBe(1);
    expect(results.map(({ file }) => file)).toEqual([
      'mixed/more/a "song", so.mp3',
      'mixed/tone.flac',
      'mixed/tone.mp3',
      'mixed/tone.oga',
      'mixed/tone.ogg',
      'mixed/tone.opus',
      'mixed/tone.wav',
    ]);
    expect(results[0]?.tags).toEqual([
      { label: 'classical', score: expect.closeTo(0.719, 2) },
      { label: 'strings', score: expect.closeTo(0.405, 2) },
    ]);
    expect(stderr).toMatch(/cut\.mp3: .*\[truncated-audio\]\n/);
    expect(stderr).toMatch(/empty\.wav: .*\[bad-audio\]\n/);
    expect(stderr).toMatch(/text\.flac: .*\[unsupported-audio\]\n/);
    expect(stderr).toMatch(/missing\.mp3: .*\[not-found\]\n4 of 11 files failed\.\n$/);
  });

  it('writes a table, CSV, and taggrams', async () => {
    const song = 'mixed/more/a "song", so.mp3';
    const [table, csv] = await Promise.all([
      onFiles('tag', song, '--top', '1', '--windows', '2'),
      onFiles('tag', song, '--csv', '--top', '1', '--windows', '2', '--taggram', 'taggrams', '--hop', '5'),
    ]);
    expect(table).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^mixed.*\n {2}0\.\d{3} {2}classical\n$/),
      stderr: '',
    });
    expect(csv.stdout).toMatch(/^file,label,score\n"mixed\/more\/a ""song"", so\.mp3",classical,0\.\d+\n$/);
    const [file] = readdirSync(pathOf('taggrams'));
    const taggram = JSON.parse(readFileSync(pathOf('taggrams', file as string), 'utf8'));
    expect(taggram.times).toEqual([0, 5, 10, 15, 20, 25]);
    expect([taggram.labels.length, taggram.scores.length, taggram.scores[0].length]).toEqual([50, 6, 50]);
  });

  it('goes on where it was interrupted, whole lines only', async () => {
    for (let i = 0; i < 30; i++) copyFileSync(GRIEG, pathOf(`copy-${String(i).padStart(2, '0')}.mp3`));
    const copies = readdirSync(folder)
      .filter((name) => name.startsWith('copy-'))
      .sort();
    const args = [
      'tag',
      '--backend',
      'wasm',
      ...copies,
      '--jsonl',
      '--output',
      'tags.jsonl',
      '--windows',
      '1',
      '--resume',
    ];
    const child = start(args);
    const ended = outcomeOf(child);
    await untilLines(pathOf('tags.jsonl'), 3);
    child.kill('SIGINT');
    expect(await ended).toMatchObject({ code: 130, stderr: expect.stringContaining('Interrupted') });
    const first = readFileSync(pathOf('tags.jsonl'), 'utf8');
    expect(first.endsWith('\n')).toBe(true);
    expect(records(first).length).toBeLessThan(30);
    appendFileSync(pathOf('tags.jsonl'), '{"file":"half a li');
    expect((await musrep(...args)).code).toBe(0);
    expect(records(readFileSync(pathOf('tags.jsonl'), 'utf8')).map(({ file }) => file)).toEqual(copies);
    expect(readFileSync(pathOf('tags.jsonl'), 'utf8').startsWith(first)).toBe(true);
  });

  it('stops when nothing can be written', async () => {
    const full = await onFiles('tag', 'mixed/tone.wav', '--jsonl', '--output', '/dev/full');
    expect(full).toMatchObject({ code: 1, stderr: expect.stringContaining("Cannot write '/dev/full': ENOSPC") });
    const nowhere = await onFiles('tag', 'mixed/tone.wav', '--output', 'no/such/folder/tags');
    expect(nowhere).toMatchObject({ code: 1, stderr: expect.stringContaining('Cannot write') });
  });
});

describe('several models', () => {
  const song = 'mixed/more/a "song", so.mp3';
  const models = ['--model', 'musicnn-mtat,vgg-mtt', '--windows', '2', '--top', '2'];

  it('stand side by side', async () => {
    const [table, csv, json] = await Promise.all([
      onFiles('tag', song, ...models),
      onFiles('tag', song, ...models, '--csv'),
      onFiles('tag', song, ...models, '--json', '--taggram', 'several', '--hop', '9'),
    ]);
    expect(table.stdout.split('\n')[1]).toMatch(/^ {2}musicnn-mtat +vgg-mtt$/);
    expect(table.stdout.split('\n')[2]).toMatch(/^ {2}0\.\d{3} {2}classical +0\.\d{3} {2}\w+$/);
    expect(csv.stdout).toMatch(/^file,model,label,score\n"[^\n]*",musicnn-mtat,classical,0\.\d+\n/);
    expect(
      JSON.parse(json.stdout).map(({ model, tags }: { model: string; tags: Tag[] }) => [model, tags.length]),
    ).toEqual([
      ['musicnn-mtat', 2],
      ['vgg-mtt', 2],
    ]);
    expect(readdirSync(pathOf('several'))).toHaveLength(2);
  });

  it('are averaged by --ensemble; embed takes one', async () => {
    const [apart, mean, embed] = await Promise.all([
      onFiles('tag', song, ...models, '--top', '50', '--jsonl'),
      onFiles('tag', song, ...models, '--ensemble', '--jsonl'),
      onFiles('embed', song, '--model', 'musicnn-mtat,vgg-mtt'),
    ]);
    const [a, b] = records(apart.stdout);
    const [{ tags, model }] = records(mean.stdout);
    const scoreOf = ({ tags: all }: { tags: Tag[] }) => all.find(({ label }) => label === tags[0].label)?.score ?? 0;
    expect(model).toBeUndefined();
    expect(tags[0].score).toBeCloseTo((scoreOf(a) + scoreOf(b)) / 2, 5);
    expect(embed).toMatchObject({ code: 2, stderr: expect.stringContaining('takes one --model') });
  });

  it('may be a folder that save has written', async () => {
    const model = new MusiCNN({ labels: ['loud'], verticalFilters: 2, horizontalFilters: 2, channels: 3, seed: 5 });
    await model.save(pathOf('mine'));
    model.dispose();
    const { stdout } = await onFiles('tag', song, '--model', './mine', '--jsonl', '--windows', '1');
    expect(records(stdout)[0].tags).toEqual([{ label: 'loud', score: expect.any(Number) }]);
  });
});

describe('musrep convert and cache', () => {
  const PTH = join(ROOT, 'test/io/vectors');

  it('turns a .pth into safetensors, and refuses what is none', async () => {
    const [good, bad, missing] = await Promise.all([
      musrep('convert', join(PTH, 'legacy.pth'), '--output', 'legacy.safetensors'),
      musrep('convert', join(PTH, 'path.pth'), '--output', 'path.safetensors'),
      musrep('convert', 'missing.pth'),
    ]);
    expect(good).toMatchObject({ code: 0, stdout: expect.stringContaining('legacy.safetensors: 9 tensors') });
    expect(readSafetensors(readFileSync(pathOf('legacy.safetensors'))).tensors.size).toBe(9);
    expect(bad).toMatchObject({ code: 1, stderr: expect.stringContaining('asks for pathlib.PurePosixPath') });
    expect(readdirSync(folder)).not.toContain('path.safetensors');
    expect(missing).toMatchObject({ code: 1, stderr: expect.stringContaining("Cannot read 'missing.pth'") });
  });

  it('says what was downloaded, and removes it', async () => {
    const cache = pathOf('cache');
    mkdirSync(cache);
    writeFileSync(join(cache, 'fcn-msd-0123456789ab.safetensors'), new Uint8Array(2_000_000));
    writeFileSync(join(cache, 'other.txt'), 'stays');
    process.env.MUSREP_CACHE = cache;
    expect((await musrep('cache')).stdout).toContain(
      `2.0 MB in ${cache}\n     2.0 MB  fcn-msd-0123456789ab.safetensors`,
    );
    expect((await musrep('cache', 'clear')).stdout).toContain('2.0 MB removed');
    expect(readdirSync(cache)).toEqual(['other.txt']);
    expect(await musrep('cache', 'claer')).toMatchObject({ code: 2, stderr: expect.stringContaining("'clear'") });
  });
});

describe('files', () => {
  it('may be named by a pattern that the shell has left as it is', async () => {
    const { code, stdout, stderr } = await onFiles('tag', 'mixed/*.o{gg,pus}', 'no/*.mp3', '--jsonl', '--windows', '1');
    expect(records(stdout).map(({ file }) => file)).toEqual(['mixed/tone.ogg', 'mixed/tone.opus']);
    expect([code, stderr]).toEqual([1, expect.stringContaining('no/*.mp3: ')]);
  });

  it('may be longer than what is decoded at once', async () => {
    const second = Array.from({ length: 48_000 }, (_, i) => 0.3 * Math.sin(i / 20));
    const writeTone = (name: string, seconds: number) => {
      const first = wavFile([second], { format: 'u8', sampleRate: 48_000, statedBytes: seconds * 48_000 });
      const others = Array.from({ length: seconds - 1 }, () => first.subarray(-48_000));
      writeFileSync(pathOf(name), Buffer.concat([first, ...others]));
    };
    writeTone('long.wav', 12 * 60);
    writeTone('short.wav', 8);
    const { stdout } = await onFiles('tag', 'long.wav', 'short.wav', '--jsonl', '--windows', '2', '--top', '3');
    const [long, short] = records(stdout);
    // The tone does not change, nor do the tags.
    expect(long.tags.map(({ label }: Tag) => label)).toEqual(short.tags.map(({ label }: Tag) => label));
    const { stdout: embeddings } = await onFiles('embed', 'long.wav', '--per-window', '--hop', '100');
    expect(records(embeddings)[0].times).toEqual([0, 100, 200, 300, 400, 500, 600, 700]);
  });
});

describe('musrep embed', () => {
  it('writes a vector a track, a vector a window, and NumPy files', async () => {
    const song = 'mixed/more/a "song", so.mp3';
    const [mean, windows, npy] = await Promise.all([
      onFiles('embed', song, '--hop', '9'),
      onFiles('embed', song, '--hop', '9', '--per-window'),
      onFiles('embed', song, '--hop', '9', '--per-window', '--npy', 'vectors'),
    ]);
    const [one] = records(mean.stdout);
    const [all] = records(windows.stdout);
    expect(one.embedding).toHaveLength(1506);
    expect(all.times).toEqual([0, 9, 18, 27]);
    const average = all.embeddings.reduce((sum: number, vector: number[]) => sum + (vector[7] as number), 0) / 4;
    expect(one.embedding[7]).toBeCloseTo(average, 5);
    const bytes = readFileSync(pathOf('vectors', records(npy.stdout)[0].npy));
    expect(bytes.subarray(1, 6).toString()).toBe('NUMPY');
    expect(bytes.toString('latin1', 10, 128)).toContain("'shape': (4, 1506)");
    expect(bytes.readFloatLE(128 + 4 * 7)).toBeCloseTo(all.embeddings[0][7], 5);
    expect(bytes).toHaveLength(128 + 4 * 4 * 1506);
  });

  it('writes a Parquet table, of what is there when a file fails', async () => {
    const songs = ['mixed/more/a "song", so.mp3', 'mixed/more/text.flac'];
    const { code, stdout } = await onFiles('embed', ...songs, '--hop', '9', '--per-window', '--parquet', 'all.parquet');
    expect([code, stdout]).toEqual([1, '']);
    const rows = await parquetReadObjects({ file: await asyncBufferFromFile(pathOf('all.parquet')) });
    expect(rows.map(({ file, time }) => [file, time])).toEqual([0, 9, 18, 27].map((time) => [songs[0], time]));
    const [all] = records((await onFiles('embed', songs[0] as string, '--hop', '9', '--per-window')).stdout);
    expect(rows.map(({ embedding }) => embedding)).toEqual(all.embeddings);
  });
});

describe('musrep', () => {
  it('lists the models and explains itself', async () => {
    const [models, help, tagHelp, version] = await Promise.all([
      musrep('models', '--json'),
      musrep('--help'),
      musrep('tag', '--help'),
      musrep('--version'),
    ]);
    expect(JSON.parse(models.stdout)[0]).toMatchObject({
      name: 'musicnn-mtat',
      scores: { rocAuc: 0.9106 },
    });
    expect(help.stdout).toContain('musrep embed FILE…');
    expect(tagHelp.stdout).toContain('--taggram DIR');
    expect(version.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it('names the nearest, and exits with 2, when the command is wrong', async () => {
    const wrong = {
      "Did you mean 'tag'": ['tga'],
      "Did you mean '--top'": ['tag', 'x.mp3', '--tpo', '3'],
      "Did you mean 'musicnn-mtat'": ['tag', 'x.mp3', '--model', 'musicn-mtat'],
      "Did you mean 'wasm'": ['tag', 'x.mp3', '--backend', 'wams'],
      'takes files or folders': ['tag'],
      'whole number': ['tag', 'x.mp3', '--top', '0'],
      'Choose one of --json and --csv': ['tag', 'x.mp3', '--json', '--csv'],
      '--resume goes with --output FILE': ['tag', 'x.mp3', '--resume'],
      'neither --npy nor --resume': ['embed', 'x.mp3', '--parquet', 'y', '--npy', 'z'],
    };
    const outcomes = await Promise.all(Object.values(wrong).map((args) => musrep(...args)));
    Object.keys(wrong).forEach((message, i) => {
      expect(outcomes[i]).toMatchObject({ code: 2, stderr: expect.stringContaining(message) });
    });
  });
});

async function untilLines(path: string, count: number): Promise<void> {
  const lines = () => readFileSync(path, { encoding: 'utf8', flag: 'a+' }).split('\n').length - 1;
  while (lines() < count) await new Promise((settle) => setTimeout(settle, 20));
}
