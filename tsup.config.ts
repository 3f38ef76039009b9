import { defineConfig, type Options } from 'tsup';

const entry = {
  index: 'src/index.ts',
  audio: 'src/audio/index.ts',
  metrics: 'src/metrics/index.ts',
  training: 'src/training/index.ts',
  inspect: 'src/inspect/index.ts',
  plot: 'src/plot/index.ts',
};

/** The types are the same for both; tsup gives their build an option that TypeScript 6 calls deprecated. */
const types = { compilerOptions: { ignoreDeprecations: '6.0' } };

const shared: Options = {
  entry,
  target: 'es2022',
  splitting: true,
  sourcemap: true,
  removeNodeProtocol: false,
};

/**
 * One build for Node, one for pages: they differ in what the `#platform/…` imports of package.json resolve to. And the
 * command line, which waits at its top level and so cannot be CommonJS.
 */
export default defineConfig([
  { ...shared, format: ['esm', 'cjs'], platform: 'node', outDir: 'dist', shims: true, dts: types },
  { ...shared, format: ['esm'], platform: 'browser', outDir: 'dist/page' },
  {
    ...shared,
    entry: { main: 'src/cli/main.ts', 'decode-worker': 'src/cli/decode-worker.ts' },
    format: ['esm'],
    platform: 'node',
    outDir: 'dist/cli',
  },
]);
