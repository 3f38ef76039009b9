import { serialization } from '@tensorflow/tfjs-core';
import type { SymbolicTensor } from '@tensorflow/tfjs-layers';
import { type Block, requireKind } from './block.js';
import type { Config } from './config.js';
import { MusrepError, reasonOf, unknownName } from './errors.js';
import { type Feature, type Kind, shapeOf } from './feature.js';
import type { Layer } from './layer-factory.js';

/** The kinds of feature that a layer can give, by the rank of its output. */
type LayerKind = 'spectrogram' | 'sequence' | 'embedding';

export interface LayerBlockOptions<R extends 'frontend' | 'backend', T extends Kind, G extends LayerKind> {
  /** `backend` unless given. */
  readonly role?: R;
  readonly takes: T;
  readonly gives: G;
}

/** As it is saved: what makes the same layer again. */
type LayerConfig = {
  readonly className: string;
  readonly config: Config;
  readonly role: 'frontend' | 'backend';
  readonly takes: Kind;
  readonly gives: LayerKind;
};

/**
 * Any tfjs layer as a block. It is saved by its class and config, and loaded where the class is registered with tfjs (its
 * own are). Each model makes a layer of its own from it, whose initial weights follow from the model's seed.
 *
 * @throws {@link MusrepError} `bad-shape` at build if the layer does not take such a feature, or gives one of another rank.
 *
 * @example
 * ```ts
 * import { layers } from '@tensorflow/tfjs-layers';
 * import { audioModel, layerBlock, melSpectrogram, multiLabel, residualStem, useTfjsBackend } from 'musrep';
 *
 * await useTfjsBackend('wasm');
 * const lstm = layers.bidirectional({ layer: layers.lstm({ units: 16 }) as never, mergeMode: 'concat' });
 * const model = audioModel({ sampleRate: 16_000, seconds: 2 })
 *   .frontend(melSpectrogram({ bands: 32 }))
 *   .frontend(residualStem({ channels: 8, width: 16 }))
 *   .backend(layerBlock(lstm, { takes: 'sequence', gives: 'embedding' }))
 *   .head(multiLabel(['rock', 'jazz']))
 *   .build();
 * ```
 */
export function layerBlock<T extends Kind, G extends LayerKind, R extends 'frontend' | 'backend' = 'backend'>(
  layer: Layer,
  { role, takes, gives }: LayerBlockOptions<R, T, G>,
): Block<R, T, G> {
  const config = JSON.parse(JSON.stringify(layer.getConfig()), portable) as Config;
  return blockOf({ className: layer.getClassName(), config, role: role ?? 'backend', takes, gives }) as Block<R, T, G>;
}

/**
 * What of a config is of here and now. tfjs numbers layers inside of others through all models. Its orthogonal initialiser,
 * recurrent layers' own, does not run on the core alone; the model sets initial values by its seed afterwards anyway.
 */
function portable(key: string, value: unknown): unknown {
  if (key === 'name' && typeof value === 'string') return value.replace(/_[A-Z][A-Za-z\d]*$/, '');
  const isOrthogonal = (value as { className?: unknown } | null)?.className === 'Orthogonal';
  return isOrthogonal ? { className: 'Zeros', config: {} } : value;
}

/** In the form in which a saved model asks for it. */
export const layerBlockFactory = Object.assign(blockOf, { blockName: 'layerBlock' });

function blockOf(saved: LayerConfig): Block {
  const { role, takes, gives } = saved;
  return {
    name: 'layerBlock',
    role,
    takes: [takes],
    config: saved,
    output(input) {
      requireKind(`The layer '${saved.className}'`, [takes], input);
      return featureOf(gives, outputShape(saved, input));
    },
    build: (x, { layers }) => layers.own(layerOf(saved, layers.nextName())).apply(x) as SymbolicTensor,
  };
}

function layerOf({ className, config }: LayerConfig, name: string): Layer {
  const known = serialization.SerializationMap.getMap().classNameMap;
  const entry = known[className];
  if (entry === undefined) throw unknownName('layer class registered with tfjs', className, Object.keys(known));
  const [LayerClass, fromConfig] = entry;
  return fromConfig(LayerClass, { ...(config as serialization.ConfigDict), name }) as Layer;
}

function outputShape(saved: LayerConfig, input: Feature): number[] {
  try {
    return (layerOf(saved, 'shape').computeOutputShape([null, ...shapeOf(input)]) as number[]).slice(1);
  } catch (cause) {
    throw new MusrepError(
      'bad-shape',
      `The layer '${saved.className}' does not take a ${input.kind} [batch, ${shapeOf(input)}]: ${reasonOf(cause)}`,
      { cause },
    );
  }
}

function featureOf(gives: LayerKind, shape: readonly number[]): Feature {
  const [first, second, third] = shape as [number, number, number];
  if (gives === 'embedding' && shape.length === 1) return { kind: gives, width: first };
  if (gives === 'sequence' && shape.length === 2) return { kind: gives, frames: first, channels: second };
  if (gives === 'spectrogram' && shape.length === 3) {
    return { kind: gives, bands: first, frames: second, channels: third };
  }
  throw new MusrepError(
    'bad-shape',
    `The layer gives [batch, ${shape}], which is not the ${gives} that was announced.`,
  );
}
