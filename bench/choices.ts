/**
 * The measurements behind docs/decisions.md, on wasm: what was chosen beside what it replaced. CPU ms; convolutions for
 * one window of MusiCNN, transforms for 30 s at 16 kHz; of a model's window and head the time that passed. Run it with
 * `npx tsx bench/choices.ts`.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { AudioModel } from '../src/core/model.js';
import { variablesOf } from '../src/core/variables.js';
import { profile } from '../src/inspect/profile.js';
import { HarmonicCNN } from '../src/models/harmonic-cnn.js';
import { MusiCNN } from '../src/models/musicnn.js';
import { ShortChunkCNNRes } from '../src/models/short-chunk-cnn-res.js';
import { conv2d, type Padding } from '../src/runtime/conv2d.js';
import { plainPowerSpectra } from '../src/runtime/power-spectra.js';
import { powerSpectrogram } from '../src/runtime/power-spectrogram.js';
import { useTfjsBackend } from '../src/runtime/tfjs-backend.js';
import { addressesOnHeap } from '../src/runtime/wasm-heap.js';
import { type ConvSize, convSize } from '../src/runtime/wasm-kernels/conv-size.js';
import { convolveDirectlyOnHeap } from '../src/runtime/wasm-kernels/direct.js';
import { type WasmKernels, wasmKernels } from '../src/runtime/wasm-kernels/module.js';
import { convolvePatchesOnHeap } from '../src/runtime/wasm-kernels/patches.js';
import { convolveOnHeap } from '../src/runtime/wasm-kernels/winograd.js';
import { withoutWasmKernels } from '../test/harness/without-wasm-kernels.js';
import { medianCpuMs } from './cases/measure.js';

const BATCH = 4;

await useTfjsBackend('wasm');

async function print(name: string, op: () => tf.Tensor, share = 1): Promise<void> {
  const ms = await medianCpuMs(async () => {
    const y = tf.tidy(op);
    await y.data();
    y.dispose();
  }, 25);
  console.log(`${name.padEnd(64)} ${(ms / share).toFixed(2)}`);
}

const mel = tf.randomNormal([BATCH, 96, 188, 1]) as tf.Tensor4D;
const image = tf.randomNormal([BATCH, 64, 116, 128]) as tf.Tensor4D;
const convolutions = [
  { name: '67 × 7 filters on one channel', x: mel, kernel: tf.randomNormal([67, 7, 1, 204]), sides: [0, 3] },
  { name: '38 × 7 filters on one channel', x: mel, kernel: tf.randomNormal([38, 7, 1, 204]), sides: [0, 3] },
  { name: '3 × 3 filters on 128 channels', x: image, kernel: tf.randomNormal([3, 3, 128, 128]), sides: [1, 1] },
] as const;
for (const { name, x, kernel, sides } of convolutions) {
  const padding = sides.map((zeros) => [zeros, zeros]) as unknown as Padding;
  const convolve = () => conv2d(x, kernel as tf.Tensor4D, padding);
  await print(`${name}: minimal filtering`, convolve, BATCH);
  await print(`${name}: by the tfjs backend`, () => withoutWasmKernels(convolve), BATCH);
}

const spectrogram = tf.randomNormal([1, 96, 256, 1]) as tf.Tensor4D;
for (const kernelShape of [
  [38, 7, 1, 8],
  [38, 1, 1, 32],
  [38, 3, 1, 16],
] as [number, number, number, number][]) {
  const kernel = tf.randomNormal(kernelShape) as tf.Tensor4D;
  const ways = {
    directly: convolveDirectlyOnHeap,
    'by minimal filtering': convolveOnHeap,
    'by patches': convolvePatchesOnHeap,
  };
  for (const [way, convolve] of Object.entries(ways)) {
    const [height, width, , filters] = kernelShape;
    await print(`${filters} filters ${height} × ${width} on 96 × 256: ${way}`, () => {
      const info = tf.backend_util.computeConv2DInfo(spectrogram.shape, kernelShape, 1, 1, 'valid');
      const y = tf.zeros(info.outShape);
      const at = addressesOnHeap(tf.backend(), { x: spectrogram, kernel, y });
      convolve(tf.backend(), wasmKernels(tf.backend()) as WasmKernels, convSize(info) as ConvSize, at, {});
      return y;
    });
  }
}

const hidden = tf.randomNormal([257, 1024]);
await print('error function of 257 × 1024 values', () => tf.erf(hidden));
await print('the same by the tfjs backend', () => withoutWasmKernels(() => tf.erf(hidden)));

const kernel = tf.randomNormal([67, 7, 1, 204]);
const responses = tf.randomNormal([BATCH, 59, 188, 204]);
const channel = tf.ones([204]);
await print(
  'batch norm and ReLU of the output of the 38 × 7 filters',
  () => tf.relu(tf.add(tf.mul(responses, channel), channel)),
  BATCH,
);
await print('folding batch norm into a 67 × 7 kernel, a call', () => tf.mul(kernel, channel));

const spec = { fftSize: 512, hopLength: 256, windowLength: 512, center: true, padMode: 'reflect' } as const;
const waveform = tf.randomNormal([1, 480_000]) as tf.Tensor2D;
const frames = tf.randomNormal([1876, 512]) as tf.Tensor2D;
const basis = tf.randomNormal([512, 514]) as tf.Tensor2D;
await print('power spectrogram by FFT', () => powerSpectrogram(waveform, spec));
const samples = waveform.dataSync() as Float32Array;
const power = new Float32Array(1876 * 257);
await print('its FFT in TypeScript alone', () => {
  plainPowerSpectra(samples, spec, power);
  return tf.scalar(0);
});
await print('its matrix product alone', () => tf.matMul(frames, basis));

const labels = Array.from({ length: 50 }, (_, i) => `label ${i}`);
await printFolding('MusiCNN', new MusiCNN({ labels }));
await printFolding('HarmonicCNN', new HarmonicCNN({ labels }));
await printFolding('ShortChunkCNNRes', new ShortChunkCNNRes({ labels }));

/** Of all of a model's kernels, beside a window and its head. */
async function printFolding(name: string, model: AudioModel): Promise<void> {
  const variables = [...variablesOf(model.layersModel)].filter(([key]) => /conv(_\d)?\/kernel$/.test(key));
  const kernels = variables.map(([, variable]) => variable.read());
  await print(`${name}: folding all batch norms, a call`, () => {
    const folded = kernels.map((one) => tf.mul(one, tf.ones([one.shape.at(-1) as number])));
    return folded.at(-1) as tf.Tensor;
  });
  const noise = tf.randomUniform([model.samples], -1, 1, 'float32', 1);
  const clip = { samples: (await noise.data()) as Float32Array, sampleRate: model.sampleRate };
  const { blocks, milliseconds } = await profile(model, clip);
  console.log(`${`${name}: a window`.padEnd(64)} ${milliseconds.toFixed(1)}`);
  console.log(`${`${name}: its head`.padEnd(64)} ${blocks.at(-1)?.milliseconds.toFixed(1)}`);
  noise.dispose();
  model.dispose();
}
