import * as tf from '@tensorflow/tfjs-core';
import { MusrepError, unknownName } from '../core/errors.js';
import type { ScoreActivation } from '../core/head.js';
import { splitTasks, type TaskSegment } from '../layers/task-scores.js';
import { type OutputActivation, scoresOf } from './output-layer.js';

/** The losses that are there by name. */
export type LossName = 'binaryCrossentropy' | 'categoricalCrossentropy' | 'focal' | 'multiTask';

export interface LossOptions<Label extends string = string> {
  readonly name: LossName;
  /** Of the focal loss: how much less it minds what is right already, (1 − p)^γ. 2 unless given; 0 is cross-entropy. */
  readonly gamma?: number;
  /** The share ε of the targets that is spread evenly: over 0 and 1 of each label, or over all labels of a softmax. */
  readonly labelSmoothing?: number;
  /** Factors of some labels' terms; 1 for the others. */
  readonly classWeights?: Readonly<Partial<Record<Label, number>>>;
}

/** A loss of one's own: targets and scores, both `[batch, label]`, to one number that tfjs can differentiate. */
export type CustomLoss = (targets: tf.Tensor2D, scores: tf.Tensor2D) => tf.Scalar;

/**
 * What training makes small. By name, for scores p and targets t:
 *
 * - `binaryCrossentropy`, for `multiLabel`: −t·log p − (1 − t)·log(1 − p), the mean over batch and labels (thesis 3.3).
 * - `categoricalCrossentropy`, for `singleLabel`: −Σ t·log p over the labels, the mean over the batch.
 * - `focal`, for either: the same, every log p times (1 − p)^γ and log(1 − p) times p^γ (T.-Y. Lin et al., "Focal loss for
 *   dense object detection", 2017; thesis 5.3 with γ = 2).
 * - `multiTask`, for a head of that name: the sum over its tasks of the cross-entropy that belongs to each (thesis 4.2);
 *   `focal` sums theirs up likewise.
 *
 * They are computed from the numbers before the last activation, and stay exact where scores are 0 or 1 in float32.
 */
export type Loss<Label extends string = string> = LossName | LossOptions<Label> | CustomLoss;

/** A loss of what a model's {@link OutputModel} gives. */
export type OutputLoss = (targets: tf.Tensor2D, output: tf.Tensor2D) => tf.Scalar;

const NAMES: readonly LossName[] = ['binaryCrossentropy', 'categoricalCrossentropy', 'focal', 'multiTask'];
/** Scores of a head that gives no logits are kept away from 0 and 1 by this much. */
const MARGIN = 1e-7;

/**
 * Checks a loss against the model's labels and last activation, and gives its function.
 *
 * @throws {@link MusrepError} `unknown-name` for a loss or label that there is not; `bad-option` for a loss that does not
 * fit the head, or a number that cannot be.
 */
export function lossOf(loss: Loss, labels: readonly string[], activation: OutputActivation): OutputLoss {
  if (typeof loss === 'function') {
    return (targets, output) => loss(targets, scoresOf(output, activation));
  }
  const options: LossOptions = typeof loss === 'string' ? { name: loss } : loss;
  const { name, gamma = 2, labelSmoothing = 0, classWeights = {} } = options;
  if (isTasks(activation)) return lossOfTasks(options, labels, activation);
  const kind = kindOf(name, activation);
  requireNumber('gamma', gamma, 0, Number.MAX_VALUE);
  requireNumber('labelSmoothing', labelSmoothing, 0, 1);
  const weights = labels.map((label) => weightOf(label, classWeights));
  requireLabels(classWeights, labels);
  const terms = kind === 'sigmoid' ? binaryTerms : categoricalTerms;
  const focus = name === 'focal' ? gamma : 0;
  return (targets, output) => {
    const smooth = smoothed(targets, labelSmoothing, kind === 'sigmoid' ? 2 : labels.length);
    const logits = activation ? output : logitsOf(output, kind);
    const weighted = tf.mul(terms(smooth, logits, focus), tf.tensor2d([weights]));
    const items = kind === 'sigmoid' ? targets.size : targets.shape[0];
    return tf.div(tf.sum(weighted), items) as tf.Scalar;
  };
}

function isTasks(activation: OutputActivation): activation is readonly TaskSegment[] {
  return Array.isArray(activation);
}

