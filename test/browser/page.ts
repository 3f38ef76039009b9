import * as tf from '@tensorflow/tfjs-core';
import { loadAudio, loadModel, MusiCNN, type TfjsBackendName, useTfjsBackend } from '../../src/index.js';
import { readSafetensors, writeSafetensors } from '../../src/io/safetensors.js';
import { loadPublished } from '../../src/models/catalogue.js';
import type { PublishedName } from '../../src/models/published.js';
import { checkpoint, type FitOptions, Trainer } from '../../src/training/index.js';
import { globalNorm } from '../../src/training/optimizer.js';
import { BLOCK_CASES } from '../harness/block-cases.js';
import { fixedPicture, insideMaps } from '../harness/inside-maps.js';
import { KERNEL_CASES } from '../harness/kernel-cases.js';
import { runBlockCase } from '../harness/run-block-case.js';
import { runKernelCase } from '../harness/run-kernel-case.js';
import { SMALL_ARCHITECTURES, type SmallArchitecture } from '../harness/small-architectures.js';
import { TINY_OPTIONS, tinyBatches, tinyModel, weightsOf } from '../harness/tiny-training.js';
import { type TrainingGolden, takeOriginalFilters, trainingLosses, trainingStep } from '../harness/training-step.js';
import { untestedKernels } from '../harness/untested-kernels.js';

