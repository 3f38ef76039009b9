import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ScoreActivation } from '../../src/core/head.js';
import { uniforms } from '../../src/core/random.js';
import { type Loss, lossOf } from '../../src/training/losses.js';
import { finiteDifferences, requireClose } from '../harness/compare.js';
import { refusal } from '../harness/small-model.js';
import { AVAILABLE, ON_BACKEND, startBackend } from '../harness/tfjs-backend.js';

const LABELS = ['rock', 'jazz', 'piano', 'voice'];
const BATCH = 3;
const SIZE = BATCH * LABELS.length;

/** Some of them so large that their scores are 0 or 1 in float32. */
const LOGITS = uniforms('logits', 1, SIZE).map((u, i) => Math.fround((2 * u - 1) * (i % 5 === 0 ? 40 : 3)));
const MULTI_HOT = Float64Array.from({ length: SIZE }, (_, i) => (i % 3 === 0 ? 1 : 0));
const ONE_HOT = Float64Array.from({ length: SIZE }, (_, i) => (i % 4 === Math.floor(i / 4) ? 1 : 0));

interface Reference {
  readonly gamma?: number;
  readonly smoothing?: number;
  readonly weights?: readonly number[];
}

/** In float64, and as one writes it down: −log p by log1p, so that it is exact where p is 1. */
function binaryReference(z: Float64Array, { gamma = 0, smoothing = 0, weights = [1, 1, 1, 1] }: Reference): number {
  const minusLog = (x: number) => (x > 0 ? Math.log1p(Math.exp(-x)) : Math.log1p(Math.exp(x)) - x);
  const score = (x: number) => 1 / (1 + Math.exp(-x));
  const terms = z.map((x, i) => {
    const t = (MULTI_HOT[i] as number) * (1 - smoothing) + smoothing / 2;
    const present = t * minusLog(x) * score(-x) ** gamma;
    const absent = (1 - t) * minusLog(-x) * score(x) ** gamma;
    return (weights[i % 4] as number) * (present + absent);
  });
  return terms.reduce((sum, one) => sum + one, 0) / SIZE;
}

function categoricalReference(
  z: Float64Array,
  { gamma = 0, smoothing = 0, weights = [1, 1, 1, 1] }: Reference,
): number {
  let sum = 0;
  for (let b = 0; b < BATCH; b++) {
    const row = z.slice(4 * b, 4 * b + 4);
    const most = Math.max(...row);
    const logSum = most + Math.log(row.reduce((total, x) => total + Math.exp(x - most), 0));
    row.forEach((x, i) => {
      const t = (ONE_HOT[4 * b + i] as number) * (1 - smoothing) + smoothing / 4;
      sum -= (weights[i] as number) * t * (x - logSum) * (1 - Math.exp(x - logSum)) ** gamma;
    });
  }
  return sum / BATCH;
}

const WEIGHTS = { classWeights: { jazz: 3, voice: 0.5 } };
const weights = [1, 3, 1, 0.5];
const CASES: readonly (readonly [string, ScoreActivation, Loss, Reference])[] = [
  ['binary', 'sigmoid', 'binaryCrossentropy', {}],
  ['binary, smoothed', 'sigmoid', { name: 'binaryCrossentropy', labelSmoothing: 0.1 }, { smoothing: 0.1 }],
  ['binary, weighted', 'sigmoid', { name: 'binaryCrossentropy', ...WEIGHTS }, { weights }],
  ['binary focal', 'sigmoid', 'focal', { gamma: 2 }],
  ['binary focal, γ 0.5', 'sigmoid', { name: 'focal', gamma: 0.5, ...WEIGHTS }, { gamma: 0.5, weights }],
  ['categorical', 'softmax', 'categoricalCrossentropy', {}],
  ['categorical, smoothed', 'softmax', { name: 'categoricalCrossentropy', labelSmoothing: 0.2 }, { smoothing: 0.2 }],
  ['categorical, weighted', 'softmax', { name: 'categoricalCrossentropy', ...WEIGHTS }, { weights }],
  ['categorical focal', 'softmax', { name: 'focal', gamma: 3 }, { gamma: 3 }],
];

const matrix = (values: Float64Array) => tf.tensor2d(Float32Array.from(values), [BATCH, LABELS.length]);

