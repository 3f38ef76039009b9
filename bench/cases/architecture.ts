/** An architecture from waveform to scores, the published ones with their weights: CPU ms a window. */
import * as tf from '@tensorflow/tfjs-core';
import {
  type AudioModel,
  CNNSA,
  CRNN,
  FCN,
  HarmonicCNN,
  MusiCNN,
  MusicTaggingTransformer,
  SampleCNN,
  SampleCNNSE,
  ShortChunkCNN,
  ShortChunkCNNRes,
  VGG,
} from 'musrep';
import { type Scoring, windowMs } from './measure.js';
import { startBackend } from './start-backend.js';

const labels = Array.from({ length: 50 }, (_, i) => `label ${i}`);
const ARCHITECTURES: Readonly<Record<string, () => AudioModel | Promise<AudioModel>>> = {
  musicnn: () => MusiCNN.pretrained('mtat'),
  'musicnn-tensorflow': () => MusiCNN.pretrained('musicnn-mtt'),
  vgg: () => VGG.pretrained('musicnn-mtt'),
  fcn: () => FCN.pretrained('mtat'),
  crnn: () => CRNN.pretrained('mtat'),
  short: () => new ShortChunkCNN({ labels }),
  short_res: () => new ShortChunkCNNRes({ labels }),
  sample: () => new SampleCNN({ labels }),
  se: () => new SampleCNNSE({ labels }),
  hcnn: () => new HarmonicCNN({ labels }),
  attention: () => new CNNSA({ labels }),
  spec_transformer: () => new CNNSA({ labels, frontend: 'spec' }),
  mtt: () => new MusicTaggingTransformer({ labels }),
};

await startBackend();
/** By then the native tfjs backend has made a graph of it, and run it once. */
const CALLS_BEFORE = process.argv[2] === 'tensorflow' ? 10 : 0;

const model = await (ARCHITECTURES[process.argv[4] as string] as () => AudioModel | Promise<AudioModel>)();
const score: Scoring = async (windows, batch) => {
  const scores = tf.tidy(() => model.predict(tf.tensor2d(windows, [batch, model.samples])));
  const values = await scores.data();
  scores.dispose();
  return values;
};
console.log(JSON.stringify(await windowMs(model.samples, score, CALLS_BEFORE)));
