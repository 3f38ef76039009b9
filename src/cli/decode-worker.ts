/** Decodes files in a thread of its own: a path comes, a clip or a reason goes. */
import { parentPort } from 'node:worker_threads';
import { loadAudio } from '../audio/load-audio.js';
import { MusrepError, reasonOf } from '../core/errors.js';
import type { DecodeReply, DecodeRequest } from './decode-ahead.js';

parentPort?.on('message', async ({ file, partial }: DecodeRequest) => {
  try {
    const { samples, sampleRate } = await loadAudio(file, { partial });
    // A decoder may hand out a view into a larger buffer, of which only its own part may go.
    const own = samples.byteLength === samples.buffer.byteLength ? samples : samples.slice();
    post({ clip: { samples: own, sampleRate } }, [own.buffer as ArrayBuffer]);
  } catch (error) {
    const code = error instanceof MusrepError ? error.code : 'unexpected';
    post({ failure: { code, reason: reasonOf(error) } }, []);
  }
});

function post(reply: DecodeReply, transfer: ArrayBuffer[]): void {
  parentPort?.postMessage(reply, transfer);
}
