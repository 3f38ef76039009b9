/** Decodes mutated files; says before each one which it is, so that the test knows where it hangs or dies. */
import { readFileSync } from 'node:fs';
import { type LoadAudioOptions, openAudio } from '../../src/audio/audio-stream.js';
import { loadAudio } from '../../src/audio/load-audio.js';
import { StreamedWindows } from '../../src/audio/streamed-windows.js';
import { mutated } from './mutate.js';

const [, , file, count] = process.argv as [string, string, string, string];
const bytes = new Uint8Array(readFileSync(file));

for (let seed = 0; seed < Number(count); seed++) {
  process.send?.({ seed, memory: process.memoryUsage().rss });
  try {
    const decode = seed % 3 === 0 ? decodeWindows : loadAudio;
    await decode(mutated(bytes, seed), { partial: seed % 2 === 0 });
    process.send?.({ outcome: 'audio' });
  } catch (error) {
    const { name, code, stack } = error as { name: string; code?: string; stack?: string };
    if (name === 'MusrepError') process.send?.({ outcome: code });
    else process.send?.({ foreign: stack ?? String(error) });
  }
}

/** Some short windows far apart, in as many passes as they take. */
async function decodeWindows(source: Uint8Array, options: LoadAudioOptions): Promise<void> {
  const size = { length: 1000, sampleRate: 44_100 };
  for (let pass = 1, length: number | undefined; ; pass++) {
    const isSparse = pass < 3;
    const windows = new StreamedWindows(openAudio(source, options), size, { count: 3 }, { length, isSparse });
    for await (const batch of windows.batches(2)) if (batch.length > 2000) throw new Error('too many windows at once');
    if (windows.isRight) return;
    length = windows.length;
  }
}

// The test ends this process once it has every message: an exit may overtake the last ones.
process.on('message', () => undefined);
process.send?.({ finished: true });
