import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { setWasmKernels } from '../../src/runtime/wasm-kernels/module.js';
import { BLOCK_CASES } from '../harness/block-cases.js';
import { KERNEL_CASES } from '../harness/kernel-cases.js';
import { runBlockCase } from '../harness/run-block-case.js';
import { runKernelCase } from '../harness/run-kernel-case.js';
import { AVAILABLE, BACKEND, ON_BACKEND, startBackend } from '../harness/tfjs-backend.js';
import { untestedKernels } from '../harness/untested-kernels.js';

describe.skipIf(!AVAILABLE)(`kernels ${ON_BACKEND}`, () => {
  beforeAll(startBackend);

  for (const one of KERNEL_CASES) it(one.name, () => runKernelCase(one));

  it('are all on the list of those that are tested', async () => {
    expect(await untestedKernels()).toEqual([]);
  });
});

if (BACKEND === 'wasm') {
  describe('kernels on wasm where the module of our own does not run', () => {
    beforeAll(async () => {
      await startBackend();
      setWasmKernels(false);
    });
    afterAll(() => setWasmKernels(true));

    for (const one of KERNEL_CASES) it(one.name, () => runKernelCase(one));
  });
}

describe.skipIf(!AVAILABLE)(`blocks ${ON_BACKEND}`, () => {
  beforeAll(startBackend);

  for (const one of BLOCK_CASES) it(one.name, () => runBlockCase(one));
});
