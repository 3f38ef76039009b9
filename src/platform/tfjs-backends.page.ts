import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import type { TfjsBackendLoader, TfjsBackendName } from '../runtime/tfjs-backend.js';

/** The order in which `'auto'` tries. */
export const AUTO_ORDER: readonly TfjsBackendName[] = ['webgpu', 'webgl', 'wasm'];

/** One loader for each tfjs backend. */
export const LOADERS: Record<TfjsBackendName, TfjsBackendLoader> = {
  cpu: () => loaded('@tensorflow/tfjs-backend-cpu', import('@tensorflow/tfjs-backend-cpu').catch(absent)),
  wasm: loadWasm,
  webgl: () => loaded('@tensorflow/tfjs-backend-webgl', import('@tensorflow/tfjs-backend-webgl').catch(absent)),
  webgpu: () => loaded('@tensorflow/tfjs-backend-webgpu', import('@tensorflow/tfjs-backend-webgpu').catch(absent)),
  tensorflow: async () => {
    throw new Error('the native tfjs backend runs in Node only.');
  },
};

/** A page has no process whose crash handling a tfjs backend could change. */
export function keepingCrashHandlers<T>(action: () => Promise<T>): Promise<T> {
  return action();
}

// The imports above are literal, so that a bundler finds them, and caught where they stand: a package that is not
// installed is then a bundler's warning, not its error.
function absent(): undefined {
  return undefined;
}

async function loaded(name: string, module: Promise<unknown>): Promise<string> {
  if ((await module) !== undefined) return name;
  throw new Error(`${name} is not in this page; install it with \`npm install ${name}\` and bundle again.`);
}

async function loadWasm(from: string | undefined): Promise<string> {
  if (from !== undefined) setWasmPaths(from);
  return '@tensorflow/tfjs-backend-wasm';
}
