import { MusrepError } from '../core/errors.js';

/** A file of which is known what it must be. */
export interface Download {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
}

export interface DownloadOptions {
  readonly onProgress?: (done: number) => void;
  readonly signal?: AbortSignal;
}

/** Refuses what is not the file that was published. */
export function refuseAltered(url: string, { name, sha256 }: Download, received: string): void {
  if (received === sha256) return;
  throw new MusrepError(
    'bad-weights',
    `${url} does not hold the weights '${name}' as published: expected the SHA-256 ${sha256}. Received: ${received}.`,
  );
}
