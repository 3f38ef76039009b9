import { uniforms } from '../../src/core/random.js';
import type { NamedTensor } from '../../src/io/safetensors.js';

/** PyTorch weights of the portable generator, as the reference data's PRNG.md defines them. */
export function portableState(
  shapes: Readonly<Record<string, readonly number[]>>,
  seed: number,
): [string, NamedTensor][] {
  return Object.entries(shapes)
    .filter(([name]) => !/num_batches_tracked$|window$|mel_scale\.fb$/.test(name))
    .map(([name, shape]) => {
      const size = shape.reduce((product, one) => product * one, 1);
      const value = rule(name, shape);
      return [name, { shape, values: Float32Array.from(uniforms(name, seed, size), value) }];
    });
}

function rule(name: string, shape: readonly number[]): (u: number) => number {
  const s = (u: number) => 2 * u - 1;
  if (/^(spec_bn|hstft_bn|frontend\.input_bn|spec\.bn)\./.test(name)) {
    if (name.endsWith('running_mean')) return (u) => -20 + 5 * s(u);
    if (name.endsWith('running_var')) return (u) => 300 + 100 * s(u);
    return name.endsWith('weight') ? (u) => 1 + 0.2 * s(u) : (u) => 0.2 * s(u);
  }
  if (name.endsWith('running_mean')) return (u) => 0.2 * s(u);
  if (name.endsWith('running_var')) return (u) => 0.5 + u;
  if (name.endsWith('bw_Q')) return (u) => 1 + 0.5 * u;
  if (/(pos_embedding|cls_token)$/.test(name)) return s;
  if (shape.length >= 2) {
    const fanIn = shape.slice(1).reduce((product, one) => product * one, 1);
    return (u) => s(u) * Math.sqrt(3 / fanIn);
  }
  return name.endsWith('weight') ? (u) => 0.75 + 0.5 * u : (u) => 0.1 * s(u);
}
