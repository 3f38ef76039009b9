/**
 * The portable generator behind every random choice: a value is a pure function of a seed, a name and an index,
 * in 32-bit integer arithmetic that gives the same bits in every language and on every tfjs backend.
 */

const GOLDEN = 0x9e3779b9;

function fnv1a(name: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(name)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

function mix(x: number): number {
  x ^= x >>> 16;
  x = Math.imul(x, 0x21f0aaad);
  x ^= x >>> 15;
  x = Math.imul(x, 0x735a2d97);
  x ^= x >>> 15;
  return x >>> 0;
}

/** `count` numbers in [0, 1), uniform, fixed by `name` and `seed`. */
export function uniforms(name: string, seed: number, count: number): Float64Array {
  const base = (fnv1a(name) ^ Math.imul(seed, GOLDEN)) >>> 0;
  const values = new Float64Array(count);
  for (let i = 0; i < count; i++) values[i] = mix((Math.imul(i, GOLDEN) + base) | 0) / 4294967296;
  return values;
}

/** A seed of its own for the part called `name`. */
export function childSeed(seed: number, name: string): number {
  return mix(fnv1a(name) ^ Math.imul(seed, GOLDEN));
}
