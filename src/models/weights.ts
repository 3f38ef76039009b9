import { cachedDownload, readCached } from '#platform/download-cache';
import { packagedWeights, readFrom } from '#platform/files';
import { MusrepError } from '../core/errors.js';
import type { Folder } from '../platform/folder.js';
import { PUBLISHED, type PublishedName } from './published.js';

export interface PretrainedOptions {
  /**
   * A folder or URL that holds the weights, such as a copy of the package `musrep-weights`. Unless given: the packages
   * `musrep` and `musrep-weights`, then what was downloaded before; in a page `weights/` beside it.
   */
  readonly from?: Folder;
  /** Never downloads: takes what the packages hold or was downloaded before. */
  readonly offline?: boolean;
  /** Called while weights are downloaded with the share that is there, 0 to 1. */
  readonly onProgress?: (done: number) => void;
  /** Cancels a download; what is there of it is kept for the next try. */
  readonly signal?: AbortSignal;
}

/**
 * The bytes of published weights.
 *
 * @throws {@link MusrepError} `not-found`, with what to do; `bad-weights` for a download that is not what was published;
 * `write-failed` for a cache that cannot be written.
 */
export async function findWeights(name: PublishedName, options: PretrainedOptions): Promise<Uint8Array> {
  const { from = packagedWeights(PUBLISHED[name].package), signal } = options;
  if (from === undefined || isUrl(from)) return fetchWeights(name, from, options);
  return readFrom(from, `${name}.safetensors`, signal);
}

async function fetchWeights(
  name: PublishedName,
  from: string | undefined,
  options: PretrainedOptions,
): Promise<Uint8Array> {
  const { package: owner, bytes, sha256 } = PUBLISHED[name];
  const file = { name, bytes, sha256 };
  if (from !== undefined && !options.offline) {
    return cachedDownload(`${from.replace(/\/$/, '')}/${name}.safetensors`, file, options);
  }
  const cached = await readCached(file);
  if (cached) return cached;
  const what = options.offline ? 'were not downloaded before, and { offline: true } forbids it' : 'are not here';
  throw new MusrepError(
    'not-found',
    `The weights '${name}' ${what}. Install them: npm install ${owner}. Or say where they are: { from: 'a folder or URL' }.`,
  );
}

function isUrl(folder: Folder): folder is string {
  return typeof folder === 'string' && /^https?:/.test(folder);
}
