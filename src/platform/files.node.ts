import { createReadStream } from 'node:fs';
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MusrepError, reasonOf } from '../core/errors.js';
import { type ByteChunks, readAll } from './bytes.js';
import type { Folder } from './folder.js';
import { openUrl } from './open-url.js';

/** Opens a file, or what a URL gives. */
export async function openBytes(source: string | URL, signal?: AbortSignal): Promise<ByteChunks> {
  const address = String(source);
  if (/^(https?|data|blob):/.test(address)) return openUrl(address, signal);
  const path = address.startsWith('file:') ? fileURLToPath(address) : address;
  try {
    return { size: (await stat(path)).size, chunks: chunksOfFile(path, signal) };
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

async function* chunksOfFile(path: string, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: CHUNK_BYTES })) {
      signal?.throwIfAborted();
      yield chunk as Uint8Array;
    }
  } catch (cause) {
    signal?.throwIfAborted();
    throw unreadable(path, cause);
  }
}

const CHUNK_BYTES = 262_144;

function unreadable(path: string, cause: unknown): MusrepError {
  return new MusrepError('not-found', `Cannot read '${path}': ${reasonOf(cause)}`, { cause });
}

/** The bytes of a file in a folder, which may be a path or a URL. */
export async function readFrom(folder: Folder, file: string, signal?: AbortSignal): Promise<Uint8Array> {
  const path = pathOf(folder);
  const address = /^[a-z]+:\/\//.test(path) ? `${path.replace(/\/$/, '')}/${file}` : join(path, file);
  return readAll(await openBytes(address, signal), signal);
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
    await removeAbandoned(path, Object.keys(files));
    for (const [file, bytes] of Object.entries(files)) await writeFile(unfinished(file), bytes, { flush: true });
    for (const file of Object.keys(files)) await rename(unfinished(file), join(path, file));
  } catch (cause) {
    for (const file of Object.keys(files)) await rm(unfinished(file), { force: true }).catch(() => undefined);
    throw new MusrepError('write-failed', `Cannot write into '${path}': ${reasonOf(cause)}`, { cause });
  }
}

/** What processes that were killed while they wrote these files have left. */
async function removeAbandoned(path: string, files: readonly string[]): Promise<void> {
  for (const name of await readdir(path)) {
    const [, file, writer] = /^(.+)\.(\d+)\.tmp$/.exec(name) ?? [];
    if (file === undefined || !files.includes(file) || isAlive(Number(writer))) continue;
    await rm(join(path, name), { force: true });
  }
}

function isAlive(writer: number): boolean {
  try {
    return process.kill(writer, 0);
  } catch (cause) {
    // Somebody else's process is alive too, though it cannot be signalled.
    return (cause as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function pathOf(folder: Folder): string {
  if (typeof folder === 'string') return folder;
  throw new MusrepError('bad-option', 'In Node a folder is a path or URL. Received: a directory handle.');
}

/** The folder of published weights in a package, which may be the user's own dependency; undefined if it is not there. */
export function packagedWeights(packageName: string): Folder | undefined {
  if (packageName === 'musrep') return dirname(createRequire(import.meta.url).resolve('musrep/weights/index.json'));
  for (const from of [import.meta.url, join(process.cwd(), 'package.json')]) {
    try {
      return dirname(createRequire(from).resolve(`${packageName}/package.json`));
    } catch {
      // The next place may have it.
    }
  }
  return undefined;
}
