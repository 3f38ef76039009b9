/** From the start of the process to the tags of a song, 16 windows. */
import { loadAudio, MusiCNN } from 'musrep';
import { cpuMs } from './measure.js';
import { startBackend } from './start-backend.js';

const started = cpuMs();
await startBackend();
const backend = cpuMs();
const model = await MusiCNN.pretrained('mtat');
const loaded = cpuMs();
const clip = await loadAudio(process.argv[4] as string);
const decoded = cpuMs();
const tags = await model.tag(clip, { top: 5 });
const end = cpuMs();
console.log(
  JSON.stringify({
    cpu: end,
    top: tags.map(({ label }) => label),
    share: {
      'start of Node, imports': started,
      'start of the tfjs backend': backend - started,
      'building the model, weights': loaded - backend,
      decoding: decoded - loaded,
      'resampling and model': end - decoded,
    },
  }),
);
