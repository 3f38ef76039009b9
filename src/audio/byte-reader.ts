import { joined } from '../platform/bytes.js';

/** Reads bytes that come in chunks of any size: some at a time, or the rest as it comes. */
export class ByteReader implements AsyncIterable<Uint8Array> {
  private readonly source: AsyncIterator<Uint8Array>;
  /** What has come and is not taken yet. */
  private held = new Uint8Array(0);
  private ended = false;

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.source = chunks[Symbol.asyncIterator]();
  }

  /** The next `count` bytes, which stay; fewer where the file ends. */
  async peek(count: number): Promise<Uint8Array> {
    const parts = [this.held];
    let length = this.held.length;
    while (length < count && !this.ended) {
      const next = await this.source.next();
      if (next.done) this.ended = true;
      else {
        parts.push(next.value as Uint8Array<ArrayBuffer>);
        length += next.value.length;
      }
    }
    if (parts.length > 1) this.held = joined(parts);
    return this.held.subarray(0, count);
  }

  /** The next `count` bytes; fewer where the file ends. */
  async take(count: number): Promise<Uint8Array> {
    const bytes = await this.peek(count);
    this.held = this.held.subarray(bytes.length);
    return bytes;
  }

  /** Passes over `count` bytes, and gives how many there were. */
  async skip(count: number): Promise<number> {
    let skipped = 0;
    while (skipped < count) {
      const bytes = await this.take(Math.min(count - skipped, 65_536));
      if (bytes.length === 0) break;
      skipped += bytes.length;
    }
    return skipped;
  }

  /** The rest, as it comes. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void> {
    while (this.held.length > 0 || (await this.peek(1)).length > 0) yield await this.take(this.held.length);
  }
}
