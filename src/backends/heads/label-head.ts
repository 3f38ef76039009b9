import type { SymbolicTensor } from '@tensorflow/tfjs-layers';
import { defineBlock } from '../../core/block.js';
import { requireChoice, requireWhole } from '../../core/config.js';
import { MusrepError } from '../../core/errors.js';
import type { NormOrder } from '../../layers/conv-unit.js';

export interface LabelHeadOptions {
  /** Width of a dense layer with batch normalisation and ReLU before the last one; 0 for none. */
  readonly hidden: number;
  /** Probability with which a value is dropped before the last dense layer, in training. */
  readonly dropout: number;
  /** Whether the batch normalisation stands before the ReLU or after it. */
  readonly order: NormOrder;
  /** Whether the embedding is layer-normalised first, as in the Music Tagging Transformer. */
  readonly layerNorm: boolean;
}

/** A head in the form in which a saved model asks for it: the labels are options like the others. */
export function defineLabelHead(name: string, activation: 'sigmoid' | 'softmax') {
  return defineBlock({
    name,
    role: 'head',
    takes: ['embedding'],
    defaults: {
      labels: [] as readonly string[],
      hidden: 0,
      dropout: 0.5,
      order: 'norm-activation' as NormOrder,
      layerNorm: false,
    },
    output(_input, { labels, hidden, dropout, order }) {
      requireLabels(name, labels);
      requireChoice(name, 'order', order, ['norm-activation', 'activation-norm']);
      requireWhole(name, 'hidden', hidden, 0);
      if (!(dropout >= 0 && dropout < 1)) {
        throw new MusrepError('bad-option', `${name}: 'dropout' must be at least 0 and below 1. Received: ${dropout}.`);
      }
      return { kind: 'scores', labels };
    },
    build(x, { labels, hidden, dropout, order, layerNorm }, { layers }) {
      let y = x;
      const apply = (layer: { apply(input: SymbolicTensor): unknown }) => {
        y = layer.apply(y) as SymbolicTensor;
      };
      if (layerNorm) apply(layers.layerNorm('mlp_head.0'));
      if (hidden > 0) {
        apply(layers.dense('dense1', { units: hidden }));
        const steps = [layers.batchNorm('bn'), layers.activation('relu', 'relu')];
        for (const step of order === 'norm-activation' ? steps : steps.reverse()) apply(step);
      }
      apply(layers.dropout('dropout', dropout));
      const last = layerNorm ? 'mlp_head.1' : hidden > 0 ? 'dense2' : 'dense';
      apply(layers.dense(last, { units: labels.length }));
      apply(layers.activation(activation, activation));
      return y;
    },
  });
}

export function requireLabels(name: string, labels: readonly string[]): void {
  if (labels.length === 0) throw new MusrepError('bad-option', `${name} takes at least one label.`);
  const twice = labels.find((label, i) => labels.indexOf(label) !== i);
  if (twice !== undefined) throw new MusrepError('bad-option', `${name}: the label '${twice}' stands twice.`);
}
