import { uniforms } from '../../src/core/random.js';

/** A damaged copy of a file: bytes changed, a part cut out, doubled or zeroed, the end missing, or several of these. */
export function mutated(bytes: Uint8Array, seed: number): Uint8Array {
  const draws = uniforms('mutation', seed, 64);
  let next = 0;
  const draw = (below: number) => Math.floor((draws[next++ % draws.length] as number) * below);
  let result: Uint8Array = bytes.slice();
  const rounds = 1 + draw(3);
  for (let round = 0; round < rounds && result.length > 16; round++) {
    // Headers decide more than what follows: every other change goes there.
    const reach = draw(2) === 0 ? Math.min(200, result.length) : result.length;
    const at = draw(reach);
    const length = 1 + draw(Math.min(400, result.length - at));
    const change = draw(6);
    if (change <= 1) for (let i = 0; i < 1 + change * 8; i++) result[draw(reach)] = draw(256);
    if (change === 2) result = joined(result.subarray(0, at), result.subarray(at + length));
    if (change === 3) result = joined(result.subarray(0, at + length), result.subarray(at));
    if (change === 4) result.fill(0, at, at + length);
    if (change === 5) result = result.slice(0, at + 1);
  }
  return result;
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const result = new Uint8Array(a.length + b.length);
  result.set(a);
  result.set(b, a.length);
  return result;
}
