import type { Folder } from '../platform/folder.js';
import type { Batches } from './batches.js';
import type { TrainingCallback, TrainingProgress } from './callbacks.js';

export interface FitOptions {
  /** How many epochs the run has, those before a resume included. */
  readonly epochs: number;
  /** Batches that the model is compared with after each epoch. */
  readonly validation?: Batches;
  readonly callbacks?: readonly TrainingCallback[];
  /** A folder with a checkpoint to go on from. */
  readonly resume?: Folder;
  /** Whose weights the model has at the end: `best` unless given where there is validation, else `last`. */
  readonly keep?: 'best' | 'last';
  /** Cancels between two batches; the weights stay as they are then. */
  readonly signal?: AbortSignal;
  /** Called after each batch. */
  readonly onProgress?: (progress: TrainingProgress) => void;
}
