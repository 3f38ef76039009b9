import * as tf from '@tensorflow/tfjs-core';
import type { LayerVariable } from '@tensorflow/tfjs-layers';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { loadAudio } from '../../src/audio/load-audio.js';
import { resample } from '../../src/audio/resample.js';
import type { AudioModel } from '../../src/core/model.js';
import { activate, type ConvSteps, ConvUnit, type ConvUnitConfig } from '../../src/layers/conv-unit.js';
import { loadPublished } from '../../src/models/catalogue.js';
import { PUBLISHED } from '../../src/models/published.js';
import { GRIEG } from '../harness/clips.js';
import { requireWithin } from '../harness/original.js';
import { SMALL_ARCHITECTURES, type SmallArchitecture } from '../harness/small-architectures.js';
import { settle } from '../harness/small-model.js';
import { AVAILABLE, ON_BACKEND, startBackend } from '../harness/tfjs-backend.js';

/** What a convolution with batch norm and activation keeps to itself. */
interface Inside {
  readonly kernel: LayerVariable;
  readonly bias: LayerVariable;
  readonly norm: Readonly<Record<'gamma' | 'beta' | 'movingMean' | 'movingVariance', LayerVariable>>;
  readonly config: ConvUnitConfig;
  readonly steps: ConvSteps;
}

const TOLERANCE = 1e-5;

/** Each step by itself, as the thesis has them: the convolution, its bias, (y − mean)/√(variance + ε)·γ + β, the activation. */
function oneByOne(this: unknown, x: tf.Tensor): tf.Tensor {
  const { kernel, bias, norm, config, steps } = this as Inside;
  const normalized = (y: tf.Tensor) => {
    const deviation = tf.sqrt(tf.add(norm.movingVariance.read(), 1e-5));
    const centred = tf.div(tf.sub(y, norm.movingMean.read()), deviation);
    return tf.add(tf.mul(centred, norm.gamma.read()), norm.beta.read());
  };
  const convolved = tf.add(steps.convolve(x, kernel.read()), bias.read());
  const pool = (y: tf.Tensor) => steps.pool?.(y) ?? y;
  if (config.order === 'activation-norm') return pool(normalized(activate(convolved, config.activation)));
  return pool(activate(normalized(convolved), config.activation));
}

describe.skipIf(!AVAILABLE)(`folding of batch norms ${ON_BACKEND}`, () => {
  beforeAll(startBackend);
  afterEach(() => vi.restoreAllMocks());

  for (const name of Object.keys(SMALL_ARCHITECTURES) as SmallArchitecture[]) {
    it(`changes no score: ${name}, small`, async () => {
      const model = SMALL_ARCHITECTURES[name]();
      settle(model);
      await compare(model);
    });
  }

  for (const name of Object.keys(PUBLISHED)) {
    it(`changes no score: ${name}`, async () => compare(await loadPublished(name)));
  }
});

/** The scores of a window of music, folded and one step after the other; disposes of the model. */
async function compare(model: AudioModel): Promise<void> {
  const { samples, sampleRate } = await loadAudio(GRIEG);
  const music = resample(samples, sampleRate, model.sampleRate);
  const window = tf.tensor2d(music.slice(0, model.samples), [1, model.samples]);
  const folded = model.predict(window);
  const apply = vi.spyOn(ConvUnit.prototype, 'apply').mockImplementation(oneByOne);
  const separate = model.predict(window);
  expect(apply).toHaveBeenCalled();
  const worst = requireWithin('scores', await folded.data(), await separate.data(), TOLERANCE);
  console.log(`folded and one by one on ${tf.getBackend()}: worst difference ${worst.toExponential(1)}`);
  tf.dispose([window, folded, separate]);
  model.dispose();
}
