/**
 * Every architecture beside PyTorch and onnxruntime, from waveform to scores. Writes bench/architectures.md, unless names of
 * some are given. Run it with `npm run bench:architectures`; CONTRIBUTING.md says what the peers need.
 */
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { exportModels, onnxruntime, onnxVersion } from './onnx.js';
import { bundleCases, inTurns, ms, python, ROOT, ratio, runners, table } from './tools.js';

const ROUNDS = 2;

/** The published ones, then those of the thesis; `spec_transformer` is of the grid of CNNSA. */
const ALL = [
  ...['musicnn', 'musicnn-tensorflow', 'vgg', 'fcn', 'crnn'],
  ...['short', 'short_res', 'sample', 'se', 'hcnn', 'attention', 'spec_transformer', 'mtt'],
];
const NAMES = process.argv.length > 2 ? process.argv.slice(2) : ALL;
const HEAD = [
  ...['architecture', 'batch', 'PyTorch', 'onnxruntime-node', 'onnxruntime-web', 'musrep, wasm', 'musrep, native'],
  ...['wasm of onnxruntime-web', 'native of onnxruntime-node', 'native of PyTorch'],
];

await bundleCases(['architecture', 'onnxruntime']);
exportModels(NAMES);
const [wasm, native] = runners;

const rows = NAMES.flatMap((name) => {
  const results = inTurns(ROUNDS, [
    () => python('window.py', name),
    () => onnxruntime('node', name),
    () => onnxruntime('web', name),
    () => wasm?.run('architecture', name),
    () => native?.run('architecture', name),
  ]);
  return ['1', '8'].map((batch) => {
    const values = results.map((result) => result?.[`batch ${batch}`]);
    const [torch, node, web, ourWasm, ourNative] = values;
    return [name, batch, ...values.map(ms), ratio(ourWasm, web), ratio(ourNative, node), ratio(ourNative, torch)];
  });
});

const report = [
  '# The architectures, from waveform to scores',
  '',
  `\`npm run bench:architectures\`, Node ${process.versions.node}, onnxruntime ${onnxVersion() ?? 'absent'}, ${cpus()[0]?.model.trim() ?? 'unknown processor'}, one core (\`taskset\`).`,
  `CPU ms a window, alone and in a batch of 8: the least of ${ROUNDS} rounds in which the sides took turns, of each the median after warming up; natively after ten calls more, by when there is a graph.`,
  '`onnxruntime-web` is its wasm in Node with one thread. Both runtimes run what PyTorch exports, with all graph optimisations, once their scores',
  "equal PyTorch's within 1e-4; the spectrogram is what they do sooner: on wasm the exporter's STFT, else a convolution with cosines and sines.",
  '',
  table(HEAD, rows),
  '',
].join('\n');
if (NAMES === ALL) writeFileSync(join(ROOT, 'bench/architectures.md'), report);
console.log(report);
