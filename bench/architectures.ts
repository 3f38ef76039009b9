/**
 * The architectures of the thesis beside PyTorch: CPU time for 30 s of audio. Writes bench/architectures.md. Run it with
 * `npm run bench:architectures`.
 */
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { bundleCases, ms, python, ROOT, ratio, runners, table } from './tools.js';

const NAMES = ['short', 'short_res', 'sample', 'se', 'hcnn', 'attention', 'mtt'];

await bundleCases(['architecture']);
const rows = NAMES.map((name) => {
  const peer = python('architectures.py', name);
  const ours = runners.map(({ run }) => run('architecture', name).ms);
  return [name, ms(peer?.ms), ...ours.map((value) => `${ms(value)} (${ratio(value, peer?.ms)})`)];
});
const report = [
  '# The architectures, 30 s of audio',
  '',
  `\`npm run bench:architectures\`, Node ${process.versions.node}, ${cpus()[0]?.model.trim() ?? 'unknown processor'}, one core (\`taskset\`). CPU ms, in brackets the ratio to`,
  'PyTorch; all windows that follow one another in one batch, one round.',
  '',
  table(['', 'PyTorch', ...runners.map(({ name }) => name)], rows),
  '',
].join('\n');
writeFileSync(join(ROOT, 'bench/architectures.md'), report);
console.log(report);
