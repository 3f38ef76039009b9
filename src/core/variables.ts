import type { LayersModel, LayerVariable } from '@tensorflow/tfjs-layers';

/**
 * The name under which a variable is saved: `layer/role`, such as `layer1/conv/kernel`. (tfjs's own `name` has a number
 * appended in every model after the first.)
 */
export function variableKey(variable: LayerVariable): string {
  return variable.originalName;
}

/** A model's variables, learned ones and running statistics alike, by the name under which they are saved. */
export function variablesOf(model: LayersModel): Map<string, LayerVariable> {
  return new Map(model.weights.map((variable) => [variableKey(variable), variable]));
}
