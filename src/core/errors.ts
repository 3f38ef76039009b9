import { closest } from 'fastest-levenshtein';

/**
 * What went wrong, for programs to branch on. The message says it for people.
 *
 * - `bad-option`: an option, config key or argument that cannot be.
 * - `unknown-name`: a name (of a model, block, label, tfjs backend) that does not exist; the message names the nearest.
 * - `bad-shape`: a tensor, window or feature of a shape that the receiver does not take.
 * - `bad-audio`: a clip that cannot be used: empty, or with samples that are not finite.
 * - `unsupported-audio`: bytes that are not audio, or in a format or encoding that is not read.
 * - `truncated-audio`: an audio file that ends before it says it does.
 * - `damaged-audio`: an audio file of which nothing, or only a part, can be decoded.
 * - `not-found`: a file or URL that cannot be read.
 * - `write-failed`: a file that could not be written; what was there before is untouched.
 * - `bad-weights`: a weights file that is damaged, or that does not belong to this model.
 * - `bad-model`: a saved model that cannot be read.
 * - `bad-checkpoint`: a checkpoint of training that cannot be read, or is of another model or run.
 * - `diverged`: training that came to a loss or gradient that is not finite.
 * - `out-of-memory`: a batch for which the tfjs backend's memory would not do; the message names one that fits.
 * - `no-tfjs-backend`: a tfjs backend that is absent, does not start, or was not chosen yet.
 * - `missing-kernel`: a tfjs backend without a kernel that this call needs.
 * - `unsupported-model`: a model without the part that a call looks at, such as attention; the message says which.
 * - `undefined-metric`: a metric that its input does not define, such as ROC-AUC without a positive.
 * - `disposed`: a model used after `dispose()`.
 */
export type ErrorCode =
  | 'bad-option'
  | 'unknown-name'
  | 'bad-shape'
  | 'bad-audio'
  | 'unsupported-audio'
  | 'truncated-audio'
  | 'damaged-audio'
  | 'not-found'
  | 'write-failed'
  | 'bad-weights'
  | 'bad-model'
  | 'bad-checkpoint'
  | 'diverged'
  | 'out-of-memory'
  | 'no-tfjs-backend'
  | 'missing-kernel'
  | 'unsupported-model'
  | 'undefined-metric'
  | 'disposed';

/**
 * The one error class of the library: what was expected, what came, and what to do.
 *
 * @example
 * ```ts
 * import { MusrepError, loadAudio } from 'musrep';
 *
 * try {
 *   await loadAudio('missing.mp3');
 * } catch (error) {
 *   if (error instanceof MusrepError && error.code === 'not-found') console.log(error.message);
 * }
 * ```
 */
export class MusrepError extends Error {
  override readonly name = 'MusrepError';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The error for a name that is not among `known`, naming the nearest. */
export function unknownName(what: string, name: string, known: readonly string[]): MusrepError {
  const nearest = known.length > 0 ? ` Did you mean '${closest(name, [...known])}'?` : '';
  return new MusrepError(
    'unknown-name',
    `There is no ${what} '${name}'.${nearest} Known: ${known.join(', ') || 'none'}.`,
  );
}

/** What an unknown thrown value says. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
