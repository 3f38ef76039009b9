/**
 * A training step beside PyTorch: CPU time and peak memory at batch 8. Writes bench/training.md. Run it with
 * `npm run bench:training`.
 */
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { bundleCases, ms, python, type Result, ROOT, ratio, runners, table } from './tools.js';

const NAMES = ['short', 'transformer'];

await bundleCases(['training-step']);
const memory = (result: Result | undefined) => (result ? `${Math.round(Number(result.megabytes))} MB` : '–');
const rows = NAMES.map((name) => {
  const peer = python('training.py', name);
  const ours = runners.map(({ run }) => run('training-step', name));
  const cells = ours.map((result) => `${ms(result.ms)} (${ratio(result.ms, peer?.ms)}), ${memory(result)}`);
  return [name, `${ms(peer?.ms)}, ${memory(peer)}`, ...cells];
});
const report = [
  '# A training step',
  '',
  `\`npm run bench:training\`, Node ${process.versions.node}, ${cpus()[0]?.model.trim() ?? 'unknown processor'}, one core (\`taskset\`). CPU ms of a step with Adam at`,
  "batch 8, in brackets the ratio to PyTorch, and the process's peak memory. `short` is the ShortChunkCNN, `transformer` four layers of 256",
  'on 129 tokens with nothing before them.',
  '',
  table(['', 'PyTorch', ...runners.map(({ name }) => name)], rows),
  '',
].join('\n');
writeFileSync(join(ROOT, 'bench/training.md'), report);
console.log(report);
