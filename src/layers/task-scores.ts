import * as tf from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import type { ScoreActivation } from '../core/head.js';
import { onlyInput } from './weighted-layer.js';

/** The labels of one task, which lie side by side. */
export type TaskSegment = {
  readonly width: number;
  readonly activation: ScoreActivation;
};

/** The logits of several tasks to their scores, each by its own activation: `[batch, label]` → the same. */
export class TaskScores extends layers.Layer {
  static readonly className = 'MusrepTaskScores';
  readonly segments: readonly TaskSegment[];

  constructor(config: { readonly name: string; readonly segments: readonly TaskSegment[] }) {
    super({ name: config.name });
    this.segments = config.segments;
  }

  override computeOutputShape(inputShape: number[]): number[] {
    return inputShape;
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const scores = splitTasks(onlyInput<tf.Tensor2D>(inputs), this.segments).map((logits, i) =>
        this.segments[i]?.activation === 'softmax' ? tf.softmax(logits) : tf.sigmoid(logits),
      );
      return tf.concat(scores, 1);
    });
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), segments: this.segments.map((segment) => ({ ...segment })) };
  }
}

/** `[batch, label]` cut into what belongs to each task. */
export function splitTasks(x: tf.Tensor2D, segments: readonly TaskSegment[]): tf.Tensor2D[] {
  let start = 0;
  return segments.map(({ width }) => {
    const own = tf.slice(x, [0, start], [x.shape[0], width]);
    start += width;
    return own;
  });
}

tf.serialization.registerClass(TaskScores);
