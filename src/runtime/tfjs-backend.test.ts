import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { useTfjsBackend } from './tfjs-backend.js';

describe('useTfjsBackend', () => {
  it('names the nearest for a name that is none', async () => {
    await expect(useTfjsBackend('wams' as never)).rejects.toMatchObject({
      code: 'unknown-name',
      message: expect.stringContaining("Did you mean 'wasm'"),
    });
  });

  it('tells how to install one that was asked for and is absent', async () => {
    await expect(useTfjsBackend('tensorflow')).rejects.toMatchObject({
      code: 'no-tfjs-backend',
      message: expect.stringContaining('npm install @tensorflow/tfjs-node'),
    });
    await expect(useTfjsBackend('tensorflow', { from: tmpdir() })).rejects.toMatchObject({
      code: 'no-tfjs-backend',
      message: expect.stringContaining('holds neither'),
    });
  });

  it('says why one does not start', async () => {
    await expect(useTfjsBackend('webgl')).rejects.toMatchObject({
      code: 'no-tfjs-backend',
      message: expect.stringContaining('webgl'),
    });
  });

  it('takes wasm where there is no native one, and says why', async () => {
    const report = await useTfjsBackend('auto');
    expect(report).toMatchObject({ name: 'wasm', module: '@tensorflow/tfjs-backend-wasm' });
    expect(report.skipped).toEqual([{ name: 'tensorflow', reason: expect.stringContaining('tfjs-node') }]);
    expect(tf.getBackend()).toBe('wasm');
  });

  it('can be called again', async () => {
    expect(await useTfjsBackend('wasm', { from: '/elsewhere/' })).toMatchObject({ name: 'wasm', skipped: [] });
  });

  it('leaves the crash handling of the process as it was', () => {
    const program = `
      import { useTfjsBackend } from './src/runtime/tfjs-backend.ts';
      const count = () => process.listenerCount('uncaughtException') + process.listenerCount('unhandledRejection');
      const before = count();
      await useTfjsBackend('wasm');
      console.log(count() - before);
    `;
    const output = execFileSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
      encoding: 'utf8',
    });
    expect(output.trim().at(-1)).toBe('0');
  });
});
