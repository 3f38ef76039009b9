import * as tf from '@tensorflow/tfjs-core';
import { model as layersModelOf, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Clip } from '../../src/audio/clip.js';
import type { AudioModel } from '../../src/core/model.js';
import { uniforms } from '../../src/core/random.js';
import { variablesOf } from '../../src/core/variables.js';
import { writeSafetensors } from '../../src/io/safetensors.js';
import { pytorchName } from '../../src/io/weight-names.js';
import { MusiCNN } from '../../src/models/musicnn.js';
import { requireClose } from '../harness/compare.js';
import { portableState } from '../harness/portable-state.js';
import {
  HAS_SHARED,
  readGolden,
  readTensors,
  referenceClip,
  type Summary,
  sampleLike,
  WITH_SHARED,
} from '../harness/shared.js';
import { AVAILABLE, ON_BACKEND, startBackend } from '../harness/tfjs-backend.js';

/** The tolerances of the reference data's NOTES. */
const PUBLISHED = 1e-4;
const ARCHITECTURE = 5e-5;
const ACTIVATION_SHARE = 1e-3;

const LABELS = Array.from({ length: 50 }, (_, i) => `label ${i}`);

interface CheckpointGolden {
  readonly audio: string;
  readonly chunk_starts: readonly number[];
  readonly outputs: readonly (readonly number[])[];
  readonly mean: readonly number[];
  readonly top5: readonly (readonly [string, number])[];
  readonly layers: Readonly<Record<string, Summary>>;
  readonly embedding_chunk0: readonly number[];
  readonly predict_py_centre_crop: { readonly start: number; readonly output: readonly number[] };
}

interface ArchitectureGolden {
  readonly seed: number;
  readonly input: { readonly starts: readonly number[]; readonly samples: number };
  readonly output: readonly (readonly number[])[];
  readonly embedding: readonly (readonly number[])[];
  readonly layers: Readonly<Record<string, Summary>>;
  readonly state_dict_shapes: Readonly<Record<string, readonly number[]>>;
}

interface TrainingGolden {
  readonly seed: number;
  readonly input: { readonly starts: readonly number[] };
  readonly losses_float64: readonly number[];
  readonly gradients_step0: Readonly<Record<string, Summary>>;
}

