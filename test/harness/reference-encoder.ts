import * as ref from './nd.js';
import { at, type Nd, nd } from './nd.js';
import { gelu, layerNorm, projected, type Weights } from './reference-blocks.js';

/** Attention of one layer, `[head, frame, frame]`. */
export type Attention = Nd;

export interface EncoderReference {
  readonly norm: 'pre' | 'post';
  readonly depth: number;
  readonly heads: number;
  /** Puts another attention in the place of a layer's. */
  readonly replace?: (layer: number, attention: Attention) => Attention;
}

/** A Transformer encoder in float64 whose attention can be seen and replaced: `[1, frame, channel]`, the class token first. */
export function encode(x: Nd, weights: Weights, { norm, depth, heads, replace }: EncoderReference) {
  const attentions: Attention[] = [];
  let y = x;
  for (let layer = 0; layer < depth; layer++) {
    const names = NAMES[norm](layer);
    const normalized = (z: Nd, name: string) => layerNorm(z, weights, name, norm === 'pre' ? 1e-5 : 1e-12);
    const [q, k, v] = names.queriesKeysValues(norm === 'pre' ? normalized(y, names.attentionNorm) : y, weights);
    const own = attentionOf(q, k, heads);
    attentions.push(own);
    const mixed = projected(mixedBy(replace?.(layer, own) ?? own, v), weights, names.outward);
    y = norm === 'pre' ? ref.add(y, mixed) : normalized(ref.add(y, mixed), names.attentionNorm);
    const inner = norm === 'pre' ? normalized(y, names.feedForwardNorm) : y;
    const hidden = projected(gelu(projected(inner, weights, names.first)), weights, names.second);
    y = norm === 'pre' ? ref.add(y, hidden) : normalized(ref.add(y, hidden), names.feedForwardNorm);
  }
  return { output: y, attentions };
}

const NAMES = {
  pre: (layer: number) => {
    const name = `transformer.layers.${layer}`;
    return {
      attentionNorm: `${name}.0/fn.norm`,
      outward: `${name}.0/fn.fn.to_out.0`,
      feedForwardNorm: `${name}.1/fn.norm`,
      first: `${name}.1/fn.fn.net.0`,
      second: `${name}.1/fn.fn.net.3`,
      queriesKeysValues: (x: Nd, weights: Weights): [Nd, Nd, Nd] => {
        const [batch, frames, width] = x.shape as [number, number, number];
        const together = projected(x, weights, `${name}.0/fn.fn.to_qkv`);
        const part = (i: number) => ref.slice(together, [0, 0, i * width], [batch, frames, width]);
        return [part(0), part(1), part(2)];
      },
    };
  },
  post: (layer: number) => {
    const name = `encoder.layer.${layer}`;
    return {
      attentionNorm: `${name}.attention/output.LayerNorm`,
      outward: `${name}.attention/output.dense`,
      feedForwardNorm: `${name}/output.LayerNorm`,
      first: `${name}/intermediate.dense`,
      second: `${name}/output.dense`,
      queriesKeysValues: (x: Nd, weights: Weights): [Nd, Nd, Nd] => {
        const part = (of: string) => projected(x, weights, `${name}.attention/self.${of}`);
        return [part('query'), part('key'), part('value')];
      },
    };
  },
};

function attentionOf(q: Nd, k: Nd, heads: number): Attention {
  const [, frames, width] = q.shape as [number, number, number];
  const size = width / heads;
  const scores = nd([heads, frames, frames], ([head, i, j]) => {
    const first = (head as number) * size;
    let sum = 0;
    for (let d = first; d < first + size; d++) sum += at(q, [0, i as number, d]) * at(k, [0, j as number, d]);
    return sum / Math.sqrt(size);
  });
  const greatest = ref.reduce(scores, [2], (values) => Math.max(...values), true);
  const powers = ref.zip(scores, greatest, (score, most) => Math.exp(score - most));
  return ref.zip(powers, ref.reduce(powers, [2], ref.sumOf, true), (power, total) => power / total);
}

function mixedBy(attention: Attention, v: Nd): Nd {
  const [heads, frames] = attention.shape as [number, number];
  const size = (v.shape[2] as number) / heads;
  return nd(v.shape, ([, i, c]) => {
    const head = Math.floor((c as number) / size);
    let sum = 0;
    for (let j = 0; j < frames; j++) sum += at(attention, [head, i as number, j]) * at(v, [0, j, c as number]);
    return sum;
  });
}
