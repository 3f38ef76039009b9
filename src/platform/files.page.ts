import { MusrepError, reasonOf } from '../core/errors.js';
import { type ByteChunks, readAll } from './bytes.js';
import type { FileHandle, Folder } from './folder.js';
import { openUrl } from './open-url.js';

/** Opens what a URL gives, relative ones from the page's address. */
export function openBytes(source: string | URL, signal?: AbortSignal): Promise<ByteChunks> {
  return openUrl(new URL(source, document.baseURI).href, signal);
}

/** The bytes of a file in a folder. */
export async function readFrom(folder: Folder, file: string, signal?: AbortSignal): Promise<Uint8Array> {
  if (typeof folder === 'string') {
    return readAll(await openBytes(`${folder.replace(/\/$/, '')}/${file}`, signal), signal);
  }
  try {
    const handle = await folder.getFileHandle(file);
    return new Uint8Array(await (await handle.getFile()).arrayBuffer());
  } catch (cause) {
    throw new MusrepError('not-found', `Cannot read '${file}' in '${folder.name}': ${reasonOf(cause)}`, { cause });
  }
}

/** Writes files into a folder; a stream replaces an older file only when it closes, and all are written before one does. */
export async function writeTo(folder: Folder, files: Readonly<Record<string, Uint8Array>>): Promise<void> {
  if (typeof folder === 'string') {
    throw new MusrepError(
      'bad-option',
      'A page saves into a directory handle: pass `await navigator.storage.getDirectory()`, or what `showDirectoryPicker()` gives.',
    );
  }
  try {
    const streams: Awaited<ReturnType<FileHandle['createWritable']>>[] = [];
    for (const [file, bytes] of Object.entries(files)) {
      const handle = await folder.getFileHandle(file, { create: true });
      const stream = await handle.createWritable();
      await stream.write(bytes as Uint8Array<ArrayBuffer>);
      streams.push(stream);
    }
    for (const stream of streams) await stream.close();
  } catch (cause) {
    throw new MusrepError('write-failed', `Cannot write into '${folder.name}': ${reasonOf(cause)}`, { cause });
  }
}

/** The folder of published weights, of whatever package: a page serves them beside itself, or names another place. */
export function packagedWeights(_packageName: string): Folder | undefined {
  return new URL('weights/', document.baseURI).href;
}