describe.skipIf(!HAS_SHARED || !AVAILABLE)(`MusiCNN equals the original ${ON_BACKEND}${WITH_SHARED}`, () => {
  beforeAll(startBackend);

  for (const checkpoint of ['mtat', 'jamendo'] as const) {
    for (const clipName of ['cityblues', 'freezingpoint']) {
      it(`published weights, ${checkpoint}, ${clipName}`, async () => {
        const golden = readGolden<CheckpointGolden>(`${checkpoint}_musicnn__${clipName}`);
        const clip = await referenceClip(golden.audio);
        const model = await MusiCNN.pretrained(checkpoint);
        const tags = await model.tag(clip);
        const scoreOf = new Map<string, number>(tags.map(({ label, score }) => [label, score]));
        const worst = [
          requireWithin(
            'mean',
            model.labels.map((label) => scoreOf.get(label) as number),
            golden.mean,
            PUBLISHED,
          ),
          requireWithin('chunks', await predictAt(model, clip, golden.chunk_starts), golden.outputs.flat(), PUBLISHED),
          requireWithin(
            'crop',
            await predictAt(model, clip, [golden.predict_py_centre_crop.start]),
            golden.predict_py_centre_crop.output,
            PUBLISHED,
          ),
        ];
        expect(tags.slice(0, 5).map(({ label }) => label)).toEqual(golden.top5.map(([label]) => label));
        await checkActivations(model, windowsOf(clip, [0]), golden.layers);
        const { embeddings } = await model.embed({ ...clip, samples: clip.samples.slice(0, model.samples) });
        requireClose('embedding', embeddings[0] as Float32Array, golden.embedding_chunk0, ACTIVATION_SHARE);
        console.log(`${checkpoint} ${clipName} ${ON_BACKEND}: worst difference ${Math.max(...worst).toExponential(1)}`);
        model.dispose();
      });
    }
  }

  it('every activation at reduced width', async () => {
    const golden = readGolden<ArchitectureGolden>('arch_small__musicnn');
    const tensors = readTensors('golden/arch_small__musicnn');
    const model = await smallModel(golden.seed);
    await checkArchitecture(model, golden);
    await checkActivations(model, await inputOf(golden), golden.layers, (name) => tensors.get(`act.${name}`)?.values);
    model.dispose();
  });

  for (const [name, sizes] of [
    ['musicnn', {}],
    ['musicnn_msd', { channels: 512, hidden: 500 }],
  ] as const) {
    it(`full width, ${name}`, async () => {
      const golden = readGolden<ArchitectureGolden>(`arch_full__${name}`);
      const model = new MusiCNN({ labels: LABELS, ...sizes });
      await model.loadWeights(writeSafetensors(portableState(golden.state_dict_shapes, golden.seed)));
      await checkArchitecture(model, golden);
      model.dispose();
    });
  }

  it('has the published number of parameters', () => {
    const count = (model: AudioModel) => {
      const total = model.layersModel.countParams();
      const moving = model.layersModel.nonTrainableWeights.reduce(
        (sum, one) => sum + tf.util.sizeFromShape(one.shape as number[]),
        0,
      );
      model.dispose();
      return total - moving;
    };
    expect(count(new MusiCNN({ labels: LABELS }))).toBe(784_300);
    expect(count(new MusiCNN({ labels: LABELS, channels: 512, hidden: 500 }))).toBe(7_972_000);
  });

  it('the loss and every gradient of a training step', async () => {
    const golden = readGolden<TrainingGolden>('train_small__musicnn');
    const model = await smallModel(golden.seed);
    const x = await noisyWindows(golden);
    const targets = tf.tensor2d(
      Float32Array.from(uniforms('target', golden.seed, 200), (u) => (u < 0.1 ? 1 : 0)),
      [4, 50],
    );
    const variables = [...variablesOf(model.layersModel)].filter(([, variable]) => variable.trainable);
    const { value, grads } = tf.variableGrads(
      () => binaryCrossentropy(model.layersModel.apply(x, { training: true }) as tf.Tensor, targets),
      variables.map(([, variable]) => variable.read() as tf.Variable),
    );
    requireWithin('loss', await value.data(), golden.losses_float64.slice(0, 1), 1e-3);
    for (const [key, variable] of variables) {
      // Before a batch norm, a bias has no effect: what PyTorch states is rounding.
      if (/conv\/bias|dense1\/bias/.test(key)) continue;
      const summary = golden.gradients_step0[pytorchName(key)] as Summary;
      const gradient = await pytorchOrder(grads[variable.name] as tf.Tensor).data();
      const share = key.startsWith('spec_bn') ? 5e-2 : 1e-2;
      requireWithin(key, sampleLike(gradient, summary), summary.sample.values, share * summary.l2);
      expect(Math.abs(Math.hypot(...gradient) - summary.l2), key).toBeLessThan(share * summary.l2);
    }
    model.dispose();
    tf.dispose([x, targets, value, grads]);
  });
});

function requireWithin(
  what: string,
  values: ArrayLike<number>,
  reference: ArrayLike<number>,
  tolerance: number,
): number {
  const greatest = Array.from(reference).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return requireClose(what, values, reference, tolerance / Math.max(greatest, 1e-3));
}

async function smallModel(seed: number): Promise<MusiCNN> {
  const sizes = { verticalFilters: 24, horizontalFilters: 6, channels: 16, hidden: 20, dropout: 0 };
  const model = new MusiCNN({ labels: LABELS, seed, ...sizes });
  const state = [...readTensors('golden/arch_small__musicnn')].filter(([name]) => !/^(act\.|output$)/.test(name));
  await model.loadWeights(writeSafetensors(state));
  return model;
}

