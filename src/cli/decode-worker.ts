/** Decodes files in a thread of its own: a path comes, a clip or a reason goes. */
import { parentPort } from 'node:worker_threads';
import { openAudio } from '../audio/audio-stream.js';
import { joinPieces } from '../audio/load-audio.js';
import { MusrepError, reasonOf } from '../core/errors.js';
import type { DecodeReply, DecodeRequest } from './decode-ahead.js';

/** A clip of this many samples takes 128 MB: 12 minutes at 44.1 kHz. */
const MOST_SAMPLES = 2 ** 25;

parentPort?.on('message', async ({ file, partial }: DecodeRequest) => {
  try {
    const clip = await joinPieces(openAudio(file, { partial }).pieces(), MOST_SAMPLES);
    if (clip === undefined) post({ tooLong: true }, []);
    else post({ clip }, [clip.samples.buffer as ArrayBuffer]);
  } catch (error) {
    const code = error instanceof MusrepError ? error.code : 'unexpected';
    post({ failure: { code, reason: reasonOf(error) } }, []);
  }
});

function post(reply: DecodeReply, transfer: ArrayBuffer[]): void {
  parentPort?.postMessage(reply, transfer);
}
