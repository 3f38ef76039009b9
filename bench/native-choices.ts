/**
 * The measurements behind docs/decisions.md on the native tfjs backend: what was chosen beside what it replaced, in CPU ms. Run
 * it with `taskset -c 0 npx tsx bench/native-choices.ts`.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { AudioModel } from '../src/core/model.js';
import { setCallsBeforeGraph } from '../src/core/network.js';
import { CNNSA } from '../src/models/cnnsa.js';
import { MusiCNN } from '../src/models/musicnn.js';
import { ShortChunkCNNRes } from '../src/models/short-chunk-cnn-res.js';
import { convolveByPoints, toPoints } from '../src/runtime/minimal-filtering.js';
import { useTfjsBackend } from '../src/runtime/tfjs-backend.js';
import { cpuMs, medianCpuMs } from './cases/measure.js';
import { NATIVE } from './tools.js';

await useTfjsBackend('tensorflow', { from: NATIVE });

async function print(name: string, op: () => tf.Tensor): Promise<void> {
  const ms = await medianCpuMs(async () => tf.tidy(op).dispose(), 15);
  console.log(`${name.padEnd(64)} ${ms.toFixed(2)}`);
}

for (const [bands, frames, channels, filters] of [
  [128, 431, 128, 128],
  [64, 115, 128, 128],
  [48, 453, 64, 128],
  [16, 28, 256, 256],
] as const) {
  const x = tf.randomNormal([1, bands, frames, channels]) as tf.Tensor4D;
  const kernel = tf.randomNormal([3, 3, channels, filters]) as tf.Tensor4D;
  const points = toPoints(kernel);
  const shape = `${bands} × ${frames} × ${channels}, ${filters} filters of 3 × 3`;
  await print(`${shape}: minimal filtering`, () => convolveByPoints(x, points));
  await print(`${shape}: by TensorFlow`, () => tf.conv2d(x, kernel, 1, 'same'));
  tf.dispose([x, kernel, points]);
}

const row = tf.randomNormal([1, 188, 51]);
await print('a rectifier of next to nothing', () => tf.relu(row));
await print('a reshape of next to nothing', () => tf.reshape(row, [188, 51]));

const labels = Array.from({ length: 50 }, (_, i) => `label ${i}`);
await printGraph('MusiCNN', new MusiCNN({ labels }));
await printGraph('ShortChunkCNNRes', new ShortChunkCNNRes({ labels }));
await printGraph('CNNSA of a spectrogram', new CNNSA({ labels, frontend: 'spec' }));

/** A window op by op and as a graph, and what the graph costs until it has run twice: by then TensorFlow has simplified it. */
async function printGraph(name: string, model: AudioModel): Promise<void> {
  const x = tf.randomUniform([1, model.samples], -1, 1) as tf.Tensor2D;
  const window = async () => {
    const scores = model.predict(x);
    await scores.data();
    scores.dispose();
  };
  setCallsBeforeGraph(Number.POSITIVE_INFINITY);
  const opByOp = await medianCpuMs(window, 15);
  setCallsBeforeGraph(0);
  const start = cpuMs();
  await window();
  await window();
  const making = cpuMs() - start;
  const asGraph = await medianCpuMs(window, 15);
  const figures = { opByOp, asGraph, making: making - 2 * asGraph };
  for (const [what, figure] of Object.entries(figures))
    console.log(`${`${name}: ${what}`.padEnd(64)} ${figure.toFixed(1)}`);
  model.dispose();
  x.dispose();
}
