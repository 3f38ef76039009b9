import { type ParseArgsConfig, parseArgs } from 'node:util';
import { MusrepError, reasonOf, unknownName } from '../core/errors.js';

type Options = NonNullable<ParseArgsConfig['options']>;

/** Options that every command on files has. */
export const FILE_OPTIONS = {
  model: { type: 'string', default: 'musicnn-mtat' },
  weights: { type: 'string' },
  offline: { type: 'boolean', default: false },
  backend: { type: 'string', default: 'auto' },
  'backend-from': { type: 'string' },
  output: { type: 'string', short: 'o' },
  partial: { type: 'boolean', default: false },
  resume: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const satisfies Options;

/** Reads a command's options; an unknown one is refused with the nearest that there is. */
export function readArguments<const O extends Options>(args: readonly string[], options: O) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (error) {
    const [, unknown] = /Unknown option '(-[^']*)'/.exec(reasonOf(error)) ?? [];
    if (unknown)
      throw unknownName(
        'option',
        unknown,
        Object.keys(options).map((name) => `--${name}`),
      );
    throw new MusrepError('bad-option', reasonOf(error), { cause: error });
  }
}

/** An option's whole number of at least 1. */
export function wholeNumber(name: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1) return value;
  throw new MusrepError('bad-option', `--${name} takes a whole number of at least 1. Received: ${text}.`);
}

/** An option's positive number. */
export function positiveNumber(name: string, text: string): number {
  const value = Number(text);
  if (value > 0 && Number.isFinite(value)) return value;
  throw new MusrepError('bad-option', `--${name} takes a positive number. Received: ${text}.`);
}

/** The files and folders that a command was given. */
export function requirePaths(command: string, paths: readonly string[]): readonly string[] {
  if (paths.length > 0) return paths;
  throw new MusrepError('bad-option', `musrep ${command} takes files or folders. See musrep ${command} --help.`);
}
