import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { MTAT_TAGS } from '../src/models/labels.js';

export const ROOT = resolve(import.meta.dirname, '..');
export const CACHE = join(homedir(), '.cache/musrep');
export const NATIVE = process.env.MUSREP_TFJS_NODE ?? join(CACHE, 'tfjs-node');
export const PYTHON = process.env.MUSREP_BENCH_PYTHON ?? join(CACHE, 'bench-venv/bin/python');
export const WEIGHTS = join(ROOT, 'weights/musicnn-mtat.safetensors');
export const SONG = [
  resolve(ROOT, '../shared/demo/grieg-morning-3min.mp3'),
  join(ROOT, 'examples/clips/grieg-morning.mp3'),
].find(existsSync) as string;

export type Result = Record<string, unknown>;
export type Runner = {
  readonly name: string;
  readonly backend: string;
  readonly native: string;
  readonly run: (name: string, ...args: string[]) => Result;
};

/** The tags of the peers' model, as a file that they read. */
export function writeLabels(): string {
  const path = join(ROOT, '.out/labels.json');
  mkdirSync(join(ROOT, '.out'), { recursive: true });
  writeFileSync(path, JSON.stringify({ labels: MTAT_TAGS }));
  return path;
}

/** As plain JavaScript: a compiler at start would be counted with the cold start. */
export async function bundleCases(names: readonly string[]): Promise<void> {
  await build({
    entryPoints: names.map((name) => join(ROOT, `bench/cases/${name}.ts`)),
    outdir: join(ROOT, '.out/bench'),
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
  });
}

/** On one core: what several threads would do at once they do one after the other. */
export function onOneCore(command: string, args: readonly string[]): Result {
  const environment = { ...process.env, OMP_NUM_THREADS: '1', TF_CPP_MIN_LOG_LEVEL: '2' };
  const output = execFileSync('taskset', ['-c', '0', command, ...args], {
    encoding: 'utf8',
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return JSON.parse(output.trim().split('\n').at(-1) as string) as Result;
}

const ours = (backend: string): Runner => ({
  name: `musrep, ${backend === 'tensorflow' ? 'native' : backend}`,
  backend,
  native: NATIVE,
  run: (name, ...args) => onOneCore(process.execPath, [join(ROOT, `.out/bench/${name}.js`), backend, NATIVE, ...args]),
});

export const runners: readonly Runner[] = [ours('wasm'), ...(existsSync(NATIVE) ? [ours('tensorflow')] : [])];

/** Runs a peer's script; undefined where there is no Python for the peers. */
export const python = (script: string, ...args: string[]): Result | undefined =>
  existsSync(PYTHON) ? onOneCore(PYTHON, [join(ROOT, 'bench/peers', script), ...args]) : undefined;

/** Every number of the result with the least CPU time over several rounds, the sides taking turns. */
export function inTurns(rounds: number, sides: readonly (() => Result | undefined)[]): (Result | undefined)[] {
  const best: (Result | undefined)[] = sides.map(() => undefined);
  for (let round = 0; round < rounds; round++) {
    sides.forEach((side, i) => {
      best[i] = least(best[i], side());
    });
  }
  return best;
}

function least(a: Result | undefined, b: Result | undefined): Result | undefined {
  if (!a || !b) return a ?? b;
  const pairs = Object.entries(b).map(([key, value]) => [
    key,
    typeof value === 'number' ? Math.min(value, a[key] as number) : value,
  ]);
  return Object.fromEntries(pairs);
}

export const ms = (value: unknown) => (typeof value === 'number' ? value.toFixed(1) : '–');
export const ratio = (value: unknown, peer: unknown) =>
  typeof value === 'number' && typeof peer === 'number' ? (value / peer).toFixed(2) : '–';
export const table = (head: string[], rows: string[][]) =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
