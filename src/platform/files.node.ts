import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MusrepError, reasonOf } from '../core/errors.js';
import { fetchBytes } from './fetch-bytes.js';
import type { Folder } from './folder.js';

/** The bytes of a file, or of what a URL gives. */
export async function readBytes(source: string | URL, signal?: AbortSignal): Promise<Uint8Array> {
  const address = String(source);
  if (/^(https?|data|blob):/.test(address)) return fetchBytes(address, signal);
  const path = address.startsWith('file:') ? fileURLToPath(address) : address;
  try {
    return new Uint8Array(await readFile(path, { signal }));
  } catch (cause) {
    signal?.throwIfAborted();
    throw new MusrepError('not-found', `Cannot read '${path}': ${reasonOf(cause)}`, { cause });
  }
}

/** The bytes of a file in a folder, which may be a path or a URL. */
export function readFrom(folder: Folder, file: string, signal?: AbortSignal): Promise<Uint8Array> {
  const path = pathOf(folder);
  return readBytes(/^[a-z]+:\/\//.test(path) ? `${path.replace(/\/$/, '')}/${file}` : join(path, file), signal);
}

/**
 * Writes files into a folder. They appear under their names only once all are complete: whatever goes wrong before, the
 * older files of those names stay as they were.
 */
export async function writeTo(folder: Folder, files: Readonly<Record<string, Uint8Array>>): Promise<void> {
  const path = pathOf(folder);
  const unfinished = (file: string) => join(path, `${file}.${process.pid}.tmp`);
  try {
    await mkdir(path, { recursive: true });
    for (const [file, bytes] of Object.entries(files)) await writeFile(unfinished(file), bytes, { flush: true });
    for (const file of Object.keys(files)) await rename(unfinished(file), join(path, file));
  } catch (cause) {
    for (const file of Object.keys(files)) await rm(unfinished(file), { force: true }).catch(() => undefined);
    throw new MusrepError('write-failed', `Cannot write into '${path}': ${reasonOf(cause)}`, { cause });
  }
}

function pathOf(folder: Folder): string {
  if (typeof folder === 'string') return folder;
  throw new MusrepError('bad-option', 'In Node a folder is a path or URL. Received: a directory handle.');
}

/** The folder of the weights that come with the package. */
export function packagedWeights(): Folder {
  return dirname(createRequire(import.meta.url).resolve('musrep/weights/index.json'));
}
