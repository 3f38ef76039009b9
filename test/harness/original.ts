import { appendFileSync, mkdirSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, model as layersModelOf, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { expect } from 'vitest';
import type { Clip } from '../../src/audio/clip.js';
import type { AudioModel } from '../../src/core/model.js';
import { pytorchName } from '../../src/io/pytorch-names.js';
import { writeSafetensors } from '../../src/io/safetensors.js';
import { requireClose } from './compare.js';
import { readTensors, type Summary, sampleLike } from './shared.js';
import type { TrainingGolden, TrainingStep } from './training-step.js';

/** The tolerances of the reference data's NOTES. */
export const PUBLISHED = 1e-4;
export const ACTIVATION_SHARE = 1e-3;
export const LOSSES = 1e-3;

/** As `requireClose`, by an absolute difference; gives the greatest. */
export function requireWithin(
  what: string,
  values: ArrayLike<number>,
  reference: ArrayLike<number>,
  tolerance: number,
): number {
  const greatest = Array.from(reference).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return requireClose(what, values, reference, tolerance / Math.max(greatest, 1e-3));
}

/** Says how far a published model is from its original, and keeps it for the model cards. */
export function recordWorst(checkpoint: string, clip: string, worst: number): void {
  const backend = tf.getBackend();
  console.log(`${checkpoint} ${clip} on ${backend}: worst difference ${worst.toExponential(1)}`);
  mkdirSync('.out', { recursive: true });
  appendFileSync('.out/parity.jsonl', `${JSON.stringify({ checkpoint, clip, backend, worst })}\n`);
}

export function windowsOf(clip: Clip, starts: readonly number[], samples: number): tf.Tensor2D {
  return tf.stack(starts.map((start) => tf.tensor1d(clip.samples.slice(start, start + samples)))) as tf.Tensor2D;
}

export async function predictAt(model: AudioModel, clip: Clip, starts: readonly number[]): Promise<number[]> {
  const rows: number[] = [];
  for (const start of starts) {
    const scores = tf.tidy(() => model.predict(windowsOf(clip, [start], model.samples)));
    rows.push(...(await scores.data()));
    scores.dispose();
  }
  return rows;
}

/** Modules of the originals that are another layer here, or the second of two. */
const ELSEWHERE: readonly (readonly [RegExp, string])[] = [
  [/^(encoder\.layer\.\d+)\.attention\.output$/, '$1.attention'],
  [/^(encoder\.layer\.\d+)\.output$/, '$1'],
  [/^mlp_head$/, 'mlp_head.1'],
  [/^pooler$/, 'pooler.dense'],
];

/** What is within a layer here. */
const INSIDE = /^encoder\.layer\.\d+\.(attention\.self|intermediate)$/;

/** What comes out of the layer that an original calls `name`: behind its pooling, where that is a layer here. */
export function outputOf(model: LayersModel, name: string): SymbolicTensor {
  const ours = ELSEWHERE.reduce((found, [pattern, replacement]) => found.replace(pattern, replacement), name);
  const pooled = model.layers.find((layer) => layer.name === `${ours}.pool`);
  return (pooled ?? model.getLayer(ours)).output as SymbolicTensor;
}

/** The first item's output of some layers, in the layout that `arrange` gives; disposes of the input. */
export async function activationsOf(
  model: AudioModel,
  x: tf.Tensor2D,
  outputs: readonly SymbolicTensor[],
  arrange: (x: tf.Tensor, index: number) => tf.Tensor,
): Promise<Float32Array[]> {
  const inside = layersModelOf({ inputs: model.layersModel.inputs, outputs: [...outputs] });
  const tensors = tf.tidy(() => {
    const all = [inside.apply(x, { training: false })].flat() as tf.Tensor[];
    return all.map((one, i) => arrange(tf.slice(one, 0, 1), i));
  });
  const values = await Promise.all(tensors.map((one) => one.data() as Promise<Float32Array>));
  tf.dispose([x, tensors]);
  return values;
}

/** Compares the first window's output of every layer that a golden file names; disposes of the input. */
export async function checkActivations(
  model: AudioModel,
  x: tf.Tensor2D,
  layers: Readonly<Record<string, Summary>>,
  whole: (name: string) => Float32Array | undefined = () => undefined,
): Promise<void> {
  const names = Object.keys(layers).filter((name) => !INSIDE.test(name));
  const outputs = names.map((name) => outputOf(model.layersModel, name));
  const activations = await activationsOf(model, x, outputs, (y, i) =>
    inPytorchOrder(y, (layers[names[i] as string] as Summary).shape),
  );
  for (const [i, name] of names.entries()) {
    const values = activations[i] as Float32Array;
    const summary = layers[name] as Summary;
    checkSummary(name, values, summary);
    const reference = whole(name);
    const greatest = Math.max(Math.abs(summary.max), Math.abs(summary.min));
    if (reference) requireWithin(`${name}, whole`, values, reference, ACTIVATION_SHARE * greatest);
  }
}

function normOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i] as number) ** 2;
  return Math.sqrt(sum);
}

export function checkSummary(name: string, values: Float32Array, summary: Summary): void {
  const greatest = Math.max(Math.abs(summary.max), Math.abs(summary.min));
  requireWithin(name, sampleLike(values, summary), summary.sample.values, ACTIVATION_SHARE * greatest);
  expect(Math.abs(normOf(values) - summary.l2), `${name}, norm`).toBeLessThan(ACTIVATION_SHARE * summary.l2);
}

/** One item as PyTorch holds it: the channels first, unless the case says that they lie as they do here. */
function inPytorchOrder(x: tf.Tensor, shape: readonly number[]): tf.Tensor {
  const last = x.shape.length - 1;
  const channelsFirst = [x.shape[last], ...x.shape.slice(1, -1)];
  if (String(channelsFirst) !== String(shape)) return x;
  return tf.transpose(x, [0, last, ...Array.from({ length: last - 1 }, (_, i) => i + 1)]);
}

/** Gives a model the weights of a case at reduced width. */
export async function withSmallWeights<M extends AudioModel>(name: string, model: M): Promise<M> {
  const state = [...readTensors(`golden/${name}`)].filter(([key]) => !/^(act\.|output$)/.test(key));
  await model.loadWeights(writeSafetensors(state));
  return model;
}

/** Before a batch norm a bias has no effect: its gradient is rounding, in float64 much less than this. */
const ROUNDING = 1e-9;

/** Compares a training step's loss and gradients with the original's. */
export function checkTrainingStep({ loss, gradients }: TrainingStep, golden: TrainingGolden): void {
  requireWithin('loss', [loss], golden.losses_float64.slice(0, 1), LOSSES);
  for (const [key, gradient] of Object.entries(gradients)) {
    const summary = golden.gradients_step0[pytorchName(key)] as Summary;
    if (summary.l2 < ROUNDING) {
      expect(normOf(gradient), key).toBeLessThan(1e-4);
      continue;
    }
    const share = key.endsWith('bw_Q') ? 1e-3 : /^(spec_bn|frontend\.input_bn)/.test(key) ? 5e-2 : 1e-2;
    requireWithin(key, sampleLike(gradient, summary), summary.sample.values, share * summary.l2);
    expect(Math.abs(normOf(gradient) - summary.l2), key).toBeLessThan(share * summary.l2);
  }
}
