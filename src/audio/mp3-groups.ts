import type { ByteReader } from './byte-reader.js';
import { type Mp3Frame, parseFrame } from './mp3-frames.js';

/** Some frames in a row, decoded or passed over together. */
export interface FrameGroup {
  readonly bytes: Uint8Array;
  /** Samples a channel; undefined where they can be told only by decoding. */
  readonly samples: number | undefined;
  /** With offsets from the group's first byte. */
  readonly frames: readonly Mp3Frame[];
}

/**
 * Frames a group. The synthesis filter goes round a buffer of sixteen places, eighteen or more steps a frame, and adds up
 * in the buffer's order: where a multiple of eight frames is left out it stands where it would, to the last bit.
 */
const GROUP = 8;
/** The longest frame: layer II, 384 kbit/s at 32 kHz. */
const MOST_FRAME_BYTES = 1729;

/** Walks from frame to frame through a file's bytes, from the first frame on. */
export class FrameWalk {
  /** How many frames follow one another. */
  whole = 0;
  /** Whether the last frame is without its end. */
  cutOff = false;
  /** Whether nothing but the start of a frame follows. */
  endsWithFrame = true;

  constructor(private readonly first: Mp3Frame) {}

  /** All bytes: frames by groups, and what follows where no frame does as it comes. */
  async *groups(reader: ByteReader): AsyncGenerator<FrameGroup> {
    for (;;) {
      const bytes = await reader.peek(GROUP * MOST_FRAME_BYTES);
      const frames = framesIn(bytes);
      const last = frames.at(-1);
      if (last === undefined) break;
      const end = last.offset + last.length;
      this.whole += frames.length;
      this.cutOff = end > bytes.length;
      const samples = this.samplesOf(frames);
      yield { bytes: await reader.take(end), samples, frames };
    }
    this.endsWithFrame = (await reader.peek(4)).length < 4;
    for await (const bytes of reader) yield { bytes, samples: undefined, frames: [] };
  }

  /** A header with the file's length has no samples; frames unlike the first may have none. */
  private samplesOf(frames: readonly Mp3Frame[]): number | undefined {
    const { samples, sampleRate } = this.first;
    const alike = frames.every(
      (frame) => frame.samples === samples && frame.sampleRate === sampleRate && frame.stated === undefined,
    );
    return alike && frames.length === GROUP && !this.cutOff ? GROUP * samples : undefined;
  }
}

function framesIn(bytes: Uint8Array): Mp3Frame[] {
  const frames: Mp3Frame[] = [];
  let frame = parseFrame(bytes, 0);
  while (frame !== undefined && frames.length < GROUP) {
    frames.push(frame);
    frame = parseFrame(bytes, frame.offset + frame.length);
  }
  return frames;
}
