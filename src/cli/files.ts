import { readdir, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { glob, isDynamicPattern } from 'tinyglobby';

/** What is taken from a folder; a file that is named is taken whatever it is called. */
const AUDIO_ENDINGS = ['.mp3', '.wav', '.flac', '.ogg', '.oga', '.opus', '.mp2'];

/** The files that arguments name: folders are replaced by the audio files below them, patterns by what they match. */
export async function collectFiles(paths: readonly string[]): Promise<string[]> {
  const found = await Promise.all(paths.map(filesAt));
  return [...new Set(found.flat())];
}

async function filesAt(path: string): Promise<string[]> {
  const entry = await stat(path).catch(() => undefined);
  if (entry === undefined) return matching(path);
  if (!entry.isDirectory()) return [path];
  const names = await readdir(path, { recursive: true });
  const audio = names.filter((name) => AUDIO_ENDINGS.includes(extname(name).toLowerCase()));
  return audio.sort().map((name) => join(path, name));
}

/** What a pattern matches, for shells that leave it as it is. What matches nothing is reported when its turn comes. */
async function matching(pattern: string): Promise<string[]> {
  if (!isDynamicPattern(pattern)) return [pattern];
  const found = await glob(pattern, { expandDirectories: false });
  return found.length > 0 ? found.sort() : [pattern];
}
