import { readAll } from './bytes.js';
import { type Download, type DownloadOptions, refuseAltered } from './download.js';
import { openUrl } from './open-url.js';

const CACHE = 'musrep';

/** What was downloaded before; pages have such a store only in secure contexts. */
export async function readCached(file: Download): Promise<Uint8Array | undefined> {
  const response = await (await store())?.match(keyOf(file));
  return response ? new Uint8Array(await response.arrayBuffer()) : undefined;
}

/** What a URL gives, from the page's store if it is there. */
export async function cachedDownload(url: string, file: Download, options: DownloadOptions): Promise<Uint8Array> {
  const cached = await readCached(file);
  if (cached) return cached;
  const { chunks } = await openUrl(new URL(url, document.baseURI).href, options.signal);
  const bytes = await readAll({ size: file.bytes, chunks: reporting(chunks, file, options) }, options.signal);
  if (globalThis.crypto?.subtle) refuseAltered(url, file, await digest(bytes));
  // A full store is no reason to go without the weights that are there.
  await (await store())?.put(keyOf(file), new Response(bytes)).catch(() => undefined);
  return bytes;
}

async function* reporting(chunks: AsyncIterable<Uint8Array>, { bytes }: Download, { onProgress }: DownloadOptions) {
  let done = 0;
  for await (const chunk of chunks) {
    done += chunk.length;
    onProgress?.(Math.min(1, done / bytes));
    yield chunk;
  }
}

async function store(): Promise<Cache | undefined> {
  return globalThis.caches?.open(CACHE).catch(() => undefined);
}

/** Stores are by address; this one is nowhere. */
function keyOf({ name, sha256 }: Download): string {
  return `https://musrep.invalid/${name}-${sha256}`;
}

async function digest(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
