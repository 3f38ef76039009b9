import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import type { TfjsBackendLoader, TfjsBackendName } from '../runtime/tfjs-backend.js';

/** The order in which `'auto'` tries. */
export const AUTO_ORDER: readonly TfjsBackendName[] = ['tensorflow', 'wasm'];

/** One loader for each tfjs backend. */
export const LOADERS: Record<TfjsBackendName, TfjsBackendLoader> = {
  cpu: () => load('@tensorflow/tfjs-backend-cpu'),
  wasm: loadWasm,
  webgl: () => load('@tensorflow/tfjs-backend-webgl'),
  webgpu: () => load('@tensorflow/tfjs-backend-webgpu'),
  tensorflow: loadNative,
};

/** tfjs is CommonJS: what is required is not read once more to find the names that it exports. */
const require = createRequire(import.meta.url);

// The names are variables, so that neither a compiler nor a bundler asks for packages that are not installed.
async function load(name: string): Promise<string> {
  try {
    require(name);
    return name;
  } catch (cause) {
    throw new Error(`${name} cannot be loaded; install it with \`npm install ${name}\`. (${firstLine(cause)})`, {
      cause,
    });
  }
}

async function loadWasm(from: string | undefined): Promise<string> {
  if (from !== undefined) setWasmPaths(from);
  return '@tensorflow/tfjs-backend-wasm';
}

async function loadNative(from: string | undefined): Promise<string> {
  // Otherwise TensorFlow greets the user with notes about instruction sets.
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '1';
  if (from !== undefined) return loadFrom(from);
  const gpu = await load('@tensorflow/tfjs-node-gpu').catch((error: Error) => error);
  return typeof gpu === 'string' ? gpu : load('@tensorflow/tfjs-node');
}

/** A package that lives outside the project's own `node_modules`. */
async function loadFrom(folder: string): Promise<string> {
  const resolver = createRequire(resolve(folder, 'package.json'));
  for (const name of ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node', resolve(folder)]) {
    const path = resolvable(resolver, name);
    if (path === undefined) continue;
    withoutDuplicateWarnings(() => require(path));
    return path;
  }
  throw new Error(`${folder} holds neither @tensorflow/tfjs-node nor @tensorflow/tfjs-node-gpu.`);
}

function resolvable(resolver: NodeJS.Require, name: string): string | undefined {
  try {
    return resolver.resolve(name);
  } catch {
    return undefined;
  }
}

/**
 * A package from elsewhere brings its own copy of tfjs-core, which registers every kernel and gradient once more on the
 * one global engine, and warns of each: hundreds of lines that say nothing to the user.
 */
function withoutDuplicateWarnings(action: () => void): void {
  const { warn } = console;
  console.warn = (...args: unknown[]) => {
    if (!/already (been )?(set|registered)/.test(String(args[0]))) warn(...args);
  };
  try {
    action();
  } finally {
    console.warn = warn;
  }
}

function firstLine(error: unknown): string {
  return String(error instanceof Error ? error.message : error).split('\n', 1)[0] as string;
}

const CRASHES = ['uncaughtException', 'unhandledRejection'] as const;

/**
 * The wasm backend installs handlers that rethrow, so that every uncaught error of the user's program is shown as one
 * of its own, behind its whole source: they are taken away again.
 */
export async function keepingCrashHandlers<T>(action: () => Promise<T>): Promise<T> {
  const before = CRASHES.map((event) => process.listeners(event as 'uncaughtException'));
  try {
    return await action();
  } finally {
    CRASHES.forEach((event, i) => {
      const added = process.listeners(event as 'uncaughtException').filter((one) => !before[i]?.includes(one));
      for (const listener of added) process.removeListener(event, listener);
    });
  }
}
