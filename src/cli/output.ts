import { closeSync, existsSync, fstatSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { MusrepError, reasonOf } from '../core/errors.js';

/**
 * Where results go: standard output, or a file. Each piece is written at once and as a whole, so that whatever ends the
 * program leaves whole lines.
 */
export class Output {
  private readonly descriptor: number;

  /** @param path - undefined for standard output. @param append - to go on where an earlier run ended. */
  constructor(
    private readonly path: string | undefined,
    append = false,
  ) {
    try {
      this.descriptor = path === undefined ? 1 : openSync(path, append ? 'a' : 'w');
    } catch (cause) {
      throw this.failed(cause);
    }
  }

  write(text: string): void {
    const bytes = Buffer.from(text);
    const before = this.path === undefined ? 0 : fstatSync(this.descriptor).size;
    try {
      for (let at = 0; at < bytes.length; ) at += this.writeSome(bytes, at);
    } catch (cause) {
      // Half a line would look like a result.
      this.cutOff(before);
      throw this.failed(cause);
    }
  }

  close(): void {
    if (this.path !== undefined) closeSync(this.descriptor);
  }

  private cutOff(size: number): void {
    try {
      if (this.path !== undefined) ftruncateSync(this.descriptor, size);
    } catch {
      // A device cannot be cut off; the error that led here says more.
    }
  }

  /** A pipe whose reader is slow takes nothing for a while. */
  private writeSome(bytes: Buffer, at: number): number {
    try {
      return writeSync(this.descriptor, bytes, at);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
      return 0;
    }
  }

  private failed(cause: unknown): MusrepError {
    return new MusrepError('write-failed', `Cannot write '${this.path ?? 'standard output'}': ${reasonOf(cause)}`, {
      cause,
    });
  }
}

/** The whole lines of a file that an earlier run left, and an unfinished last one cut off; none if there is no file. */
export function resumeLines(path: string): string[] {
  if (!existsSync(path)) return [];
  const text = readFileSync(path, 'utf8');
  const end = text.lastIndexOf('\n') + 1;
  if (end < text.length) {
    const descriptor = openSync(path, 'r+');
    ftruncateSync(descriptor, Buffer.byteLength(text.slice(0, end)));
    closeSync(descriptor);
  }
  return text.slice(0, end).split('\n').filter(Boolean);
}
