import type { Mp3Frame, SideInfo } from './mp3-frames.js';
import type { FrameGroup } from './mp3-groups.js';

/** How far back the data of a frame may begin, at most. */
const MOST_REACH = 511;
/** Of the smallest frames, of 24 bytes, as many groups hold more than the 255 bytes to which they may reach back. */
const MOST_GROUPS = 16;
/** Frames before the next one that must sound: from them it takes over the overlap and the filter's memory. */
const DECODED_FRAMES = 2;

/**
 * The frames that were passed over last. A decoder that is given them before the next one decodes that as if none had been
 * left out: it has the data to which the frame reaches back, its overlap, and its filter's memory. Those whose own
 * data are not all there are given as silent frames, since of a frame that fails the decoder leaves out the filter's steps.
 */
export class LeadIn {
  private groups: FrameGroup[] = [];
  /** How far back the first of them can reach: as far as it will, as long as it is the next in the file. */
  private reach = MOST_REACH;

  push(group: FrameGroup): void {
    this.groups.push(group);
    if (this.groups.length > MOST_GROUPS) this.shift();
  }

  /** The bytes of those that are wanted, once. */
  *take(): Generator<Uint8Array> {
    while (reachOf(this.groups.slice(1)) >= MOST_REACH) this.shift();
    let { reach } = this;
    for (const { bytes, frames } of this.groups) {
      for (const frame of frames) {
        const isWhole = frame.sideInfo === undefined || reach >= 2 ** frame.sideInfo.reachBits - 1;
        yield isWhole ? bytes.subarray(frame.offset, frame.offset + frame.length) : silenced(bytes, frame, reach);
        reach += soundBytes(frame);
      }
    }
    this.groups = [];
    this.reach = MOST_REACH;
  }

  private shift(): void {
    this.groups.shift();
    this.reach = 0;
  }
}

/** To how many bytes the frames can reach back that are decoded. */
function reachOf(groups: readonly FrameGroup[]): number {
  const frames = groups.flatMap((group) => group.frames).slice(0, -DECODED_FRAMES);
  return frames.reduce((sum, frame) => sum + soundBytes(frame), 0);
}

/** The bytes behind the side information; nothing else is counted on of frames without. */
function soundBytes({ offset, length, sideInfo }: Mp3Frame): number {
  return sideInfo === undefined ? MOST_REACH : Math.max(0, offset + length - sideInfo.to);
}

/** The frame with its data where they are, but none of its own to decode. */
function silenced(bytes: Uint8Array, { offset, length, sideInfo }: Mp3Frame, reach: number): Uint8Array {
  const silent = bytes.slice(offset, offset + length);
  const { from, to, reachBits } = sideInfo as SideInfo;
  silent.fill(0, from - offset, to - offset);
  const firstBits = reach << (16 - reachBits);
  silent.set([firstBits >> 8, firstBits & 0xff], from - offset);
  return silent;
}
