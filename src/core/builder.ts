import type { Block, Role } from './block.js';
import { requireWhole } from './config.js';
import { MusrepError } from './errors.js';
import type { Kind } from './feature.js';
import type { HeadBlock, HeadKind } from './head.js';
import { AudioModel } from './model.js';
import type { AnyModelSpec, ModelSpec } from './spec.js';

/** What a model hears. Give either `samples` or `seconds`. */
export interface AudioModelOptions {
  /** In hertz. */
  readonly sampleRate: number;
  /** The window's length in samples. */
  readonly samples?: number;
  /** The window's length in seconds. */
  readonly seconds?: number;
  /**
   * Samples at either end of a window that lie before its start and behind its end: what a spectrogram of the whole clip
   * would look at in the first and last frames. At the clip's ends they are its mirror image. 0 unless given.
   */
  readonly context?: number;
  /** How many equally spaced windows `tag` averages, or all that follow one another; 16 unless given, as published. */
  readonly tagWindows?: number | 'all';
  /** Every random choice follows from it: initial weights, dropout. 0 unless given. */
  readonly seed?: number;
}

type Name<K extends Kind> = K extends 'scores' | 'frameScores'
  ? 'scores'
  : K extends 'embedding'
    ? 'an embedding'
    : `a ${K}`;

/** `unknown` if a block that takes `T` can follow one that gives `K`; else the sentence that the compiler shows. */
export type Fits<R extends Role, T extends Kind, K extends Kind> = [K] extends [T]
  ? unknown
  : `This ${R} takes ${Name<T>}; the block before it gives ${Name<K>}.`;

/** A model that has no back end yet. */
export interface FrontendChain<K extends Kind> extends BackendChain<K> {
  /** Appends a front end: waveform → features, or features → features. */
  frontend<T extends Kind, G extends Kind>(block: Block<'frontend', T, G> & Fits<'frontend', T, K>): FrontendChain<G>;
}

/** A model that can take more back ends, or its head. */
export interface BackendChain<K extends Kind> {
  /** Appends a back end: features → features, or → embedding. */
  backend<T extends Kind, G extends Kind>(block: Block<'backend', T, G> & Fits<'backend', T, K>): BackendChain<G>;
  /** Appends the head: embedding → scores. */
  head<T extends Kind, const L extends readonly string[], G extends HeadKind>(
    block: HeadBlock<L, T, G> & Fits<'head', T, K>,
  ): HeadedChain<L, G>;
}

/** A model that has all its blocks. */
export interface HeadedChain<L extends readonly string[], G extends HeadKind = 'scores'> {
  /** The whole chain, as a preset hands it to its constructor. */
  readonly spec: ModelSpec<L, G>;
  /**
   * Builds the layers, with initial weights by the seed.
   *
   * @throws {@link MusrepError} `no-tfjs-backend` before `useTfjsBackend`; `bad-shape` if sizes do not fit.
   */
  build(): AudioModel<L, G>;
}

/**
 * Starts a model: chain front ends, back ends and a head, then build. Each block says what it takes, and the compiler
 * says so where two do not fit.
 *
 * @throws {@link MusrepError} `bad-option` for a rate or length that cannot be.
 *
 * @example
 * ```ts
 * import { audioModel, melSpectrogram, multiLabel, musicnnBackend, musicnnFilters, useTfjsBackend } from 'musrep';
 *
 * await useTfjsBackend('wasm');
 * const tagger = audioModel({ sampleRate: 16_000, seconds: 3, seed: 7 })
 *   .frontend(melSpectrogram({ bands: 96 }))
 *   .frontend(musicnnFilters())
 *   .backend(musicnnBackend({ channels: 64 }))
 *   .head(multiLabel(['rock', 'jazz', 'piano'], { hidden: 200, dropout: 0.5 }))
 *   .build();
 * ```
 */
export function audioModel(options: AudioModelOptions): FrontendChain<'waveform'> {
  const { sampleRate, samples, seconds, context = 0, tagWindows = PUBLISHED_WINDOWS, seed = 0 } = options;
  if ((samples === undefined) === (seconds === undefined)) {
    throw new MusrepError('bad-option', 'audioModel takes either samples or seconds.');
  }
  const length = samples ?? Math.round((seconds as number) * sampleRate);
  requireWhole('audioModel', 'sampleRate', sampleRate);
  requireWhole('audioModel', 'samples', length);
  requireWhole('audioModel', 'seed', seed, 0);
  requireWhole('audioModel', 'context', context, 0);
  if (tagWindows !== 'all') requireWhole('audioModel', 'tagWindows', tagWindows);
  if (2 * context >= length) {
    throw new MusrepError(
      'bad-option',
      `audioModel: a window of ${length} samples is all context, ${context} on each side.`,
    );
  }
  return chain({ sampleRate, samples: length, context, tagWindows, seed }, []) as FrontendChain<'waveform'>;
}

/** How many windows the published evaluation averages (thesis 3.3.4). */
const PUBLISHED_WINDOWS = 16;

type Start = Pick<ModelSpec, 'sampleRate' | 'samples' | 'context' | 'tagWindows' | 'seed'>;

/** One object has every method; the types above say which of them a chain may use at its place. */
function chain(start: Start, blocks: readonly Block[]) {
  const append = (role: Role) => (block: Block) => {
    requireRole(block, role);
    return chain(start, [...blocks, block]);
  };
  return {
    frontend: append('frontend'),
    backend: append('backend'),
    head: (block: HeadBlock<readonly string[], Kind, HeadKind>) => {
      requireRole(block, 'head');
      const spec: AnyModelSpec = { ...start, blocks, head: block };
      return { spec, build: () => new AudioModel(spec) };
    },
  };
}

function requireRole(block: Block, role: Role): void {
  if (block.role === role) return;
  throw new MusrepError('bad-option', `.${role}() takes a ${role}; ${block.name} is a ${block.role}.`);
}