async function checkArchitecture(model: MusiCNN, golden: ArchitectureGolden): Promise<void> {
  const x = await inputOf(golden);
  const scores = model.predict(x);
  requireWithin('scores', await scores.data(), golden.output.flat(), ARCHITECTURE);
  tf.dispose([x, scores]);
  await checkActivations(model, await inputOf(golden), golden.layers);
}

async function inputOf({ input }: ArchitectureGolden): Promise<tf.Tensor2D> {
  return windowsOf(await referenceClip('cityblues.16k.f32.wav'), input.starts);
}

function windowsOf(clip: Clip, starts: readonly number[], samples = 48_000): tf.Tensor2D {
  return tf.stack(starts.map((start) => tf.tensor1d(clip.samples.slice(start, start + samples)))) as tf.Tensor2D;
}

async function predictAt(model: MusiCNN, clip: Clip, starts: readonly number[]): Promise<number[]> {
  const rows: number[] = [];
  for (const start of starts) {
    const scores = tf.tidy(() => model.predict(windowsOf(clip, [start])));
    rows.push(...(await scores.data()));
    scores.dispose();
  }
  return rows;
}

/** Compares the first window's output of every layer that the golden file names; disposes of the input. */
async function checkActivations(
  model: AudioModel,
  x: tf.Tensor2D,
  layers: Readonly<Record<string, Summary>>,
  whole: (name: string) => Float32Array | undefined = () => undefined,
): Promise<void> {
  const names = Object.keys(layers);
  const outputs = names.map((name) => model.layersModel.getLayer(name).output as SymbolicTensor);
  const inside = layersModelOf({ inputs: model.layersModel.inputs, outputs });
  const activations = tf.tidy(() => {
    const all = inside.apply(x, { training: false }) as tf.Tensor[];
    return all.map((one) => channelsFirst(tf.slice(one, 0, 1)));
  });
  for (const [i, name] of names.entries()) {
    const summary = layers[name] as Summary;
    const values = await (activations[i] as tf.Tensor).data();
    const greatest = Math.max(Math.abs(summary.max), Math.abs(summary.min));
    requireWithin(name, sampleLike(values, summary), summary.sample.values, ACTIVATION_SHARE * greatest);
    expect(Math.abs(Math.hypot(...values) - summary.l2), `${name}, norm`).toBeLessThan(ACTIVATION_SHARE * summary.l2);
    const reference = whole(name);
    if (reference) requireWithin(`${name}, whole`, values, reference, ACTIVATION_SHARE * greatest);
  }
  tf.dispose([x, activations]);
}

/** One item as PyTorch holds it: the channels before the axes of the image. */
function channelsFirst(x: tf.Tensor): tf.Tensor {
  const last = x.shape.length - 1;
  return tf.transpose(x, [0, last, ...Array.from({ length: last - 1 }, (_, i) => i + 1)]);
}

/** A kernel as PyTorch holds it: [out, in, …space]. */
function pytorchOrder(x: tf.Tensor): tf.Tensor {
  const rank = x.shape.length;
  return rank < 2 ? x : tf.transpose(x, [rank - 1, rank - 2, ...Array.from({ length: rank - 2 }, (_, i) => i)]);
}

async function noisyWindows({ input, seed }: TrainingGolden): Promise<tf.Tensor2D> {
  const clip = await referenceClip('cityblues.16k.f32.wav');
  const rows = input.starts.map((start, b) => {
    const noise = uniforms(`noise${b}`, seed, 48_000);
    return noise.map((u, i) => (clip.samples[start + i] as number) + 0.01 * (2 * u - 1));
  });
  return tf.stack(rows.map((row) => tf.tensor1d(Float32Array.from(row)))) as tf.Tensor2D;
}

function binaryCrossentropy(scores: tf.Tensor, targets: tf.Tensor): tf.Scalar {
  const positive = tf.mul(targets, tf.log(scores));
  const negative = tf.mul(tf.sub(1, targets), tf.log(tf.sub(1, scores)));
  return tf.neg(tf.mean(tf.add(positive, negative))) as tf.Scalar;
}
