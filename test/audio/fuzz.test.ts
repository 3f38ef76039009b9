import { fork } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const VECTORS = join(import.meta.dirname, 'vectors');
const FILES = readdirSync(VECTORS);
/** Over all formats together. */
const MUTATIONS = 10_000;
const HANG_MS = 5000;
const MEGABYTE = 2 ** 20;
const MOST_MEMORY = 1500 * MEGABYTE;

interface Message {
  readonly seed?: number;
  readonly memory?: number;
  readonly outcome?: string;
  readonly finished?: boolean;
  readonly foreign?: string;
}

describe('damaged files give audio or an error of the library', () => {
  for (const file of FILES) {
    it(file, async () => {
      const count = Math.ceil(MUTATIONS / FILES.length);
      const outcomes = await fuzz(join(VECTORS, file), count);
      console.log(`${file}: ${JSON.stringify(outcomes)}`);
      expect(Object.values(outcomes).reduce((sum, one) => sum + one, 0)).toBe(count);
      // A fuzz that breaks nothing, or everything, would show nothing.
      expect(Object.keys(outcomes).length).toBeGreaterThan(2);
    });
  }
});

/** Runs in a process, so that a hang can be seen; fails with the seed of what went wrong. */
function fuzz(file: string, count: number): Promise<Record<string, number>> {
  return new Promise((resolve, reject) => {
    const script = join(import.meta.dirname, 'fuzz-process.ts');
    const child = fork(script, [file, String(count)], { execArgv: ['--import', 'tsx'] });
    const outcomes: Record<string, number> = {};
    let seed = 0;
    let watchdog: NodeJS.Timeout | undefined;
    const stop = (problem?: string) => {
      clearTimeout(watchdog);
      child.kill();
      if (problem) reject(new Error(`${file}, seed ${seed}: ${problem}`));
      else resolve(outcomes);
    };
    child.on('message', (message: Message) => {
      if (message.finished) return stop();
      if (message.foreign) return stop(message.foreign);
      if (message.outcome) outcomes[message.outcome] = (outcomes[message.outcome] ?? 0) + 1;
      if (message.seed === undefined) return;
      seed = message.seed;
      const memory = message.memory ?? 0;
      if (memory > MOST_MEMORY) return stop(`${Math.round(memory / MEGABYTE)} MB in use`);
      clearTimeout(watchdog);
      watchdog = setTimeout(() => stop(`no answer for ${HANG_MS} ms`), HANG_MS);
    });
    // After `stop` this changes nothing: the promise is settled.
    child.on('exit', (code) => stop(`the process died with code ${code}`));
  });
}
