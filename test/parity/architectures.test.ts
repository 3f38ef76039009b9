import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { AudioModel } from '../../src/core/model.js';
import { readSafetensors, writeSafetensors } from '../../src/io/safetensors.js';
import { CNNSA } from '../../src/models/cnnsa.js';
import { CRNN } from '../../src/models/crnn.js';
import { FCN } from '../../src/models/fcn.js';
import { HarmonicCNN } from '../../src/models/harmonic-cnn.js';
import { MusicTaggingTransformer } from '../../src/models/music-tagging-transformer.js';
import { MusiCNN } from '../../src/models/musicnn.js';
import { SampleCNN } from '../../src/models/sample-cnn.js';
import { SampleCNNSE } from '../../src/models/sample-cnn-se.js';
import { ShortChunkCNN } from '../../src/models/short-chunk-cnn.js';
import { ShortChunkCNNRes } from '../../src/models/short-chunk-cnn-res.js';
import {
  checkActivations,
  checkTrainingStep,
  recordWorst,
  requireWithin,
  windowsOf,
  withSmallWeights,
} from '../harness/original.js';
import { portableState } from '../harness/portable-state.js';
import { HAS_SHARED, readGolden, readTensors, referenceClip, type Summary, WITH_SHARED } from '../harness/shared.js';
import { LABELS, SMALL_ARCHITECTURES } from '../harness/small-architectures.js';
import { AVAILABLE, ON_BACKEND, startBackend } from '../harness/tfjs-backend.js';
import { type TrainingGolden, trainingStep } from '../harness/training-step.js';

interface ArchitectureGolden {
  readonly seed: number;
  readonly input: { readonly audio: string; readonly starts: readonly number[]; readonly samples: number };
  readonly output: readonly (readonly number[])[];
  readonly layers: Readonly<Record<string, Summary>>;
  readonly state_dict_shapes: Readonly<Record<string, readonly number[]>>;
}

interface Architecture {
  readonly name: string;
  /** By the reference data's NOTES. */
  readonly tolerance: number;
  readonly full?: () => AudioModel;
  readonly parameters?: number;
}

const ARCHITECTURES: readonly Architecture[] = [
  {
    name: 'musicnn',
    tolerance: 5e-5,
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
    full: () => new FCN({ labels: LABELS }),
    parameters: 447_732,
  },
  {
    name: 'crnn',
    tolerance: 2e-5,
    full: () => new CRNN({ labels: LABELS }),
    parameters: 394_100,
  },
  {
    name: 'short',
    tolerance: 2e-5,
    full: () => new ShortChunkCNN({ labels: LABELS }),
    parameters: 3_687_348,
  },
  {
    name: 'short_res',
    tolerance: 2e-5,
    full: () => new ShortChunkCNNRes({ labels: LABELS }),
    parameters: 12_104_244,
  },
  {
    name: 'sample',
    tolerance: 2e-5,
    full: () => new SampleCNN({ labels: LABELS }),
    parameters: 1_869_874,
  },
  {
    name: 'se',
    tolerance: 2e-5,
    full: () => new SampleCNNSE({ labels: LABELS }),
    parameters: 6_951_858,
  },
  {
    name: 'hcnn',
    tolerance: 2e-5,
    full: () => new HarmonicCNN({ labels: LABELS }),
    parameters: 3_631_551,
  },
  {
    name: 'attention',
    tolerance: 2e-5,
    full: () => new CNNSA({ labels: LABELS }),
    parameters: 10_521_652,
  },
  {
    name: 'mtt',
    tolerance: 2e-5,
  },
  {
    name: 'mtt_teacher',
    tolerance: 2e-5,
    full: () => new MusicTaggingTransformer({ labels: LABELS, samples: 330_750 }),
    parameters: 4_567_732,
  },
  {
    name: 'mtt_student',
    tolerance: 2e-5,
    full: () => new MusicTaggingTransformer({ labels: LABELS, width: 64, samples: 330_750 }),
    parameters: 1_108_852,
  },
];

describe.skipIf(!HAS_SHARED || !AVAILABLE)(`architectures equal the original ${ON_BACKEND}${WITH_SHARED}`, () => {
  beforeAll(startBackend);

  for (const { name, tolerance, full, parameters } of ARCHITECTURES) {
    const small = (SMALL_ARCHITECTURES as Readonly<Record<string, () => AudioModel>>)[name];
    if (small) {
      it(`${name}: scores and every activation at reduced width`, async () => {
        const golden = readGolden<ArchitectureGolden>(`arch_small__${name}`);
        const tensors = readTensors(`golden/arch_small__${name}`);
        const model = await withSmallWeights(`arch_small__${name}`, small());
        await checkScores(model, golden, tolerance);
        const whole = (layer: string) => tensors.get(`act.${layer}`)?.values;
        await checkActivations(model, await inputOf(golden), golden.layers, whole);
        model.dispose();
      });

      it(`${name}: gives its weights back to PyTorch as they came`, async () => {
        const model = await withSmallWeights(`arch_small__${name}`, small());
        const { tensors } = readSafetensors(await model.exportWeights());
        const original = readTensors(`golden/arch_small__${name}`);
        const learned = [...original.keys()].filter(
          (key) => !/^act\.|^output$|window$|mel_scale\.fb$|num_batches/.test(key),
        );
        expect([...tensors.keys()].sort()).toEqual(learned.sort());
        for (const [key, tensor] of tensors) expect(tensor).toEqual(original.get(key));
        model.dispose();
      });

      it(`${name}: the loss and every gradient of a training step`, async () => {
        const model = await withSmallWeights(`arch_small__${name}`, small());
        const golden = readGolden<TrainingGolden>(`train_small__${name}`);
        const clip = await referenceClip(golden.input.audio.replace('audio/', ''));
        checkTrainingStep(await trainingStep(model, golden, clip), golden);
        model.dispose();
      });
    }

    if (full === undefined) continue;
    it(`${name}: at full width, with the published number of parameters`, async () => {
      const golden = readGolden<ArchitectureGolden>(`arch_full__${name}`);
      const model = full();
      expect(trainable(model)).toBe(parameters);
      await model.loadWeights(writeSafetensors(portableState(golden.state_dict_shapes, golden.seed)));
      recordWorst(`architecture ${name}`, 'full width', await checkScores(model, golden, tolerance));
      await checkActivations(model, await inputOf(golden), golden.layers);
      model.dispose();
    });
  }
});

function trainable(model: AudioModel): number {
  const weights = model.layersModel.trainableWeights;
  return weights.reduce((sum, one) => sum + tf.util.sizeFromShape(one.shape as number[]), 0);
}

async function checkScores(model: AudioModel, golden: ArchitectureGolden, tolerance: number): Promise<number> {
  const x = await inputOf(golden);
  const scores = model.predict(x);
  const worst = requireWithin('scores', await scores.data(), golden.output.flat(), tolerance);
  tf.dispose([x, scores]);
  return worst;
}

async function inputOf({ input }: ArchitectureGolden): Promise<tf.Tensor2D> {
  return windowsOf(await referenceClip(input.audio.replace('audio/', '')), input.starts, input.samples);
}
