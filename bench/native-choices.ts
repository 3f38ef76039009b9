/**
 * The measurements behind docs/decisions.md on the native tfjs backend: what was chosen beside what it replaced, in CPU ms. Run
 * it with `taskset -c 0 npx tsx bench/native-choices.ts`.
 */
import * as tf from '@tensorflow/tfjs-core';
import { convolveByPoints, toPoints } from '../src/runtime/minimal-filtering.js';
import { useTfjsBackend } from '../src/runtime/tfjs-backend.js';
import { medianCpuMs } from './cases/measure.js';
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
