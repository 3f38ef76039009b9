import * as tf from '@tensorflow/tfjs-core';
import type { Clip } from '../../src/audio/clip.js';
import type { AudioModel } from '../../src/core/model.js';
import { uniforms } from '../../src/core/random.js';
import { variablesOf } from '../../src/core/variables.js';
import { isKernel } from '../../src/io/pytorch-names.js';
import type { NamedTensor } from '../../src/io/safetensors.js';
import { Trainer } from '../../src/training/trainer.js';
import type { Summary } from './shared.js';

export interface TrainingGolden {
  readonly seed: number;
  readonly input: {
    readonly audio: string;
    readonly starts: readonly number[];
    readonly samples: number;
    readonly signal: string;
  };
  readonly losses_float64: readonly number[];
  readonly gradients_step0: Readonly<Record<string, Summary>>;
}

/** What one training step came to: gradients by variable, in PyTorch's order. */
export interface TrainingStep {
  readonly loss: number;
  readonly gradients: Readonly<Record<string, readonly number[]>>;
}

/** The loss of a case's first step, and its gradient with respect to every variable. The weights stay as they are. */
export async function trainingStep(model: AudioModel, golden: TrainingGolden, clip: Clip): Promise<TrainingStep> {
  const [x, targets] = [noisyWindows(golden, clip), targetsOf(golden)];
  const variables = [...variablesOf(model.layersModel)].filter(([, variable]) => variable.trainable);
  const { value, grads } = tf.variableGrads(
    () => binaryCrossentropy(model.layersModel.apply(x, { training: true }) as tf.Tensor, targets),
    variables.map(([, variable]) => variable.read() as tf.Variable),
  );
  const gradients: Record<string, readonly number[]> = {};
  for (const [key, variable] of variables) {
    const gradient = pytorchOrder(key, grads[variable.name] as tf.Tensor);
    gradients[key] = Array.from(await gradient.data());
    gradient.dispose();
  }
  const [loss] = await value.data();
  tf.dispose([x, targets, value, grads]);
  return { loss: loss as number, gradients };
}

/** The losses of a case's steps of Adam, or of the first of them. */
export async function trainingLosses(
  model: AudioModel,
  golden: TrainingGolden,
  clip: Clip,
  steps = golden.losses_float64.length,
): Promise<number[]> {
  const batch = { inputs: noisyWindows(golden, clip), targets: targetsOf(golden) };
  const optimizer = { name: 'adam', learningRate: 1e-3, epsilon: 1e-7 } as const;
  const trainer = new Trainer(model, { optimizer, loss: 'binaryCrossentropy' });
  const history = await trainer.fit([batch], { epochs: steps });
  tf.dispose([batch.inputs, batch.targets]);
  return history.map(({ loss }) => loss);
}

/**
 * PyTorch computes its mel filters in float32, up to 1.3e-5 from ours: enough for a ReLU of `short_res` to fall on the other
 * side, from which six steps of Adam make 6e-3. With the same filters they make 2e-5.
 */
export function takeOriginalFilters(model: AudioModel, filters: NamedTensor | undefined): void {
  if (filters === undefined) return;
  const layer = model.layersModel.getLayer('spec') as unknown as { filters: tf.Tensor };
  layer.filters.dispose();
  layer.filters = tf.tensor(filters.values, [...filters.shape]);
}

/** Which of 50 labels the four windows have. */
function targetsOf({ seed }: TrainingGolden): tf.Tensor2D {
  return tf.tensor2d(
    Float32Array.from(uniforms('target', seed, 200), (u) => (u < 0.1 ? 1 : 0)),
    [4, 50],
  );
}

/** Audio with noise, so that no band is silent; or noise alone, where the case says so. */
function noisyWindows({ input, seed }: TrainingGolden, clip: Clip): tf.Tensor2D {
  const isNoise = input.signal.includes('no audio');
  const rows = input.starts.map((start, b) => {
    const noise = uniforms(`noise${b}`, seed, input.samples).map((u) => 2 * u - 1);
    return isNoise ? noise.map((v) => 0.1 * v) : noise.map((v, i) => (clip.samples[start + i] as number) + 0.01 * v);
  });
  return tf.tidy(() => tf.stack(rows.map((row) => tf.tensor1d(Float32Array.from(row)))) as tf.Tensor2D);
}

/** A kernel as PyTorch holds it: [out, in, …space]. */
function pytorchOrder(key: string, x: tf.Tensor): tf.Tensor {
  const rank = x.shape.length;
  return rank < 2 || !isKernel(key)
    ? x
    : tf.transpose(x, [rank - 1, rank - 2, ...Array.from({ length: rank - 2 }, (_, i) => i)]);
}

function binaryCrossentropy(scores: tf.Tensor, targets: tf.Tensor): tf.Scalar {
  const positive = tf.mul(targets, tf.log(scores));
  const negative = tf.mul(tf.sub(1, targets), tf.log(tf.sub(1, scores)));
  return tf.neg(tf.mean(tf.add(positive, negative))) as tf.Scalar;
}
