import type { SymbolicTensor } from '@tensorflow/tfjs-layers';
import { defineBlock } from '../../core/block.js';
import { requireChoice, requireProbability, requireWhole } from '../../core/config.js';
import { MusrepError } from '../../core/errors.js';
import type { ScoreActivation } from '../../core/head.js';
import type { LayerFactory } from '../../core/layer-factory.js';
import { normSteps } from '../../core/norm-steps.js';
import { NORM_ORDERS, type NormOrder } from '../../layers/conv-unit.js';

export type LabelHeadOptions = {
  /** Width of a dense layer with batch normalisation and ReLU before the last one; 0 for none. */
  readonly hidden: number;
  /** Probability with which a value is dropped before the last dense layer, in training. */
  readonly dropout: number;
  /** Whether batch normalisation stands before the ReLU, after it, or nowhere. */
  readonly order: NormOrder;
  /** Whether the embedding is layer-normalised first, as in the Music Tagging Transformer. */
  readonly layerNorm: boolean;
};

export const LABEL_HEAD_DEFAULTS: LabelHeadOptions = {
  hidden: 0,
  dropout: 0.5,
  order: 'norm-activation',
  layerNorm: false,
};

/** A head in the form in which a saved model asks for it: the labels are options like the others. */
export function defineLabelHead(name: string, activation: ScoreActivation) {
  return defineBlock({
    name,
    role: 'head',
    takes: ['embedding'],
    defaults: { labels: [] as readonly string[], ...LABEL_HEAD_DEFAULTS },
    output(_input, { labels, ...options }) {
      checkLabelHead(name, labels, options);
      return { kind: 'scores', labels };
    },
    build: (x, { labels, ...options }, { layers }) => labelLayers(x, labels.length, { ...options, activation }, layers),
  });
}

export function checkLabelHead(name: string, labels: readonly string[], options: LabelHeadOptions): void {
  requireLabels(name, labels);
  requireChoice(name, 'order', options.order, NORM_ORDERS);
  requireWhole(name, 'hidden', options.hidden, 0);
  requireProbability(name, 'dropout', options.dropout);
}

/** The layers from what is embedded, whether once a window or in each frame, to scores. */
export function labelLayers(
  x: SymbolicTensor,
  labels: number,
  { activation, ...options }: LabelHeadOptions & { readonly activation: ScoreActivation },
  layers: LayerFactory,
): SymbolicTensor {
  const logits = logitLayers(x, labels, options, layers);
  return layers.activation(activation, activation).apply(logits) as SymbolicTensor;
}

/** All of them but the last activation. */
export function logitLayers(
  x: SymbolicTensor,
  labels: number,
  { hidden, dropout, order, layerNorm }: LabelHeadOptions,
  layers: LayerFactory,
): SymbolicTensor {
  const last = layerNorm ? 'mlp_head.1' : hidden > 0 ? 'dense2' : 'dense';
  const names = { norm: 'bn', activate: 'relu' };
  const steps = [
    ...(layerNorm ? [layers.layerNorm('mlp_head.0')] : []),
    ...(hidden > 0 ? [layers.dense('dense1', { units: hidden }), ...normSteps(layers, names, order, 'relu')] : []),
    layers.dropout('dropout', dropout),
    layers.dense(last, { units: labels }),
  ];
  return steps.reduce((y, step) => step.apply(y) as SymbolicTensor, x);
}

export function requireLabels(name: string, labels: readonly string[]): void {
  if (labels.length === 0) throw new MusrepError('bad-option', `${name} takes at least one label.`);
  const twice = labels.find((label, i) => labels.indexOf(label) !== i);
  if (twice !== undefined) throw new MusrepError('bad-option', `${name}: the label '${twice}' stands twice.`);
}
