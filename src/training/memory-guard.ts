import * as tf from '@tensorflow/tfjs-core';
import { MusrepError } from '../core/errors.js';
import { peakOnHeap, roomForTensors } from '../runtime/wasm-heap.js';

/** What is computed from a batch, for messages. */
export interface GuardedWork {
  /** Such as `a step of training`. */
  readonly name: string;
  /** What to do besides taking fewer items. */
  readonly advice: string;
}

/**
 * Refuses batches of which the work would not fit the wasm heap: that one cannot be used again once it has overflowed. Sizes
 * of layers do not tell, so the work is rehearsed with one item, and with two where that leaves a doubt: what it needs
 * grows by the same number of bytes with each item. Other tfjs backends are left alone.
 */
export class MemoryGuard {
  /** The most bytes that the work adds at any time: for one item, for two. */
  private readonly measured: number[] = [];

  /** @param rehearse - does the work with some items, and leaves nothing changed. */
  constructor(
    private readonly work: GuardedWork,
    private readonly rehearse: (inputs: tf.Tensor) => void,
  ) {}

  /** @throws {@link MusrepError} `out-of-memory`, naming the greatest batch that fits. */
  requireRoom(inputs: tf.Tensor): void {
    const room = roomForTensors();
    const items = inputs.shape[0] as number;
    // There is no smaller batch than one, and to rehearse it is to do it.
    if (items === 1) return;
    if (this.bytesFor(items) > room && this.measured.length === 0) this.measure(inputs, 1);
    const isDoubtful = this.bytesFor(items) > room && this.measured.length === 1;
    if (isDoubtful && this.bytesFor(2) <= room) this.measure(inputs, 2);
    if (this.bytesFor(items) > room) throw this.refusal(items, room);
  }

  /** From one item alone, what does not grow with the batch counts for each. */
  private bytesFor(items: number): number {
    const [one, two] = this.measured;
    if (one === undefined) return Number.POSITIVE_INFINITY;
    const perItem = two === undefined ? one : two - one;
    return one + (items - 1) * perItem;
  }

  private measure(inputs: tf.Tensor, items: number): void {
    const few = tf.slice(inputs, 0, items);
    try {
      this.measured.push(peakOnHeap(() => this.rehearse(few)));
    } finally {
      few.dispose();
    }
  }

  private refusal(items: number, room: number): MusrepError {
    const { name, advice } = this.work;
    let fitting = items;
    while (fitting > 0 && this.bytesFor(fitting) > room) fitting--;
    const smaller = fitting > 0 ? `Use batches of at most ${fitting}` : 'Not even one item fits: take shorter windows';
    return new MusrepError(
      'out-of-memory',
      `Expected a batch for which ${name} fits the wasm heap, where tensors have ${inMegabytes(room)} left. Received: ${items} items, ` +
        `which need some ${inMegabytes(this.bytesFor(items))}. ${smaller}, or another tfjs backend${advice}.`,
    );
  }
}

function inMegabytes(bytes: number): string {
  return `${Math.round(Math.max(0, bytes) / 2 ** 20)} MB`;
}
