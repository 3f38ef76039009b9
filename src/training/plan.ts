import { requireWhole } from '../core/config.js';
import { MusrepError } from '../core/errors.js';
import type { AudioModel } from '../core/model.js';
import { describeModel } from '../io/model-folder.js';
import type { BatchShape } from './batches.js';
import type { Identity } from './checkpoint-file.js';
import { featuresOf } from './feature-batches.js';
import { type Monitor, requireMonitor } from './history.js';
import { type Loss, lossOf, type OutputLoss } from './losses.js';
import { type OutputModel, withoutActivation } from './output-layer.js';
import { frozenLayers, type Parameter, type ParameterOptions, parametersOf } from './parameters.js';
import type { Schedule } from './schedules.js';
import { requireStages, type Stage } from './stages.js';
import { plainStep, type TrainingStep } from './training-step.js';
import { type OptimizerOptions, updateRuleOf } from './update-rules.js';

/** One optimiser for the whole run. */
export interface SingleStage {
  readonly optimizer: OptimizerOptions;
  /** What the learning rate is multiplied by, update by update; constant unless given. */
  readonly schedule?: Schedule;
}

/** Several optimisers after one another; each but the first begins with the best weights so far. */
export interface SeveralStages {
  readonly stages: readonly Stage[];
}

export interface CommonOptions<Label extends string = string> extends ParameterOptions {
  readonly loss: Loss<Label>;
  /** What is computed from a batch, if it is not the loss alone; validation goes by the loss. */
  readonly step?: TrainingStep;
  /**
   * The name of a block before the head: batches hold what it gives in place of waveforms ({@link featureBatches}). It and all
   * before it stay as they are.
   */
  readonly features?: string;
  /** Fixes the dropout masks, and the seeds that a function of batches is given. 0 unless given. */
  readonly seed?: number;
  /** The greatest norm of all gradients together; longer ones are scaled down to it. */
  readonly clipNorm?: number;
  /** How many batches' gradients are averaged for an update; 1 unless given. Batch norm sees each batch alone. */
  readonly accumulate?: number;
  /** What tells the best epoch: `validationLoss` unless given, or `loss` where there is no validation. */
  readonly monitor?: Monitor;
}

/** How a model is trained. */
export type TrainerOptions<Label extends string = string> = CommonOptions<Label> & (SingleStage | SeveralStages);

/** All that a run goes by, checked. */
export interface Plan {
  readonly model: AudioModel;
  readonly output: OutputModel;
  readonly loss: OutputLoss;
  readonly step: TrainingStep;
  readonly shape: BatchShape;
  readonly parameters: readonly Parameter[];
  /** The names of the layers that are not trained. */
  readonly frozen: readonly string[];
  readonly stages: readonly Stage[];
  readonly seed: number;
  readonly clipNorm: number | undefined;
  readonly accumulate: number;
  readonly monitor: Monitor | undefined;
  readonly identity: Identity;
}

/** Checks everything before any work begins. */
export function planOf(model: AudioModel, options: TrainerOptions): Plan {
  const { loss, step = plainStep, seed = 0, frozen = [], clipNorm, accumulate = 1, monitor } = options;
  requireWhole('Trainer', 'seed', seed, 0);
  requireWhole('Trainer', 'accumulate', accumulate);
  if (clipNorm !== undefined && !(clipNorm > 0)) {
    throw new MusrepError('bad-option', `Trainer: 'clipNorm' must be above 0. Received: ${clipNorm}.`);
  }
  if (monitor !== undefined) requireMonitor(monitor);
  const stages = 'stages' in options ? options.stages : [{ ...singleStage(options), fromEpoch: 0 }];
  requireStages(stages);
  for (const { optimizer } of stages) updateRuleOf(optimizer);
  const features = options.features === undefined ? undefined : featuresOf(model, options.features);
  const still = [...frozen, ...(features?.layers ?? [])];
  const output = withoutActivation(model.layersModel, features?.tensor);
  return {
    model,
    output,
    loss: lossOf(loss, model.labels, output.activation),
    step,
    shape: {
      inputs: output.from.shape.slice(1) as number[],
      labels: model.labels,
      boundedTargets: typeof loss !== 'function',
    },
    parameters: parametersOf(model, { ...options, frozen: still }),
    frozen: frozenLayers(model, still),
    stages,
    seed,
    clipNorm,
    accumulate,
    monitor,
    identity: identityOf(model, options, stages),
  };
}

function singleStage({ optimizer, schedule }: SingleStage): SingleStage {
  return { optimizer, ...(schedule && { schedule }) };
}

/** Of functions it can only be told that there are some. */
function identityOf(model: AudioModel, options: TrainerOptions, stages: readonly Stage[]): Identity {
  const { sampleRate, samples, blocks, head } = describeModel(model.spec);
  const {
    loss,
    step,
    features,
    seed = 0,
    frozen = [],
    learningRateFactors = {},
    clipNorm = null,
    accumulate = 1,
  } = options;
  const identity = {
    model: { sampleRate, samples, blocks, head },
    loss: typeof loss === 'function' ? 'custom' : loss,
    ...(step && { step: 'custom' }),
    ...(features !== undefined && { features }),
    stages: stages.map(({ fromEpoch, optimizer }) => ({ fromEpoch, optimizer })),
    seed,
    frozen,
    learningRateFactors,
    clipNorm,
    accumulate,
  };
  return JSON.parse(JSON.stringify(identity)) as Identity;
}
