import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { transform } from 'esbuild';
import { defineConfig, type Options } from 'tsup';

const entry = {
  index: 'src/index.ts',
  audio: 'src/audio/index.ts',
  metrics: 'src/metrics/index.ts',
  training: 'src/training/index.ts',
  inspect: 'src/inspect/index.ts',
  plot: 'src/plot/index.ts',
};

const commandLine = { 'cli/main': 'src/cli/main.ts', 'cli/decode-worker': 'src/cli/decode-worker.ts' };

const shared: Options = { format: ['esm'], target: 'es2022', splitting: true, sourcemap: true };

/** esbuild splits only ES modules into chunks; for Node each of them becomes CommonJS then. */
const commonJs: NonNullable<Options['plugins']>[number] = {
  name: 'commonjs',
  async renderChunk(code) {
    const usesUrl = code.includes('import.meta.url');
    const banner = usesUrl ? "const fileUrl = require('node:url').pathToFileURL(__filename).href;" : '';
    const define = { 'import.meta.url': 'fileUrl' };
    const options = { format: 'cjs', platform: 'node', target: 'es2022', banner, define } as const;
    const result = await transform(code, { ...options, sourcemap: true });
    // tfjs says that it was an ES module: it needs no copy of its hundreds of exports, with a getter for each.
    return { ...result, code: result.code.replace(/__toESM\((require\("@tensorflow\/[^)]*\))\)/g, '$1') };
  },
};

/** What `import` leads to in Node: ES modules that name what the CommonJS ones export (docs/decisions.md). */
async function writeModules(): Promise<void> {
  const require = createRequire(import.meta.url);
  for (const name of Object.keys(entry)) {
    const names = Object.keys(require(`./dist/${name}.cjs`));
    writeFileSync(
      `dist/${name}.js`,
      `import module from './${name}.cjs';\n\nexport const { ${names.join(', ')} } = module;\n`,
    );
  }
}

/**
 * One build for Node, with the command line, and one for pages: they differ in what the `#platform/…` imports of
 * package.json resolve to.
 */
export default defineConfig([
  {
    ...shared,
    entry: { ...entry, ...commandLine },
    platform: 'node',
    outDir: 'dist',
    outExtension: () => ({ js: '.cjs' }),
    removeNodeProtocol: false,
    plugins: [commonJs],
    onSuccess: writeModules,
  },
  { ...shared, entry, platform: 'browser', outDir: 'dist/page' },
  // The same types for both; tsup builds them with an option that TypeScript 6 calls deprecated.
  {
    entry,
    format: ['esm', 'cjs'],
    outDir: 'dist',
    dts: { only: true, compilerOptions: { ignoreDeprecations: '6.0' } },
  },
]);
