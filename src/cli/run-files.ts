import type { AudioStream } from '../audio/audio-stream.js';
import type { Clip } from '../audio/clip.js';
import { MusrepError, reasonOf } from '../core/errors.js';
import { decodeAhead, type Failure } from './decode-ahead.js';
import { collectFiles } from './files.js';
import { Progress } from './progress.js';

export interface FileRun {
  readonly paths: readonly string[];
  readonly partial: boolean;
  readonly signal: AbortSignal;
  /** Files that an earlier run has done. */
  readonly done: ReadonlySet<string>;
  /** What is to be done with each file's audio. */
  readonly use: (file: string, audio: Clip | AudioStream) => Promise<void>;
}

/**
 * Takes every file in turn; what fails is reported with its reason, and the rest go on.
 *
 * @returns the exit code: 0, or 1 if a file failed.
 */
export async function runFiles({ paths, partial, signal, done, use }: FileRun): Promise<number> {
  const files = (await collectFiles(paths)).filter((file) => !done.has(file));
  const progress = new Progress(files.length);
  let failed = 0;
  for await (const decoded of decodeAhead(files, partial)) {
    signal.throwIfAborted();
    const failure =
      'failure' in decoded ? decoded.failure : await attempt(() => use(decoded.file, decoded.audio), signal);
    if (failure) {
      failed++;
      progress.clear();
      process.stderr.write(`${decoded.file}: ${forCommandLine(failure.reason)} [${failure.code}]\n`);
    }
    progress.step();
  }
  progress.clear();
  if (failed > 0) process.stderr.write(`${failed} of ${files.length} files failed.\n`);
  return failed > 0 ? 1 : 0;
}

/** A file that cannot be used is no reason to stop; a disk that cannot be written to, or Ctrl-C, is. */
async function attempt(action: () => Promise<void>, signal: AbortSignal): Promise<Failure | undefined> {
  try {
    await action();
    return undefined;
  } catch (error) {
    if (signal.aborted || !(error instanceof MusrepError) || error.code === 'write-failed') throw error;
    return { code: error.code, reason: reasonOf(error) };
  }
}

/** The library's errors speak of its options; here they are the command's. */
function forCommandLine(reason: string): string {
  return reason.replace('Pass { partial: true }', 'Pass --partial');
}
