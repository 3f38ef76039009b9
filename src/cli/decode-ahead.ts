import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { type AudioStream, openAudio } from '../audio/audio-stream.js';
import type { Clip } from '../audio/clip.js';

export interface DecodeRequest {
  readonly file: string;
  readonly partial: boolean;
}

/** Why a file could not be used. */
export interface Failure {
  readonly code: string;
  readonly reason: string;
}

/** A clip, or that the file is too long to be one, or why it is neither. */
export type DecodeReply = { readonly clip: Clip } | { readonly tooLong: true } | { readonly failure: Failure };

export type DecodedFile = { readonly file: string } & (
  | { readonly audio: Clip | AudioStream }
  | { readonly failure: Failure }
);

/** As many threads as cores but one, which the model needs; more than three are never waited for. */
const THREADS = Math.max(1, Math.min(3, availableParallelism() - 1));

/**
 * Decodes files in worker threads, ahead of who takes them, in order. No more clips wait than there are threads, and a
 * file of more than some minutes is left to who takes it.
 */
export async function* decodeAhead(files: readonly string[], partial: boolean): AsyncGenerator<DecodedFile> {
  const threads = Array.from({ length: Math.min(THREADS, files.length) }, () => new DecodeThread());
  const underWay: Promise<DecodedFile>[] = [];
  let next = 0;
  const start = (thread: DecodeThread | undefined) => {
    if (thread && next < files.length) underWay.push(thread.decode({ file: files[next++] as string, partial }));
  };
  try {
    threads.forEach(start);
    for (let taken = 0; taken < files.length; taken++) {
      const decoded = await (underWay.shift() as Promise<DecodedFile>);
      start(threads[taken % threads.length]);
      yield decoded;
    }
  } finally {
    await Promise.all(threads.map((thread) => thread.stop()));
  }
}

/** A file that is too long for one clip is decoded where it is used, as it is used. */
function received(reply: DecodeReply, { file, partial }: DecodeRequest) {
  if ('failure' in reply) return reply;
  return { audio: 'clip' in reply ? reply.clip : openAudio(file, { partial }) };
}

/** A worker thread; one that dies of a file is replaced for the next. */
class DecodeThread {
  private worker: Worker | undefined;

  decode(request: DecodeRequest): Promise<DecodedFile> {
    const worker = this.worker ?? new Worker(new URL('./decode-worker.cjs', import.meta.url));
    this.worker = worker;
    return new Promise((resolve) => {
      const settle = (reply: DecodeReply) => {
        worker.off('message', settle);
        worker.off('error', fail);
        resolve({ file: request.file, ...received(reply, request) });
      };
      const fail = (error: Error) => {
        this.worker = undefined;
        settle({ failure: { code: 'unexpected', reason: error.message } });
      };
      worker.on('message', settle);
      worker.on('error', fail);
      worker.postMessage(request);
    });
  }

  async stop(): Promise<void> {
    await this.worker?.terminate();
  }
}