/** What the tests ask of a page; each call answers with a failure's message, or with nothing. */
const pageTests = {
  async start(name: TfjsBackendName): Promise<string> {
    return (await useTfjsBackend(name, name === 'wasm' ? { from: '/wasm/' } : {})).name;
  },

  cases: () => ({ kernels: KERNEL_CASES.map(({ name }) => name), blocks: BLOCK_CASES.map(({ name }) => name) }),

  kernel: (i: number) => failureOf(() => runKernelCase(KERNEL_CASES[i] as (typeof KERNEL_CASES)[number])),
  block: (i: number) => failureOf(() => runBlockCase(BLOCK_CASES[i] as (typeof BLOCK_CASES)[number])),
  untestedKernels,

  /** Scores of one window by a published model. */
  async predict(name: PublishedName, audio: string, start: number): Promise<number[]> {
    const model = await loadPublished(name, { from: '/weights' });
    const clip = await loadAudio(audio);
    const window = tf.tensor2d(clip.samples.slice(start, start + model.samples), [1, model.samples]);
    const scores = model.predict(window);
    const values = [...(await scores.data())];
    tf.dispose([window, scores]);
    model.dispose();
    return values;
  },

  /** Scores of one window by an architecture at reduced width, with the reference's weights. */
  async architecture(name: SmallArchitecture, audio: string, start: number): Promise<number[]> {
    const { model } = await smallOriginal(name);
    const clip = await loadAudio(audio);
    const window = tf.tensor2d(clip.samples.slice(start, start + model.samples), [1, model.samples]);
    const scores = model.predict(window);
    const values = [...(await scores.data())];
    tf.dispose([window, scores]);
    model.dispose();
    return values;
  },

  /** The first step's gradients of an architecture at reduced width, and the losses of some steps. */
  async trainOriginal(name: SmallArchitecture, steps: number) {
    const { model, tensors } = await smallOriginal(name);
    const golden = (await (await fetch(`/golden/train_small__${name}.json`)).json()) as TrainingGolden;
    const clip = await loadAudio(`/${golden.input.audio}`);
    const before = tf.memory().numTensors;
    const step = await trainingStep(model, golden, clip);
    takeOriginalFilters(model, tensors.get('spec.mel_scale.fb'));
    const losses = steps > 0 ? await trainingLosses(model, golden, clip, steps) : [];
    const leaked = tf.memory().numTensors - before;
    model.dispose();
    return { step, losses, leaked };
  },

  /** What a file decodes to: its rate, its length, and a few of its samples. */
  async decode(audio: string) {
    const { samples, sampleRate } = await loadAudio(audio);
    return { sampleRate, length: samples.length, some: [1000, 3000, 6000].map((at) => samples[at]) };
  },

  /** From an MP3 to its tags, as a user of a page would. */
  async tag(audio: string) {
    const model = await MusiCNN.pretrained('mtat', { from: '/weights' });
    const tags = await model.tag(await loadAudio(audio), { top: 5, windows: 2 });
    model.dispose();
    return tags.map(({ label }) => label);
  },

  insideMaps,
  fixedPicture,

  /** Trains a model, and once more with a checkpoint in the page's own file system after which another goes on. */
  async train() {
    const tensors = tf.memory().numTensors;
    const run = async (options: Partial<FitOptions>) => {
      const model = tinyModel();
      const history = await new Trainer(model, TINY_OPTIONS).fit(tinyBatches, { epochs: 3, ...options });
      const weights = await weightsOf(model);
      model.dispose();
      return { losses: history.map(({ loss }) => loss), weights };
    };
    const whole = await run({});
    const folder = await navigator.storage.getDirectory();
    await run({ epochs: 2, callbacks: [checkpoint(folder)] });
    const resumed = await run({ resume: folder });
    return {
      losses: whole.losses,
      isSame: JSON.stringify(resumed) === JSON.stringify(whole),
      leaked: tf.memory().numTensors - tensors,
    };
  },

  /** How often a timer of the page ticks in each step of training. */
  async trainBesideTimer() {
    const model = tinyModel();
    let ticked = 0;
    const timer = setInterval(() => ticked++, 0);
    const ticks: number[] = [];
    const onStepEnd = () => {
      ticks.push(ticked);
      ticked = 0;
    };
    await new Trainer(model, TINY_OPTIONS).fit(tinyBatches, { epochs: 4, callbacks: [{ onStepEnd }] });
    clearInterval(timer);
    model.dispose();
    return { steps: ticks.length, ticks: ticks.slice(1) };
  },

  /** Of three times each number from 1 to 19, in tensors that are more than a shader takes at once. */
  async gradientNorm(): Promise<number> {
    const gradients = Array.from({ length: 19 }, (_, i) => tf.fill([3], i + 1));
    const norm = globalNorm(gradients);
    const [value] = await norm.data();
    tf.dispose([gradients, norm]);
    return value as number;
  },

  /** Saves a model in the page's own file system, loads it again, and compares the scores. */
  saveAndLoad: () =>
    failureOf(async () => {
      const folder = await navigator.storage.getDirectory();
      const model = new MusiCNN({ labels: ['a', 'b'], verticalFilters: 2, horizontalFilters: 2, channels: 3, seed: 5 });
      await model.save(folder);
      const loaded = await loadModel(folder);
      const x = tf.randomUniform([1, model.samples], -1, 1, 'float32', 1) as tf.Tensor2D;
      const [before, after] = [model.predict(x), loaded.predict(x)];
      const same = String(await before.data()) === String(await after.data());
      tf.dispose([x, before, after]);
      model.dispose();
      loaded.dispose();
      if (!same) throw new Error('the loaded model gives other scores');
    }),
};

/** An architecture at reduced width with the reference's weights, and all that lies beside them. */
async function smallOriginal(name: SmallArchitecture) {
  const model = SMALL_ARCHITECTURES[name]();
  const file = await fetch(`/golden/arch_small__${name}.safetensors`);
  const { tensors } = readSafetensors(new Uint8Array(await file.arrayBuffer()));
  // The reference keeps activations beside the weights.
  await model.loadWeights(writeSafetensors([...tensors].filter(([key]) => !/^(act\.|output$)/.test(key))));
  return { model, tensors };
}

async function failureOf(action: () => Promise<void>): Promise<string | null> {
  try {
    await action();
    return null;
  } catch (error) {
    return error instanceof Error ? `${error.message}\n${error.stack}` : String(error);
  }
}

Object.assign(globalThis, { pageTests });

export type PageTests = typeof pageTests;
