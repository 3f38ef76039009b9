import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { AudioModel } from '../../src/core/model.js';
import { writeSafetensors } from '../../src/io/safetensors.js';
import { CRNN } from '../../src/models/crnn.js';
import { FCN } from '../../src/models/fcn.js';
import { MusiCNN } from '../../src/models/musicnn.js';
import {
  checkActivations,
  checkTrainingStep,
  LABELS,
  requireWithin,
  type TrainingGolden,
  windowsOf,
  withSmallWeights,
} from '../harness/original.js';
import { portableState } from '../harness/portable-state.js';
import { HAS_SHARED, readGolden, readTensors, referenceClip, type Summary, WITH_SHARED } from '../harness/shared.js';
import { AVAILABLE, ON_BACKEND, startBackend } from '../harness/tfjs-backend.js';

interface ArchitectureGolden {
  readonly seed: number;
  readonly input: { readonly starts: readonly number[]; readonly samples: number };
  readonly output: readonly (readonly number[])[];
  readonly layers: Readonly<Record<string, Summary>>;
  readonly state_dict_shapes: Readonly<Record<string, readonly number[]>>;
}

interface Architecture {
  readonly name: string;
  /** By the reference data's NOTES. */
  readonly tolerance: number;
  readonly small?: (dropout: number) => AudioModel;
  readonly full: () => AudioModel;
  readonly parameters: number;
}

const ARCHITECTURES: readonly Architecture[] = [
  {
    name: 'musicnn',
    tolerance: 5e-5,
    small: (dropout) =>
      new MusiCNN({ labels: LABELS, verticalFilters: 24, horizontalFilters: 6, channels: 16, hidden: 20, dropout }),
    full: () => new MusiCNN({ labels: LABELS }),
    parameters: 784_300,
  },
  {
    name: 'musicnn_msd',
    tolerance: 5e-5,
    full: () => new MusiCNN({ labels: LABELS, channels: 512, hidden: 500 }),
    parameters: 7_972_000,
  },
  {
    name: 'fcn',
    tolerance: 2e-5,
    small: (dropout) => new FCN({ labels: LABELS, filters: [8, 16, 16, 16, 8], dropout }),
    full: () => new FCN({ labels: LABELS }),
    parameters: 447_732,
  },
  {
    name: 'crnn',
    tolerance: 2e-5,
    small: (dropout) => new CRNN({ labels: LABELS, filters: [8, 16, 16, 16], units: 8, dropout }),
    full: () => new CRNN({ labels: LABELS }),
    parameters: 394_100,
  },
];

/** Before a batch norm a bias has no effect: what PyTorch states as its gradient is rounding. */
const ROUNDING = /conv\/bias|dense1\/bias/;

describe.skipIf(!HAS_SHARED || !AVAILABLE)(`architectures equal the original ${ON_BACKEND}${WITH_SHARED}`, () => {
  beforeAll(startBackend);

  for (const { name, tolerance, small, full, parameters } of ARCHITECTURES) {
    if (small) {
      it(`${name}: scores and every activation at reduced width`, async () => {
        const golden = readGolden<ArchitectureGolden>(`arch_small__${name}`);
        const tensors = readTensors(`golden/arch_small__${name}`);
        const model = await withSmallWeights(`arch_small__${name}`, small(0));
        await checkScores(model, golden, tolerance);
        const whole = (layer: string) => tensors.get(`act.${layer}`)?.values;
        await checkActivations(model, await inputOf(golden), golden.layers, whole);
        model.dispose();
      });

      it(`${name}: the loss and every gradient of a training step`, async () => {
        const model = await withSmallWeights(`arch_small__${name}`, small(0));
        await checkTrainingStep(model, readGolden<TrainingGolden>(`train_small__${name}`), ROUNDING);
        model.dispose();
      });
    }

    it(`${name}: at full width, with the published number of parameters`, async () => {
      const golden = readGolden<ArchitectureGolden>(`arch_full__${name}`);
      const model = full();
      expect(trainable(model)).toBe(parameters);
      await model.loadWeights(writeSafetensors(portableState(golden.state_dict_shapes, golden.seed)));
      await checkScores(model, golden, tolerance);
      await checkActivations(model, await inputOf(golden), golden.layers);
      model.dispose();
    });
  }
});

function trainable(model: AudioModel): number {
  const weights = model.layersModel.trainableWeights;
  return weights.reduce((sum, one) => sum + tf.util.sizeFromShape(one.shape as number[]), 0);
}

async function checkScores(model: AudioModel, golden: ArchitectureGolden, tolerance: number): Promise<void> {
  const x = await inputOf(golden);
  const scores = model.predict(x);
  requireWithin('scores', await scores.data(), golden.output.flat(), tolerance);
  tf.dispose([x, scores]);
}

async function inputOf({ input }: ArchitectureGolden): Promise<tf.Tensor2D> {
  return windowsOf(await referenceClip('cityblues.16k.f32.wav'), input.starts, input.samples);
}
