/**
 * Measures musrep beside its peers, each in a process of its own on one core, one after the other, and writes the tables
 * to bench/results.md. Run it with `npm run bench`; CONTRIBUTING.md says what the peers need.
 */
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import {
  bundleCases,
  inTurns,
  ms,
  python,
  type Result,
  ROOT,
  ratio,
  runners,
  SONG,
  table,
  WEIGHTS,
  writeLabels,
} from './tools.js';

const ROUNDS = 3;

await bundleCases(['log-mel', 'cold-start']);

function logMelTable(): string {
  const [peer, ...results] = inTurns(ROUNDS, [
    () => python('run.py', 'log-mel'),
    ...runners.map(
      ({ run }) =>
        () =>
          run('log-mel'),
    ),
  ]);
  const row = (name: string, value: unknown) => [
    name,
    ms(value),
    ratio(value, peer?.torch),
    ratio(value, peer?.librosa),
  ];
  const rows = [
    row('torch.stft and a matrix product', peer?.torch),
    row('librosa', peer?.librosa),
    ...runners.map(({ name }, i) => row(name, results[i]?.ms)),
  ];
  return table(['Log-mel of 30 s', 'CPU ms', 'of torch', 'of librosa'], rows);
}

function coldStartTables(): string {
  const labels = writeLabels();
  const [peer, ...results] = inTurns(ROUNDS, [
    () => python('run.py', 'cold-start', WEIGHTS, labels, SONG),
    ...runners.map(
      ({ run }) =>
        () =>
          run('cold-start', SONG),
    ),
  ]);
  const row = (name: string, result: Result | undefined) => [
    name,
    ms(result?.cpu),
    ratio(result?.cpu, peer?.cpu),
    ((result?.top as string[] | undefined) ?? []).join(', '),
  ];
  const rows = [row('PyTorch with librosa', peer), ...runners.map(({ name }, i) => row(name, results[i]))];
  const shares = results.map((result) => result?.share as Record<string, number>);
  const parts = Object.keys(shares[0] ?? {}).map((part) => [part, ...shares.map((share) => ms(share[part]))]);
  return [
    table(['From process start to tags', 'CPU ms', 'of PyTorch', 'top 5'], rows),
    table(['Where the CPU ms go', ...runners.map(({ name }) => name)], parts),
  ].join('\n\n');
}

const report = [
  '# Benchmarks',
  '',
  `\`npm run bench\`, Node ${process.versions.node}, ${cpus()[0]?.model.trim() ?? 'unknown processor'}, one core (\`taskset\`),`,
  `${SONG.includes('3min') ? 'a song of 3 minutes' : 'a song of 30 s'} as MP3 at 48 kHz, 16 windows. CPU time; the least of ${ROUNDS} rounds in which the`,
  'sides took turns. Compare within a table: the machine is shared.',
  '',
  logMelTable(),
  '',
  coldStartTables(),
  '',
].join('\n');
writeFileSync(join(ROOT, 'bench/results.md'), report);
console.log(report);
