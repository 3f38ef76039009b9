import { createHash } from 'node:crypto';
import { appendFile, mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import envPaths from 'env-paths';
import { MusrepError, reasonOf } from '../core/errors.js';
import { type Download, type DownloadOptions, refuseAltered } from './download.js';
import { openUrl } from './open-url.js';

/** Where downloads are kept: the system's place for caches, or what `MUSREP_CACHE` names. */
export function cacheFolder(): string {
  return process.env.MUSREP_CACHE ?? envPaths('musrep', { suffix: '' }).cache;
}

/** What was downloaded before; undefined if nothing was, or if it is no longer what was published. */
export async function readCached(file: Download): Promise<Uint8Array | undefined> {
  const bytes = await readFile(pathOf(file)).catch(() => undefined);
  return bytes && digest(bytes) === file.sha256 ? new Uint8Array(bytes) : undefined;
}

/**
 * What a URL gives, from the cache if it is there. A download that stops is gone on with the next time; several processes
 * may ask for one file at once: each writes a part of its own, and the whole file appears by one renaming.
 */
export async function cachedDownload(url: string, file: Download, options: DownloadOptions): Promise<Uint8Array> {
  const cached = await readCached(file);
  if (cached) return cached;
  const part = `${pathOf(file)}.${process.pid}.part`;
  await writing(async () => {
    await mkdir(cacheFolder(), { recursive: true });
    await adoptPart(file, part);
  });
  await fetchInto(part, url, file, options);
  const bytes = await readFile(part);
  const received = digest(bytes);
  if (received !== file.sha256) await rm(part, { force: true });
  refuseAltered(url, file, received);
  await writing(() => rename(part, pathOf(file)));
  return new Uint8Array(bytes);
}

/** Takes over what a process that is no more has left. */
async function adoptPart(file: Download, part: string): Promise<void> {
  const name = fileName(file);
  for (const other of await readdir(cacheFolder())) {
    const [, pid] = other.startsWith(name) ? (/\.(\d+)\.part$/.exec(other) ?? []) : [];
    if (pid === undefined || isAlive(Number(pid))) continue;
    // Another process may be faster.
    await rename(join(cacheFolder(), other), part).catch(() => undefined);
  }
}

async function fetchInto(part: string, url: string, file: Download, { onProgress, signal }: DownloadOptions) {
  const present = await stat(part).then(
    ({ size }) => size,
    () => 0,
  );
  if (present >= file.bytes) return;
  const { chunks, offset } = await openUrl(url, signal, present);
  if (offset === 0) await rm(part, { force: true });
  let done = offset;
  for await (const chunk of chunks) {
    signal?.throwIfAborted();
    await writing(() => appendFile(part, chunk));
    done += chunk.length;
    onProgress?.(Math.min(1, done / file.bytes));
  }
}

/** What was downloaded, whole or in part. */
export async function cachedFiles(): Promise<{ readonly name: string; readonly bytes: number }[]> {
  const names = await readdir(cacheFolder()).catch(() => []);
  const ours = names.filter((name) => /\.safetensors(\.\d+\.part)?$/.test(name)).sort();
  return Promise.all(ours.map(async (name) => ({ name, bytes: (await stat(join(cacheFolder(), name))).size })));
}

/** Removes what was downloaded. */
export async function clearCache(): Promise<void> {
  for (const { name } of await cachedFiles()) await rm(join(cacheFolder(), name), { force: true });
}

async function writing<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (cause) {
    throw new MusrepError(
      'write-failed',
      `Cannot write into the cache '${cacheFolder()}': ${reasonOf(cause)} Set MUSREP_CACHE to a folder that can be written.`,
      { cause },
    );
  }
}

function pathOf(file: Download): string {
  return join(cacheFolder(), fileName(file));
}

function fileName({ name, sha256 }: Download): string {
  return `${name}-${sha256.slice(0, 12)}.safetensors`;
}

function digest(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
