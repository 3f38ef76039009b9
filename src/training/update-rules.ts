import * as tf from '@tensorflow/tfjs-core';
import { MusrepError, unknownName } from '../core/errors.js';

/** Adam; with `adamW` the weight decay does not pass through its averages. */
export interface AdamOptions {
  readonly name: 'adam' | 'adamW';
  readonly learningRate: number;
  /** How much of the average of gradients a step keeps; 0.9 unless given. */
  readonly beta1?: number;
  /** How much of the average of their squares a step keeps; 0.999 unless given. */
  readonly beta2?: number;
  /** Added to the root of that average; 1e-8 unless given. */
  readonly epsilon?: number;
  /** 0 unless given. */
  readonly weightDecay?: number;
}

/** Stochastic gradient descent. */
export interface SgdOptions {
  readonly name: 'sgd';
  readonly learningRate: number;
  /** How much of the last steps' direction a step keeps; 0 unless given. */
  readonly momentum?: number;
  /** Whether the momentum is looked ahead by a step (Nesterov); false unless given. */
  readonly nesterov?: boolean;
  /** 0 unless given. */
  readonly weightDecay?: number;
}

/**
 * How gradients change weights, equal to PyTorch's `Adam`, `AdamW` and `SGD` step for step: ε stands outside the root, and
 * the weight decay of `adam` and `sgd` is added to the gradient.
 */
export type OptimizerOptions = AdamOptions | SgdOptions;

/** One step of an optimiser for one variable. */
export interface UpdateRule {
  /** The names of what it remembers of each variable: tensors of its shape that begin at 0. */
  readonly slots: readonly string[];
  next(now: VariableState, at: { readonly learningRate: number; readonly step: number }): Updated;
}

export interface VariableState extends Updated {
  readonly gradient: tf.Tensor;
}

export interface Updated {
  readonly value: tf.Tensor;
  /** In the order of their names. */
  readonly slots: readonly tf.Tensor[];
}

/** @throws {@link MusrepError} `unknown-name`; `bad-option` for a number that cannot be. */
export function updateRuleOf(options: OptimizerOptions): UpdateRule {
  requireRange(options, 'learningRate', options.learningRate, Number.MAX_VALUE);
  requireRange(options, 'weightDecay', options.weightDecay ?? 0, Number.MAX_VALUE);
  if (options.name === 'sgd') return sgd(options);
  if (options.name === 'adam' || options.name === 'adamW') return adam(options);
  throw unknownName('optimizer', (options as OptimizerOptions).name, ['adam', 'adamW', 'sgd']);
}

function adam(options: AdamOptions): UpdateRule {
  const { name, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0 } = options;
  requireRange(options, 'beta1', beta1, 1 - Number.EPSILON);
  requireRange(options, 'beta2', beta2, 1 - Number.EPSILON);
  requireRange(options, 'epsilon', epsilon, Number.MAX_VALUE);
  return {
    slots: ['mean', 'square'],
    next({ value, gradient, slots: [mean, square] }, { learningRate, step }) {
      const decoupled = name === 'adamW' && weightDecay > 0;
      const start = decoupled ? tf.mul(value, 1 - learningRate * weightDecay) : value;
      const slope = decoupled ? gradient : decayed(gradient, value, weightDecay);
      const newMean = tf.add(tf.mul(mean as tf.Tensor, beta1), tf.mul(slope, 1 - beta1));
      const newSquare = tf.add(tf.mul(square as tf.Tensor, beta2), tf.mul(tf.square(slope), 1 - beta2));
      const root = tf.div(tf.sqrt(newSquare), Math.sqrt(1 - beta2 ** step));
      const size = learningRate / (1 - beta1 ** step);
      const change = tf.mul(tf.div(newMean, tf.add(root, epsilon)), size);
      return { value: tf.sub(start, change), slots: [newMean, newSquare] };
    },
  };
}

function sgd(options: SgdOptions): UpdateRule {
  const { momentum = 0, nesterov = false, weightDecay = 0 } = options;
  requireRange(options, 'momentum', momentum, 1 - Number.EPSILON);
  if (nesterov && momentum === 0) {
    throw new MusrepError('bad-option', "optimizer 'sgd': Nesterov's form needs a 'momentum', such as 0.9.");
  }
  return {
    slots: momentum > 0 ? ['velocity'] : [],
    next({ value, gradient, slots }, { learningRate }) {
      const slope = decayed(gradient, value, weightDecay);
      if (momentum === 0) return { value: tf.sub(value, tf.mul(slope, learningRate)), slots: [] };
      const velocity = tf.add(tf.mul(slots[0] as tf.Tensor, momentum), slope);
      const direction = nesterov ? tf.add(slope, tf.mul(velocity, momentum)) : velocity;
      return { value: tf.sub(value, tf.mul(direction, learningRate)), slots: [velocity] };
    },
  };
}

function decayed(gradient: tf.Tensor, value: tf.Tensor, weightDecay: number): tf.Tensor {
  return weightDecay === 0 ? gradient : tf.add(gradient, tf.mul(value, weightDecay));
}

function requireRange({ name }: OptimizerOptions, key: string, value: number, most: number): void {
  if (value >= 0 && value <= most) return;
  const range = most < 1 ? 'at least 0 and below 1' : 'a finite number of at least 0';
  throw new MusrepError('bad-option', `optimizer '${name}': '${key}' must be ${range}. Received: ${value}.`);
}
