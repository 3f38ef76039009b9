import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setCallsBeforeGraph } from '../../src/core/network.js';
import { type TfjsBackendName, useTfjsBackend } from '../../src/runtime/tfjs-backend.js';
import type { WasmVariant } from '../../src/runtime/wasm-kernels/module.js';
import { startWasm } from './wasm-variant.js';

/** Where the native tfjs backend was built, outside the project's own `node_modules`; undefined if it was not. */
const NATIVE_FOLDER = [process.env.MUSREP_TFJS_NODE, join(homedir(), '.cache', 'musrep', 'tfjs-node')]
  .filter((folder) => folder !== undefined)
  .find((folder) => existsSync(join(folder, 'node_modules', '@tensorflow', 'tfjs-node')));

/** The tfjs backend that this run of the tests is for. */
export const BACKEND = (process.env.MUSREP_TFJS_BACKEND ?? 'wasm') as TfjsBackendName;

/** False where the native tfjs backend is not built: its tests are skipped then, and say so by their names. */
export const AVAILABLE = BACKEND !== 'tensorflow' || NATIVE_FOLDER !== undefined;

/** And the variant of the library's module on wasm. */
export const VARIANT = process.env.MUSREP_WASM_VARIANT as WasmVariant | undefined;

/** Whether graphs are made at once, and not only of what is called often. */
const GRAPHS_AT_ONCE = process.env.MUSREP_GRAPHS === 'at once';

export async function startBackend(): Promise<void> {
  if (GRAPHS_AT_ONCE) setCallsBeforeGraph(0);
  if (VARIANT) return startWasm(VARIANT);
  await useTfjsBackend(BACKEND, BACKEND === 'tensorflow' && NATIVE_FOLDER ? { from: NATIVE_FOLDER } : {});
}

/** The tests' title: it tells why they are skipped, if they are. */
export const ON_BACKEND = AVAILABLE
  ? `on ${BACKEND}${GRAPHS_AT_ONCE ? ', as graphs' : ''}`
  : `on ${BACKEND} (skipped: not built, see CONTRIBUTING.md)`;
