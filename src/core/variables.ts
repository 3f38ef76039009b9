import type { LayersModel, LayerVariable, layers as tfLayers } from '@tensorflow/tfjs-layers';

type Layer = tfLayers.Layer;

/**
 * The name under which a variable is saved: `layer/role`, such as `layer1/conv/kernel`. (tfjs's own `name` has a number
 * appended in every model after the first.)
 */
export function variableKey(variable: LayerVariable): string {
  return variable.originalName;
}

/**
 * Names the variables of layers that tfjs named after something else: the cell inside a recurrent layer, or a number that
 * counts through all models.
 */
export function nameVariables(layers: readonly Layer[]): void {
  for (const layer of layers) {
    const foreign = layer.weights.filter((variable) => !variableKey(variable).startsWith(`${layer.name}/`));
    const roles = foreign.map((variable) => variableKey(variable).split('/').at(-1) as string);
    foreign.forEach((variable, i) => {
      const isShared = roles.indexOf(roles[i] as string) !== roles.lastIndexOf(roles[i] as string);
      const role = isShared ? `${i}/${roles[i]}` : roles[i];
      (variable as { originalName: string }).originalName = `${layer.name}/${role}`;
    });
  }
}

/** A model's variables, learned ones and running statistics alike, by the name under which they are saved. */
export function variablesOf(model: LayersModel): Map<string, LayerVariable> {
  return new Map(model.weights.map((variable) => [variableKey(variable), variable]));
}
