import { readdir, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';

/** What is taken from a folder; a file that is named is taken whatever it is called. */
const AUDIO_ENDINGS = ['.mp3', '.wav', '.flac', '.ogg', '.oga', '.opus', '.mp2'];

/** The files that arguments name, folders replaced by the audio files below them, in order and each once. */
export async function collectFiles(paths: readonly string[]): Promise<string[]> {
  const found = await Promise.all(paths.map(filesAt));
  return [...new Set(found.flat())];
}

async function filesAt(path: string): Promise<string[]> {
  const isFolder = await stat(path).then(
    (entry) => entry.isDirectory(),
    // What does not exist is reported when its turn comes, like any file that fails.
    () => false,
  );
  if (!isFolder) return [path];
  const names = await readdir(path, { recursive: true });
  const audio = names.filter((name) => AUDIO_ENDINGS.includes(extname(name).toLowerCase()));
  return audio.sort().map((name) => join(path, name));
}
