import * as tf from '@tensorflow/tfjs-core';
import { AUTO_ORDER, keepingCrashHandlers, LOADERS } from '#platform/tfjs-backends';
import { MusrepError, reasonOf, unknownName } from '../core/errors.js';
import { registerKernels } from './kernels.js';

/** The engines that compute: `tensorflow` is the native one of Node. */
export type TfjsBackendName = 'cpu' | 'wasm' | 'webgl' | 'webgpu' | 'tensorflow';

/** Loads one tfjs backend's package; gives the module's name, throws if it is absent. */
export type TfjsBackendLoader = (from: string | undefined) => Promise<string>;

/** What was chosen, and why what comes before it was not. */
export interface TfjsBackendReport {
  readonly name: TfjsBackendName;
  /** The npm package, or the path, that it was loaded from. */
  readonly module: string;
  /** The tfjs backends that were tried first, each with the reason why it is not in use. */
  readonly skipped: readonly { readonly name: TfjsBackendName; readonly reason: string }[];
}

/** Where a tfjs backend is taken from. */
export interface TfjsBackendOptions {
  /**
   * For `wasm`: the URL or folder, ending in `/`, that holds the `.wasm` binaries of `@tensorflow/tfjs-backend-wasm`.
   * For `tensorflow`: a folder whose `node_modules` hold `@tensorflow/tfjs-node`, or that package's own folder.
   */
  readonly from?: string;
}

const NAMES: readonly TfjsBackendName[] = ['cpu', 'wasm', 'webgl', 'webgpu', 'tensorflow'];

/**
 * Chooses the tfjs backend that computes, loads it and waits until it is ready.
 *
 * `'auto'` takes the first that starts: in Node `tensorflow` (tfjs-node-gpu, then tfjs-node), then `wasm`; in a page
 * `webgpu`, `webgl`, `wasm`. What was passed over stands in the report with its reason.
 *
 * @throws {@link MusrepError} `no-tfjs-backend` if the one asked for by name is absent (the message says how to install
 * it) or does not start, or if none starts; `unknown-name` for a name that is none.
 *
 * @example
 * ```ts
 * import { useTfjsBackend } from 'musrep';
 *
 * const { name, skipped } = await useTfjsBackend('auto');
 * console.log(name, skipped);
 * ```
 */
export async function useTfjsBackend(
  name: 'auto' | TfjsBackendName,
  { from }: TfjsBackendOptions = {},
): Promise<TfjsBackendReport> {
  if (name !== 'auto' && !NAMES.includes(name)) throw unknownName('tfjs backend', name, ['auto', ...NAMES]);
  registerKernels();
  const skipped: { name: TfjsBackendName; reason: string }[] = [];
  for (const candidate of name === 'auto' ? AUTO_ORDER : [name]) {
    try {
      return { name: candidate, module: await start(candidate, from), skipped };
    } catch (error) {
      skipped.push({ name: candidate, reason: reasonOf(error) });
    }
  }
  const reasons = skipped.map((one) => `${one.name}: ${one.reason}`).join('\n');
  throw new MusrepError('no-tfjs-backend', `No tfjs backend could be started.\n${reasons}`);
}

/** Makes sure that some tfjs backend is in use, choosing one if the user has not. */
export async function ensureTfjsBackend(): Promise<void> {
  if (tf.getBackend()) await tf.ready();
  else await useTfjsBackend('auto');
  registerKernels();
}

/** Refuses to go on before a tfjs backend was chosen. */
export function requireTfjsBackend(): void {
  registerKernels();
  if (tf.getBackend()) return;
  throw new MusrepError('no-tfjs-backend', "No tfjs backend is in use. Call `await useTfjsBackend('auto')` first.");
}

/** What was started before, from where: a tfjs backend cannot be loaded again from elsewhere. */
const modules = new Map<TfjsBackendName, string>();

async function start(name: TfjsBackendName, from: string | undefined): Promise<string> {
  const module = modules.get(name) ?? (await LOADERS[name](from));
  const started = await keepingCrashHandlers(() => tf.setBackend(name));
  if (!started) throw new Error(`${module} was loaded, but does not start on this machine.`);
  await tf.ready();
  modules.set(name, module);
  return module;
}
