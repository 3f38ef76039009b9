/** From the start of the process to the tags of a song, 16 windows. */
import { MusiCNN, openAudio } from 'musrep';
import type { AudioStream } from 'musrep/audio';
import { cpuMs } from './measure.js';
import { startBackend } from './start-backend.js';

let decoding = 0;

/** The same pieces; counts the CPU time until each is there. */
const timed = (audio: AudioStream): AudioStream => ({
  async *pieces(neededFrom) {
    const pieces = audio.pieces(neededFrom)[Symbol.asyncIterator]();
    for (;;) {
      const before = cpuMs();
      const next = await pieces.next();
      decoding += cpuMs() - before;
      if (next.done) return;
      yield next.value;
    }
  },
});

const started = cpuMs();
await startBackend();
const backend = cpuMs();
const model = await MusiCNN.pretrained('mtat');
const loaded = cpuMs();
const tags = await model.tag(timed(openAudio(process.argv[4] as string)), { top: 5 });
const end = cpuMs();
console.log(
  JSON.stringify({
    cpu: end,
    top: tags.map(({ label }) => label),
    share: {
      'start of Node, imports': started,
      'start of the tfjs backend': backend - started,
      'building the model, weights': loaded - backend,
      decoding,
      'resampling and model': end - loaded - decoding,
    },
  }),
);
