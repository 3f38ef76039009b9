import type { SymbolicTensor } from '@tensorflow/tfjs-layers';
import { type Config, withDefaults } from './config.js';
import { MusrepError } from './errors.js';
import { type Feature, type FeatureOf, type Kind, phrase } from './feature.js';
import type { LayerFactory } from './layer-factory.js';

/** A block's place: waveform → features, features → embedding, embedding → scores. */
export type Role = 'frontend' | 'backend' | 'head';

/** What a block's `build` has at hand. */
export interface BuildContext<I extends Feature = Feature> {
  /** The feature that comes in. */
  readonly input: I;
  /** What the whole model hears, `[batch, sample]`. */
  readonly waveform: SymbolicTensor;
  readonly layers: LayerFactory;
}

/** A part of a model as a plain value: what it is called, its options, what it takes and gives, and how it is built. */
export interface Block<R extends Role = Role, T extends Kind = Kind, G extends Kind = Kind> {
  readonly name: string;
  readonly role: R;
  /** The kinds of feature that it can follow. */
  readonly takes: readonly T[];
  /** Its options, complete, as they are saved. */
  readonly config: Config;
  /** What it gives for an input; refuses one that it cannot take. */
  output(input: Feature): Feature & { readonly kind: G };
  build(x: SymbolicTensor, context: BuildContext): SymbolicTensor;
}

/** Makes a block from options; it carries the name under which a saved model asks for it. */
export interface BlockFactory<
  C extends object = object,
  R extends Role = Role,
  T extends Kind = Kind,
  G extends Kind = Kind,
> {
  (options?: Partial<C>): Block<R, T, G>;
  readonly blockName: string;
}

/** Any factory, whatever its options. */
export type AnyBlockFactory = { (options: never): Block; readonly blockName: string };

/** What {@link defineBlock} takes. */
export interface BlockDefinition<R extends Role, T extends Kind, C extends object, O extends Feature> {
  /** Unique, such as `acme/gammatone`: saved models ask for it. */
  readonly name: string;
  readonly role: R;
  readonly takes: readonly T[];
  /** All options with their defaults: JSON values. A default of `null` stands for "follows from the input". */
  readonly defaults: C;
  /** The feature that comes out; throws a {@link MusrepError} where the input or the options cannot be. */
  output(input: FeatureOf<T>, config: C): O;
  /** Applies layers, made by `context.layers`, to the symbolic input. */
  build(x: SymbolicTensor, config: C, context: BuildContext<FeatureOf<T>>): SymbolicTensor;
}

/**
 * Defines a block: a front end, back end or head. The library's own come in by the same door.
 *
 * @returns a function from options to a block, to be given to `audioModel(…)` and, for saved models, to `loadModel`.
 * @throws {@link MusrepError} on use: `unknown-name` for an option that there is not, `bad-option` for a value of another
 * type than its default, `bad-shape` for an input of a kind that the block does not take.
 *
 * @example
 * ```ts
 * import { audioModel, defineBlock, multiLabel, useTfjsBackend } from 'musrep';
 *
 * const envelope = defineBlock({
 *   name: 'acme/envelope', role: 'backend', takes: ['waveform'], defaults: { units: 32 },
 *   output: (_input, { units }) => ({ kind: 'embedding', width: units }),
 *   build: (x, { units }, { layers }) => layers.dense('envelope', { units, activation: 'relu' }).apply(x) as typeof x,
 * });
 *
 * await useTfjsBackend('wasm');
 * const model = audioModel({ sampleRate: 8000, samples: 256 }).backend(envelope()).head(multiLabel(['loud'])).build();
 * ```
 */
export function defineBlock<R extends Role, T extends Kind, C extends object, O extends Feature>(
  definition: BlockDefinition<R, T, C, O>,
): BlockFactory<C, R, T, O['kind']> {
  const { name, role, takes, defaults } = definition;
  const make = (options: Partial<C> = {}): Block<R, T, O['kind']> => {
    const config = withDefaults(name, defaults, options);
    return {
      name,
      role,
      takes,
      config: config as Config,
      output(input) {
        requireKind(name, takes, input);
        return definition.output(input as FeatureOf<T>, config);
      },
      build: (x, context) => definition.build(x, config, context as BuildContext<FeatureOf<T>>),
    };
  };
  return Object.assign(make, { blockName: name });
}

/** Refuses a feature of a kind that a block does not take. */
export function requireKind(name: string, takes: readonly Kind[], input: Feature): void {
  if (takes.includes(input.kind)) return;
  throw new MusrepError(
    'bad-shape',
    `${name} takes ${phrase(takes)}; the block before it gives ${phrase([input.kind])}.`,
  );
}
