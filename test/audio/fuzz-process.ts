/** Decodes mutated files; says before each one which it is, so that the test knows where it hangs or dies. */
import { readFileSync } from 'node:fs';
import { loadAudio } from '../../src/audio/load-audio.js';
import { mutated } from './mutate.js';

const [, , file, count] = process.argv as [string, string, string, string];
const bytes = new Uint8Array(readFileSync(file));

for (let seed = 0; seed < Number(count); seed++) {
  process.send?.({ seed, memory: process.memoryUsage().rss });
  try {
    await loadAudio(mutated(bytes, seed), { partial: seed % 2 === 0 });
    process.send?.({ outcome: 'audio' });
  } catch (error) {
    const { name, code, stack } = error as { name: string; code?: string; stack?: string };
    if (name === 'MusrepError') process.send?.({ outcome: code });
    else process.send?.({ foreign: stack ?? String(error) });
  }
}

// The test ends this process once it has every message: an exit may overtake the last ones.
process.on('message', () => undefined);
process.send?.({ finished: true });