describe.skipIf(!AVAILABLE)(`losses ${ON_BACKEND}`, () => {
  beforeAll(startBackend);

  for (const [name, activation, loss, reference] of CASES) {
    it(`${name}: value and gradient equal float64`, async () => {
      const inFloat64 = (z: Float64Array) =>
        activation === 'sigmoid' ? binaryReference(z, reference) : categoricalReference(z, reference);
      const [z, t] = [matrix(LOGITS), matrix(activation === 'sigmoid' ? MULTI_HOT : ONE_HOT)];
      const compute = lossOf(loss, LABELS, activation);
      const before = tf.memory().numTensors;
      const { value, grad } = tf.valueAndGrad((x) => compute(t, x as tf.Tensor2D))(z);
      requireClose('loss', await value.data(), [inFloat64(LOGITS)], 1e-5);
      const entries = [...LOGITS.keys()];
      const slopes = finiteDifferences({ shape: z.shape, data: LOGITS }, entries, ({ data }) => inFloat64(data));
      requireClose('gradient', await grad.data(), slopes, 1e-5);
      tf.dispose([value, grad]);
      expect(tf.memory().numTensors).toBe(before);
      tf.dispose([z, t]);
    });
  }

  it('of scores instead of logits, and of one’s own, are the same', async () => {
    const [z, t] = [matrix(LOGITS.map((x) => x / 8)), matrix(MULTI_HOT)];
    const values = tf.tidy(() => {
      const scores = tf.sigmoid(z) as tf.Tensor2D;
      const own = (targets: tf.Tensor2D, p: tf.Tensor2D) => tf.losses.logLoss(targets, p, 1, 0) as tf.Scalar;
      const fromLogits = lossOf('binaryCrossentropy', LABELS, 'sigmoid')(t, z);
      const fromScores = lossOf('binaryCrossentropy', LABELS, undefined)(t, scores);
      return tf.stack([fromLogits, fromScores, lossOf(own, LABELS, 'sigmoid')(t, z), own(t, scores)]);
    });
    const [first, ...others] = await values.data();
    requireClose('losses', others, [first, first, first] as number[], 1e-4);
    tf.dispose([z, t, values]);
  });

  it('of several tasks are the sum of each one’s own', async () => {
    const tasks = [
      { width: 3, activation: 'softmax' },
      { width: 1, activation: 'sigmoid' },
    ] as const;
    const targets = tf.tensor2d([0, 1, 0, 1, 1, 0, 0, 0, 0, 0, 1, 1], [BATCH, 4]);
    const logits = matrix(LOGITS);
    const weights = { jazz: 2, voice: 3 };
    for (const name of ['multiTask', 'focal'] as const) {
      const both = lossOf({ name, classWeights: weights }, LABELS, tasks);
      const [plain, one] =
        name === 'focal' ? (['focal', 'focal'] as const) : (['categoricalCrossentropy', 'binaryCrossentropy'] as const);
      const values = tf.tidy(() => {
        const cut = (x: tf.Tensor2D) => [tf.slice(x, [0, 0], [BATCH, 3]), tf.slice(x, [0, 3], [BATCH, 1])] as const;
        const [[t1, t2], [z1, z2]] = [cut(targets), cut(logits)];
        const first = lossOf({ name: plain, classWeights: { jazz: 2 } }, LABELS.slice(0, 3), 'softmax')(t1, z1);
        const second = lossOf({ name: one, classWeights: { voice: 3 } }, LABELS.slice(3), 'sigmoid')(t2, z2);
        return tf.stack([both(targets, logits), tf.add(first, second)]);
      });
      const [sum, expected] = await values.data();
      requireClose(name, [sum as number], [expected as number], 1e-6);
      values.dispose();
    }
    expect(() => lossOf('binaryCrossentropy', LABELS, tasks)).toThrowError(refusal('bad-option', /ends in sigmoid/));
    expect(() => lossOf('multiTask', LABELS, 'sigmoid')).toThrowError(refusal('bad-option', /head multiTask/));
    tf.dispose([targets, logits]);
  });

  it('refuse what does not fit, naming the nearest', () => {
    expect(() => lossOf('binaryCrossentropi' as never, LABELS, 'sigmoid')).toThrowError(
      refusal('unknown-name', /Did you mean 'binaryCrossentropy'/),
    );
    expect(() => lossOf('binaryCrossentropy', LABELS, 'softmax')).toThrowError(
      refusal('bad-option', /ends in sigmoid. Received: one that ends in softmax/),
    );
    expect(() => lossOf('focal', LABELS, undefined)).toThrowError(refusal('bad-option', /sigmoid or softmax/));
    expect(() => lossOf({ name: 'focal', gamma: -1 }, LABELS, 'sigmoid')).toThrowError(refusal('bad-option', /gamma/));
    expect(() => lossOf({ name: 'binaryCrossentropy', labelSmoothing: 1.5 }, LABELS, 'sigmoid')).toThrowError(
      refusal('bad-option', /labelSmoothing/),
    );
    expect(() => lossOf({ name: 'binaryCrossentropy', classWeights: { jaz: 2 } }, LABELS, 'sigmoid')).toThrowError(
      refusal('unknown-name', /Did you mean 'jazz'/),
    );
  });
});
