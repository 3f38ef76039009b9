import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { CACHE, onOneCore, PYTHON, type Result, ROOT } from './tools.js';

const PACKAGES = process.env.MUSREP_BENCH_ONNX ?? join(CACHE, 'bench-onnx');
const SCRIPTS = join(ROOT, 'bench/peers');
const MODELS = join(ROOT, '.out/onnx');

const modelPath = (name: string) => join(MODELS, name);
const changedAt = (path: string) => (existsSync(path) ? statSync(path).mtimeMs : 0);

/** As text, for the report; undefined where there is no onnxruntime. */
export function onnxVersion(): string | undefined {
  const path = join(PACKAGES, 'node_modules/onnxruntime-node/package.json');
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version : undefined;
}

/** Writes what PyTorch exports of those networks that have no file yet, or one older than the scripts. */
export function exportModels(names: readonly string[]): void {
  if (!existsSync(PYTHON) || !existsSync(PACKAGES)) return;
  const scripts = readdirSync(SCRIPTS).filter((file) => file.endsWith('.py'));
  const newest = Math.max(...scripts.map((file) => changedAt(join(SCRIPTS, file))));
  const missing = names.filter((name) => changedAt(`${modelPath(name)}.json`) < newest);
  if (missing.length === 0) return;
  mkdirSync(MODELS, { recursive: true });
  execFileSync(PYTHON, [join(SCRIPTS, 'export_onnx.py'), MODELS, ...missing], { stdio: 'pipe' });
}

/** Times an exported network; undefined where there is no onnxruntime, or no Python to export with. */
export function onnxruntime(kind: 'node' | 'web', name: string): Result | undefined {
  if (!existsSync(PACKAGES) || !existsSync(`${modelPath(name)}.json`)) return undefined;
  return onOneCore(process.execPath, [join(ROOT, '.out/bench/onnxruntime.js'), kind, PACKAGES, modelPath(name)]);
}
