import type { Nd } from './nd.js';
import * as ref from './nd.js';
import { attention, gelu, layerNorm, projected, type Weights } from './reference-blocks.js';

/** A layer that normalises what comes in, as the Music Tagging Transformer's. */
export function preNormLayer(x: Nd, weights: Weights, name: string, heads: number): Nd {
  const normalized = layerNorm(x, weights, `${name}.0/fn.norm`, 1e-5);
  const qkv = projected(normalized, weights, `${name}.0/fn.fn.to_qkv`);
  const [batch, frames, width] = x.shape as [number, number, number];
  const [q, k, v] = [0, 1, 2].map((i) => ref.slice(qkv, [0, 0, i * width], [batch, frames, width])) as [Nd, Nd, Nd];
  const y = ref.add(x, projected(attention(q, k, v, heads), weights, `${name}.0/fn.fn.to_out.0`));
  const hidden = gelu(projected(layerNorm(y, weights, `${name}.1/fn.norm`, 1e-5), weights, `${name}.1/fn.fn.net.0`));
  return ref.add(y, projected(hidden, weights, `${name}.1/fn.fn.net.3`));
}

/** A layer that normalises the sum at its end, as BERT's. */
export function postNormLayer(x: Nd, weights: Weights, name: string, heads: number): Nd {
  const of = (part: string) => projected(x, weights, `${name}.attention/self.${part}`);
  const mixed = projected(
    attention(of('query'), of('key'), of('value'), heads),
    weights,
    `${name}.attention/output.dense`,
  );
  const y = layerNorm(ref.add(x, mixed), weights, `${name}.attention/output.LayerNorm`, 1e-12);
  const hidden = gelu(projected(y, weights, `${name}/intermediate.dense`));
  return layerNorm(
    ref.add(y, projected(hidden, weights, `${name}/output.dense`)),
    weights,
    `${name}/output.LayerNorm`,
    1e-12,
  );
}

/** `numpy.random.RandomState(0).random_sample(6)` */
export const NUMPY_SEED_0 = [0.5488135, 0.71518937, 0.60276338, 0.54488318, 0.4236548, 0.64589411];

export function sinusoids(frames: number, width: number): Nd {
  return ref.nd([1, frames, width], ([, t, i]) => {
    const angle = (t as number) / 10_000 ** ((2 * Math.floor((i as number) / 2)) / width);
    return (i as number) % 2 === 0 ? Math.sin(angle) : Math.cos(angle);
  });
}
