import { defineConfig } from 'vitest/config';

const common = { testTimeout: 120_000, hookTimeout: 120_000, pool: 'forks' as const };

/** The same tests once for each tfjs backend of Node. */
const onBackend = (backend: string, include: string[], env = {}) => ({
  test: { ...common, name: backend, include, env: { MUSREP_TFJS_BACKEND: backend, ...env } },
});

/** Node 20 has relaxed SIMD behind a flag, which later ones do not know any more. */
const relaxedSimd = process.versions.node.startsWith('20.') ? ['--experimental-wasm-relaxed-simd'] : [];

export default defineConfig({
  test: {
    // Two at once: the machine of the tests has two cores, and models are large.
    maxWorkers: 2,
    projects: [
      {
        test: {
          ...common,
          name: 'unit',
          include: ['src/**/*.test.ts', 'test/types/*.test.ts'],
          execArgv: relaxedSimd,
        },
      },
      {
        test: {
          ...common,
          name: 'types',
          include: [],
          typecheck: { enabled: true, only: true, include: ['**/*.test-d.ts'], tsconfig: './tsconfig.json' },
        },
      },
      { test: { ...common, name: 'audio', include: ['test/audio/*.test.ts'], testTimeout: 600_000 } },
      { test: { ...common, name: 'io', include: ['test/io/*.test.ts'] } },
      onBackend('cpu', ['test/backends/*.test.ts']),
      onBackend('wasm', ['test/backends/*.test.ts', 'test/parity/*.test.ts', 'test/training/*.test.ts'], {
        MUSREP_WASM_VARIANT: 'plain',
      }),
      {
        test: {
          ...common,
          name: 'wasm-relaxed',
          include: ['test/backends/kernels.test.ts', 'test/parity/architectures.test.ts'],
          env: { MUSREP_TFJS_BACKEND: 'wasm', MUSREP_WASM_VARIANT: 'relaxed' },
          execArgv: relaxedSimd,
        },
      },
      onBackend('tensorflow', [
        'test/backends/*.test.ts',
        'test/native/*.test.ts',
        'test/parity/*.test.ts',
        'test/training/*.test.ts',
      ]),
      {
        test: {
          ...common,
          name: 'tensorflow-graphs',
          include: [
            'test/parity/architectures.test.ts',
            'test/parity/published.test.ts',
            'test/parity/tensorflow.test.ts',
          ],
          env: { MUSREP_TFJS_BACKEND: 'tensorflow', MUSREP_GRAPHS: 'at once' },
        },
      },
      { test: { ...common, name: 'browser', include: ['test/browser/*.test.ts'], testTimeout: 600_000 } },
      { test: { ...common, name: 'cli', include: ['test/cli/*.test.ts'] } },
      { test: { ...common, name: 'package', include: ['test/package/*.test.ts'], testTimeout: 600_000 } },
      { test: { ...common, name: 'docs', include: ['test/docs/*.test.ts'], testTimeout: 600_000 } },
    ],
  },
});
