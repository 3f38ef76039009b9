#!/usr/bin/env node
import { createRequire } from 'node:module';
import { MusrepError, unknownName } from '../core/errors.js';
import { cacheCommand } from './cache.js';
import { convertCommand } from './convert.js';
import { embedCommand } from './embed.js';
import { HELP } from './help.js';
import { modelsCommand } from './models.js';
import { tagCommand } from './tag.js';

const COMMANDS = {
  tag: tagCommand,
  embed: embedCommand,
  models: modelsCommand,
  convert: convertCommand,
  cache: cacheCommand,
};

const INTERRUPTED = 130;
const WRONG_COMMAND = 2;

const interruption = new AbortController();
process.once('SIGINT', () => interruption.abort());
run(process.argv.slice(2))
  .catch(exitCodeOf)
  .then((code) => {
    process.exitCode = code;
  });

async function run([command, ...args]: string[]): Promise<number> {
  if (command === undefined || command === '--help' || command === '-h') return print(HELP.musrep);
  if (command === '--version') return print(`${createRequire(import.meta.url)('musrep/package.json').version}\n`);
  if (!Object.hasOwn(COMMANDS, command)) throw unknownName('command', command, Object.keys(COMMANDS));
  const name = command as keyof typeof COMMANDS;
  if (args.includes('--help') || args.includes('-h')) return print(HELP[name]);
  return COMMANDS[name](args, interruption.signal);
}

function print(text: string): number {
  process.stdout.write(text);
  return 0;
}

/** Errors of the library are for people: without a stack. */
function exitCodeOf(error: unknown): number {
  if (interruption.signal.aborted) {
    process.stderr.write('Interrupted; what was written is whole. --resume goes on.\n');
    return INTERRUPTED;
  }
  const { cause } = error as { cause?: NodeJS.ErrnoException };
  // The reader of a pipe has seen enough, as `head` does.
  if (cause?.code === 'EPIPE') return 0;
  if (!(error instanceof MusrepError)) throw error;
  process.stderr.write(`musrep: ${error.message}\n`);
  return error.code === 'bad-option' || error.code === 'unknown-name' ? WRONG_COMMAND : 1;
}
