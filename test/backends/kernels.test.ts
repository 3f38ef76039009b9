import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allowWasmKernels, type WasmVariant } from '../../src/runtime/wasm-kernels/module.js';
import { BLOCK_CASES } from '../harness/block-cases.js';
import { KERNEL_CASES } from '../harness/kernel-cases.js';
import { runBlockCase } from '../harness/run-block-case.js';
import { runKernelCase } from '../harness/run-kernel-case.js';
import { AVAILABLE, ON_BACKEND, startBackend, VARIANT } from '../harness/tfjs-backend.js';
import { untestedKernels } from '../harness/untested-kernels.js';

describe.skipIf(!AVAILABLE)(`kernels ${ON_BACKEND}`, () => {
  beforeAll(startBackend);

  for (const one of KERNEL_CASES) it(one.name, () => runKernelCase(one));

  it('are all on the list of those that are tested', async () => {
    expect(await untestedKernels()).toEqual([]);
  });
});

if (VARIANT === 'plain') {
  describe('kernels on wasm where the module of our own does not run', () => {
    let allowed: readonly WasmVariant[];
    beforeAll(async () => {
      await startBackend();
      allowed = allowWasmKernels([]);
    });
    afterAll(() => void allowWasmKernels(allowed));

    for (const one of KERNEL_CASES) it(one.name, () => runKernelCase(one));
  });
}

describe.skipIf(!AVAILABLE)(`blocks ${ON_BACKEND}`, () => {
  beforeAll(startBackend);

  for (const one of BLOCK_CASES) it(one.name, () => runBlockCase(one));
});
