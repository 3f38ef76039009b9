import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { refusal } from '../../test/harness/small-model.js';
import { useTfjsBackend } from '../runtime/tfjs-backend.js';
import { MemoryGuard } from './memory-guard.js';

/** In floats. */
const heap = vi.hoisted(() => ({ room: 0 }));
vi.mock('../runtime/wasm-heap.js', async (original) => ({
  ...(await original<object>()),
  roomForTensors: () => 4 * heap.room,
}));

const KILO = 1 << 10;
const WORK = { name: 'the work', advice: '; advice' };

/** Work that makes tensors of so many floats, and so many more for each item; `seen` counts the items of each rehearsal. */
function guardOf(fixed: number, perItem: number) {
  const seen: number[] = [];
  const guard = new MemoryGuard(WORK, (inputs) => {
    seen.push(inputs.shape[0]);
    tf.tidy(() => void tf.add(tf.zeros([fixed + perItem * inputs.shape[0]]), 1));
  });
  return { guard, seen };
}

const allocator = () => (tf.backend() as unknown as { wasm: { _malloc: unknown } }).wasm;
const batchOf = (items: number) => tf.zeros([items, 3]) as tf.Tensor2D;

beforeAll(async () => {
  await useTfjsBackend('wasm');
});

describe('what a batch needs', () => {
  it('is refused beyond the room there is, naming the greatest batch that fits', () => {
    // The work holds two tensors at a time.
    heap.room = 2 * (100 * KILO + 10 * 20 * KILO) + KILO;
    const { guard, seen } = guardOf(100 * KILO, 20 * KILO);
    const [ten, eleven] = [batchOf(10), batchOf(11)];
    const tensors = tf.memory().numTensors;
    guard.requireRoom(ten);
    expect(() => guard.requireRoom(eleven)).toThrowError(
      refusal(
        'out-of-memory',
        /the work fits.*2 MB left. Received: 11 items.*some 3 MB. Use batches of at most 10.*; advice/,
      ),
    );
    expect(seen).toEqual([1, 2]);
    expect(tf.memory().numTensors).toBe(tensors);
    tf.dispose([ten, eleven]);
  });

  it('is rehearsed once with one item where that leaves no doubt, and not at all for one', () => {
    heap.room = 100 * KILO;
    const { guard, seen } = guardOf(KILO, KILO);
    for (const items of [1, 9, 12]) {
      const batch = batchOf(items);
      guard.requireRoom(batch);
      batch.dispose();
    }
    expect(seen).toEqual([1]);
  });

  it('is not rehearsed with two items where those might not fit', () => {
    heap.room = 3 * KILO;
    const { guard, seen } = guardOf(0, KILO);
    const [three, huge] = [batchOf(3), batchOf(2)];
    expect(() => guard.requireRoom(three)).toThrowError(refusal('out-of-memory', /at most 1,/));
    heap.room = KILO;
    expect(() => guard.requireRoom(huge)).toThrowError(refusal('out-of-memory', /Not even one item fits/));
    expect(seen).toEqual([1]);
    tf.dispose([three, huge]);
  });

  it('is no matter where there is no such heap', () => {
    heap.room = Number.POSITIVE_INFINITY;
    const { guard, seen } = guardOf(KILO, KILO);
    const batch = batchOf(1000);
    guard.requireRoom(batch);
    expect(seen).toEqual([]);
    batch.dispose();
  });

  it('lets an error of the work out, and counts no further', () => {
    heap.room = KILO;
    const guard = new MemoryGuard(WORK, () => {
      throw new Error('no such kernel');
    });
    const batch = batchOf(2);
    const before = allocator()._malloc;
    const tensors = tf.memory().numTensors;
    expect(() => guard.requireRoom(batch)).toThrowError('no such kernel');
    expect(tf.memory().numTensors).toBe(tensors);
    expect(allocator()._malloc).toBe(before);
    batch.dispose();
  });
});
