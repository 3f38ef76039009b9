import type { ConvActivation, NormOrder } from '../layers/conv-unit.js';
import type { Layer, LayerFactory } from './layer-factory.js';

/** What follows a dense layer, in its order: batch normalisation and activation, as far as there are any. */
export function normSteps(
  layers: LayerFactory,
  { norm, activate }: { readonly norm: string; readonly activate: string },
  order: NormOrder,
  activation: ConvActivation,
): Layer[] {
  const activations = () => (activation === 'none' ? [] : [layers.activation(activate, activation)]);
  if (order === 'activation') return activations();
  const steps = [[layers.batchNorm(norm)], activations()];
  return (order === 'norm-activation' ? steps : steps.reverse()).flat();
}
