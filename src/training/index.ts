/**
 * Training on any tfjs backend: losses, optimisers, schedules, checkpoints.
 * @module
 */
export { MusrepError } from '../core/errors.js';
export type { Batch, Batches, BatchSequence } from './batches.js';
export {
  checkpoint,
  earlyStopping,
  type TrainingCallback,
  type TrainingProgress,
  type TrainingRun,
} from './callbacks.js';
export type { Metrics } from './evaluation.js';
export { featureBatches } from './feature-batches.js';
export type { FitOptions } from './fit-options.js';
export { bestEpoch, type EpochRecord, type History, type Monitor } from './history.js';
export { csvLog, htmlReport, jsonLog } from './history-files.js';
export type { CustomLoss, Loss, LossName, LossOptions } from './losses.js';
export type { ParameterOptions } from './parameters.js';
export type { CommonOptions, SeveralStages, SingleStage, TrainerOptions } from './plan.js';
export { progressLine } from './progress-line.js';
export {
  adamWithEarlyStopping,
  type EarlyStoppingRecipeOptions,
  type MixedScheduleOptions,
  mixedSchedule,
  type Recipe,
} from './recipes.js';
export { chain, constant, cosine, type Elapsed, type Schedule, type Span, stepDecay, warmUp } from './schedules.js';
export type { Stage } from './stages.js';
export { Trainer } from './trainer.js';
export type { StepTools, TrainingStep } from './training-step.js';
export type { AdamOptions, OptimizerOptions, SgdOptions } from './update-rules.js';
export { withHead } from './with-head.js';
