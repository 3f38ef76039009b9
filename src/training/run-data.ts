import type { NamedTensor } from '../io/safetensors.js';
import type { EpochRecord } from './history.js';

/** How far a run is. */
export interface Position {
  /** Epochs that are complete. */
  epoch: number;
  /** Batches of the epoch after them that are done. */
  batch: number;
  /** Batches since the run began: with the seed they fix the dropout masks. */
  batches: number;
  /** Updates since the run began. */
  step: number;
  /** The index of the stage. */
  stage: number;
  /** Updates that were made before the stage began. */
  stageStep: number;
  /** Of the epoch's batches that are done. */
  lossSum: number;
  /** Of the last update. */
  learningRate: number;
}

/** Weights or optimiser state in main memory, by name. */
export type Tensors = ReadonlyMap<string, NamedTensor>;

/** All of a run that a checkpoint keeps. */
export interface RunData {
  readonly position: Position;
  readonly history: readonly EpochRecord[];
  readonly weights: Tensors;
  readonly optimizer: Tensors;
  /** The weights of the best epoch so far. */
  readonly best: Tensors | undefined;
}

export const START: Position = {
  epoch: 0,
  batch: 0,
  batches: 0,
  step: 0,
  stage: 0,
  stageStep: 0,
  lossSum: 0,
  learningRate: 0,
};
