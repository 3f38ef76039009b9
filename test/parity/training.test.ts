import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { LOSSES, requireWithin, withSmallWeights } from '../harness/original.js';
import { HAS_SHARED, readGolden, readTensors, referenceClip, WITH_SHARED } from '../harness/shared.js';
import { SMALL_ARCHITECTURES } from '../harness/small-architectures.js';
import { AVAILABLE, ON_BACKEND, startBackend } from '../harness/tfjs-backend.js';
import { type TrainingGolden, takeOriginalFilters, trainingLosses } from '../harness/training-step.js';

describe.skipIf(!HAS_SHARED || !AVAILABLE)(`training equals the original ${ON_BACKEND}${WITH_SHARED}`, () => {
  beforeAll(startBackend);

  for (const [name, small] of Object.entries(SMALL_ARCHITECTURES)) {
    it(`${name}: the losses of six steps of Adam`, async () => {
      const golden = readGolden<TrainingGolden>(`train_small__${name}`);
      const model = await withSmallWeights(`arch_small__${name}`, small());
      takeOriginalFilters(model, readTensors(`golden/arch_small__${name}`).get('spec.mel_scale.fb'));
      const clip = await referenceClip(golden.input.audio.replace('audio/', ''));
      const before = tf.memory().numTensors;
      const losses = await trainingLosses(model, golden, clip);
      const worst = requireWithin('losses', losses, golden.losses_float64, LOSSES);
      console.log(`${name} on ${tf.getBackend()}: worst difference of a loss ${worst.toExponential(1)}`);
      expect(tf.memory().numTensors).toBe(before);
      model.dispose();
    });
  }
});
