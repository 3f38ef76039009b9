import { MusrepError, reasonOf } from '../core/errors.js';

/** What a URL gives; a transfer that ends early is an error, not a short file. */
export async function fetchBytes(url: string, signal?: AbortSignal): Promise<Uint8Array> {
  let response: Response;
  try {
    response = await fetch(url, signal ? { signal } : {});
    if (response.ok) return new Uint8Array(await response.arrayBuffer());
  } catch (cause) {
    signal?.throwIfAborted();
    throw new MusrepError('not-found', `Cannot fetch ${url}: ${reasonOf(cause)}`, { cause });
  }
  throw new MusrepError(
    'not-found',
    `Cannot fetch ${url}: the server answered ${response.status} ${response.statusText}.`,
  );
}
