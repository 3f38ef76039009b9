import { cachedFiles, cacheFolder, clearCache } from '#platform/download-cache';
import { unknownName } from '../core/errors.js';
import { readArguments } from './arguments.js';
import { Output } from './output.js';

/** `musrep cache [clear]` */
export async function cacheCommand(args: readonly string[]): Promise<number> {
  const { positionals } = readArguments(args, {});
  const [action] = positionals;
  if (action !== undefined && action !== 'clear') throw unknownName('action of musrep cache', action, ['clear']);
  const files = await cachedFiles();
  if (action === 'clear') await clearCache();
  const megabytes = (files.reduce((sum, { bytes }) => sum + bytes, 0) / 1e6).toFixed(1);
  const lines = files.map(({ name, bytes }) => `  ${(bytes / 1e6).toFixed(1).padStart(6)} MB  ${name}\n`);
  const summary =
    action === 'clear' ? `${megabytes} MB removed from ${cacheFolder()}` : `${megabytes} MB in ${cacheFolder()}`;
  new Output(undefined).write(`${summary}\n${lines.join('')}`);
  return 0;
}
