/**
 * An exported architecture in onnxruntime, from waveform to scores: CPU ms a window. Before it is timed its scores must be
 * those of PyTorch. Arguments: `node` or `web`, the folder with the packages, the model's path without its endings.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { noise, type Scoring, windowMs } from './measure.js';

const TOLERANCE = 1e-4;

/** The part of onnxruntime-common's types that is used here; the package is not among the project's. */
type OnnxRuntime = {
  readonly env: { readonly wasm: { numThreads?: number } };
  readonly Tensor: new (type: 'float32', data: Float32Array, dims: readonly number[]) => unknown;
  readonly InferenceSession: { create(model: Uint8Array, options: object): Promise<Session> };
};
type Session = { run(feeds: object): Promise<{ readonly scores: { readonly data: Float32Array } }> };

const [kind, folder, path] = process.argv.slice(2) as ['node' | 'web', string, string];
const onnx = createRequire(join(folder, 'package.json'))(`onnxruntime-${kind}`) as OnnxRuntime;
if (kind === 'web') onnx.env.wasm.numThreads = 1;

/** Of the two forms of the spectrogram the one that is faster there. */
const form = { node: 'dft', web: 'stft' }[kind];
const session = await onnx.InferenceSession.create(readFileSync(`${path}.${form}.onnx`), {
  executionProviders: [{ node: 'cpu', web: 'wasm' }[kind]],
  graphOptimizationLevel: 'all',
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
});

const expected = JSON.parse(readFileSync(`${path}.json`, 'utf8')) as { samples: number; scores: number[] };
const { samples } = expected;

const score: Scoring = async (windows, batch) => {
  const { scores } = await session.run({ waveform: new onnx.Tensor('float32', windows, [batch, samples]) });
  return scores.data;
};

const scores = await score(noise(2 * samples), 2);
const worst = Math.max(...expected.scores.map((value, i) => Math.abs(value - (scores[i] as number))));
if (!(worst <= TOLERANCE)) throw new Error(`${path}: a score differs from PyTorch's by ${worst}`);
console.log(JSON.stringify({ worst, ...(await windowMs(samples, score)) }));
