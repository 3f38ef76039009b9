/**
 * Decoding and resampling beside librosa and ffmpeg; a catalogue to tags beside a PyTorch loop, and how time and memory
 * grow with files and with length. Writes bench/audio.md. Run it with `npm run bench:audio`; it needs ffmpeg.
 */
import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  bundleCases,
  onOneCore,
  PYTHON,
  type Result,
  ROOT,
  ratio,
  runners,
  SONG,
  table,
  WEIGHTS,
  writeLabels,
} from './tools.js';

const LABELS = writeLabels();
const folder = mkdtempSync(join(tmpdir(), 'musrep-bench-'));
const ffmpeg = (...args: string[]) => execFileSync('ffmpeg', ['-v', 'error', '-y', ...args]);
const peer = (...args: string[]) => onOneCore(PYTHON, [join(ROOT, 'bench/peers/audio.py'), ...args]);

const FORMATS = { mp3: ['-b:a', '192k'], wav: [], flac: [], ogg: ['-c:a', 'libvorbis'], opus: ['-c:a', 'libopus'] };

await bundleCases(['decode']);

function decodingTable(): string {
  const rows = Object.entries(FORMATS).map(([ending, options]) => {
    const path = join(folder, `song.${ending}`);
    ffmpeg('-i', SONG, '-t', '60', '-ar', ending === 'opus' ? '48000' : '44100', ...options, path);
    const ours = onOneCore(process.execPath, [join(ROOT, '.out/bench/decode.js'), 'wasm', '', path]);
    const theirs = peer('decode', path);
    const speed = (ms: unknown) => Math.round((1000 * (ours.seconds as number)) / (ms as number));
    return [
      ending,
      ...[ours.decode, theirs.librosa, theirs.ffmpeg, ours.both, theirs['librosa both'], theirs['ffmpeg both']].map(
        (ms) => String(speed(ms)),
      ),
    ];
  });
  const head = ['musrep', 'librosa', 'ffmpeg'];
  return table(['format', ...head, ...head.map((name) => `${name}, to 16 kHz`)], rows);
}

/** Runs the command line as a user does, but on one core. */
function commandLine(backend: string, native: string, args: readonly string[]): Result {
  const main = join(ROOT, 'dist/cli/main.cjs');
  const usage = join(ROOT, 'bench/usage.mjs');
  const output = join(folder, 'tags.jsonl');
  const from = backend === 'tensorflow' ? ['--backend-from', native] : [];
  const options = [...args, '--jsonl', '-o', output, '--backend', backend, ...from];
  return onOneCore(process.execPath, ['--import', usage, main, ...options]);
}

/** So many clips of 3 s: pieces of the song, and links to them. */
function catalogue(count: number): { path: string; files: string[] } {
  const path = join(folder, `catalogue-${count}`);
  mkdirSync(path);
  ffmpeg('-i', SONG, '-f', 'segment', '-segment_time', '3.2', '-c', 'copy', join(path, 'piece-%03d.mp3'));
  const pieces = Array.from({ length: 50 }, (_, i) => join(path, `piece-${String(i).padStart(3, '0')}.mp3`));
  const files = Array.from({ length: count }, (_, i) => {
    const file = join(path, `clip-${String(i).padStart(5, '0')}.mp3`);
    linkSync(pieces[i % pieces.length] as string, file);
    return file;
  });
  return { path, files };
}

const sides = (run: (backend: string, native: string) => Result, python: () => Result) => [
  { name: 'PyTorch with librosa', result: python() },
  ...runners.map(({ name, backend, native }) => ({ name, result: run(backend, native) })),
];

const cells = ({ cpu, megabytes }: Result, first: Result) => [
  ((cpu as number) / 1000).toFixed(1),
  ratio(cpu, first.cpu),
  Math.round(megabytes as number).toString(),
];

function filesTable(): string {
  const rows = [100, 1000].flatMap((count) => {
    const { files } = catalogue(count);
    const measured = sides(
      (backend, native) => commandLine(backend, native, ['tag', ...files, '--windows', '1']),
      () => peer('tag', WEIGHTS, LABELS, '1', ...files),
    );
    return measured.map(({ name, result }) => [String(count), name, ...cells(result, measured[0]?.result as Result)]);
  });
  return table(['clips of 3 s', 'to tags', 'CPU s', 'of PyTorch', 'peak MB'], rows);
}

function lengthTable(): string {
  const rows = [3, 20, 60].flatMap((minutes) => {
    const path = join(folder, `${minutes}.mp3`);
    ffmpeg('-stream_loop', '-1', '-i', SONG, '-t', String(minutes * 60), '-c', 'copy', path);
    const measured = sides(
      (backend, native) => commandLine(backend, native, ['tag', path]),
      () => peer('tag', WEIGHTS, LABELS, '16', path),
    );
    return measured.map(({ name, result }) => [String(minutes), name, ...cells(result, measured[0]?.result as Result)]);
  });
  return table(['minutes of MP3', 'to tags of 16 windows', 'CPU s', 'of PyTorch', 'peak MB'], rows);
}

const report = [
  '# Decoding, catalogues and long files',
  '',
  `\`npm run bench:audio\`, Node ${process.versions.node}, ${cpus()[0]?.model.trim() ?? 'unknown processor'}, one core (\`taskset\`).`,
  '',
  'Decoding to mono, and to mono at 16 kHz: seconds of audio per CPU second, more is better. A minute of music at 44.1 kHz (Opus: 48).',
  '',
  decodingTable(),
  '',
  'From the start of the process to written tags, decoding threads included.',
  '',
  filesTable(),
  '',
  lengthTable(),
  '',
].join('\n');
rmSync(folder, { recursive: true });
writeFileSync(join(ROOT, 'bench/audio.md'), report);
console.log(report);
