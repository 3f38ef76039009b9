import { MusrepError, reasonOf } from '../core/errors.js';
import { type ByteChunks, chunksOf } from './bytes.js';

/** The bytes of a URL from an offset on, which is 0 where a server gives only the whole. */
interface UrlChunks extends ByteChunks {
  readonly offset: number;
}

/** Opens what a URL gives, from `offset` on; a transfer that ends early is an error, not a short file. */
export async function openUrl(url: string, signal?: AbortSignal, offset = 0): Promise<UrlChunks> {
  const failed = (cause: unknown, when = '') => {
    signal?.throwIfAborted();
    return new MusrepError('not-found', `Cannot fetch ${url}: ${when}${reasonOf(cause)}`, { cause });
  };
  const headers: Record<string, string> = offset > 0 ? { range: `bytes=${offset}-` } : {};
  const response = await fetch(url, { headers, ...(signal && { signal }) }).catch((cause) => {
    throw failed(cause);
  });
  if (!response.ok || response.body === null) {
    throw new MusrepError(
      'not-found',
      `Cannot fetch ${url}: the server answered ${response.status} ${response.statusText}.`,
    );
  }
  const isPart = response.status === 206;
  return {
    size: sizeOf(response),
    chunks: naming(chunksOf(response.body), failed),
    offset: isPart ? offset : 0,
  };
}

/** A compressed transfer states its compressed size. */
function sizeOf({ headers }: Response): number | undefined {
  const stated = headers.get('content-length');
  return stated === null || headers.has('content-encoding') ? undefined : Number(stated);
}

async function* naming(chunks: AsyncIterable<Uint8Array>, failed: (cause: unknown, when: string) => MusrepError) {
  let received = 0;
  try {
    for await (const chunk of chunks) {
      received += chunk.length;
      yield chunk;
    }
  } catch (cause) {
    throw failed(cause, `the transfer stopped after ${received} bytes: `);
  }
}
