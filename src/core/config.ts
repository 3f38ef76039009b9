import { MusrepError, unknownName } from './errors.js';

/** A value that JSON can hold. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** A block's options as they are saved: JSON and nothing else. */
export type Config = { readonly [key: string]: Json };

function kindOf(value: Json): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

function checkValue(owner: string, key: string, value: Json, example: Json): void {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new MusrepError('bad-option', `${owner}: '${key}' must be a finite number. Received: ${value}.`);
  }
  // A null default stands for "derived from the input": it says nothing about the type.
  if (example === null || value === null) return;
  if (kindOf(value) !== kindOf(example)) {
    const received = JSON.stringify(value);
    throw new MusrepError(
      'bad-option',
      `${owner}: '${key}' must be of type ${kindOf(example)}, as its default ${JSON.stringify(example)}. Received: ${received}.`,
    );
  }
}

/** The defaults with the given options over them; unknown keys and values of another type are refused. */
export function withDefaults<C extends object>(owner: string, defaults: C, options: Partial<C>): C {
  const known = defaults as Config;
  for (const [key, value] of Object.entries(options) as [string, Json | undefined][]) {
    if (!(key in known)) throw unknownName(`option of ${owner}`, key, Object.keys(known));
    if (value !== undefined) checkValue(owner, key, value, known[key] as Json);
  }
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  return { ...defaults, ...given };
}

/** Refuses a number that is not a whole one of at least `least`. */
export function requireWhole(owner: string, key: string, value: number, least = 1): void {
  if (Number.isInteger(value) && value >= least) return;
  throw new MusrepError(
    'bad-option',
    `${owner}: '${key}' must be a whole number of at least ${least}. Received: ${value}.`,
  );
}

/** Refuses a probability, of dropout, that is not at least 0 and below 1. */
export function requireProbability(owner: string, key: string, value: number): void {
  if (value >= 0 && value < 1) return;
  throw new MusrepError('bad-option', `${owner}: '${key}' must be at least 0 and below 1. Received: ${value}.`);
}

/** Refuses a value that is not among `choices`. */
export function requireChoice(owner: string, key: string, value: string, choices: readonly string[]): void {
  if (!choices.includes(value)) throw unknownName(`${owner} '${key}'`, value, choices);
}