/** Each task's own loss, summed up. */
function lossOfTasks(options: LossOptions, labels: readonly string[], tasks: readonly TaskSegment[]): OutputLoss {
  const { name, classWeights = {} } = options;
  requireLabels(classWeights, labels);
  const losses = tasks.map(({ width, activation }, i) => {
    const start = tasks.slice(0, i).reduce((sum, task) => sum + task.width, 0);
    const own = labels.slice(start, start + width);
    const weights = Object.fromEntries(Object.entries(classWeights).filter(([label]) => own.includes(label)));
    const plain = activation === 'sigmoid' ? 'binaryCrossentropy' : 'categoricalCrossentropy';
    return lossOf({ ...options, name: name === 'multiTask' ? plain : name, classWeights: weights }, own, activation);
  });
  return (targets, output) => {
    const [truths, outputs] = [splitTasks(targets, tasks), splitTasks(output, tasks)];
    return tf.addN(losses.map((loss, i) => loss(truths[i] as tf.Tensor2D, outputs[i] as tf.Tensor2D))) as tf.Scalar;
  };
}

function requireLabels(weights: object, labels: readonly string[]): void {
  for (const label of Object.keys(weights)) if (!labels.includes(label)) throw unknownName('label', label, labels);
}

function kindOf(name: LossName, activation: ScoreActivation | undefined): ScoreActivation {
  if (!NAMES.includes(name)) throw unknownName('loss', name, NAMES);
  const wanted = { binaryCrossentropy: 'sigmoid', categoricalCrossentropy: 'softmax', focal: activation } as const;
  if (name === 'multiTask') throw new MusrepError('bad-option', "The loss 'multiTask' goes with the head multiTask.");
  const kind = wanted[name];
  if (kind !== undefined && (activation === undefined || kind === activation)) return kind;
  throw new MusrepError(
    'bad-option',
    `The loss '${name}' expects a head that ends in ${kind ?? 'sigmoid or softmax'}. Received: one that ends in ${activation ?? 'neither'}. ` +
      "'binaryCrossentropy' goes with multiLabel, 'categoricalCrossentropy' with singleLabel.",
  );
}

/** −t·log σ(z)·(1 − σ(z))^γ − (1 − t)·log(1 − σ(z))·σ(z)^γ, by softplus(∓z) = −log σ(±z). */
function binaryTerms(targets: tf.Tensor2D, logits: tf.Tensor2D, gamma: number): tf.Tensor2D {
  const ifPresent = tf.softplus(tf.neg(logits));
  const ifAbsent = tf.softplus(logits);
  const focused = (penalty: tf.Tensor, opposite: tf.Tensor) =>
    gamma === 0 ? penalty : tf.mul(penalty, tf.exp(tf.mul(opposite, -gamma)));
  const present = tf.mul(targets, focused(ifPresent, ifAbsent));
  return tf.add(present, tf.mul(tf.sub(1, targets), focused(ifAbsent, ifPresent)));
}

/** −t·log p·(1 − p)^γ, p by softmax. */
function categoricalTerms(targets: tf.Tensor2D, logits: tf.Tensor2D, gamma: number): tf.Tensor2D {
  const logScores = tf.logSoftmax(logits);
  const crossEntropy = tf.neg(tf.mul(targets, logScores)) as tf.Tensor2D;
  if (gamma === 0) return crossEntropy;
  const rest = tf.clipByValue(tf.neg(tf.expm1(logScores)), MARGIN, 1);
  return tf.mul(crossEntropy, tf.pow(rest, gamma));
}

/** Numbers of which the activation gives these scores. */
function logitsOf(scores: tf.Tensor2D, kind: ScoreActivation): tf.Tensor2D {
  const inside = tf.clipByValue(scores, MARGIN, 1 - MARGIN);
  return kind === 'softmax' ? tf.log(inside) : tf.sub(tf.log(inside), tf.log(tf.sub(1, inside)));
}

function smoothed(targets: tf.Tensor2D, share: number, classes: number): tf.Tensor2D {
  return share === 0 ? targets : tf.add(tf.mul(targets, 1 - share), share / classes);
}

function weightOf(label: string, weights: Readonly<Partial<Record<string, number>>>): number {
  const { [label]: weight = 1 } = weights;
  requireNumber(`classWeights['${label}']`, weight, 0, Number.MAX_VALUE);
  return weight;
}

function requireNumber(key: string, value: number, least: number, most: number): void {
  if (value >= least && value <= most) return;
  throw new MusrepError('bad-option', `loss: '${key}' must be a number of at least ${least}. Received: ${value}.`);
}
