/** 30 s of audio through an architecture of the thesis, as many windows as follow one another, in one batch: CPU ms. */
import * as tf from '@tensorflow/tfjs-core';
import {
  CNNSA,
  HarmonicCNN,
  MusicTaggingTransformer,
  SampleCNN,
  SampleCNNSE,
  ShortChunkCNN,
  ShortChunkCNNRes,
} from 'musrep';
import { medianCpuMs, noise, startBackend } from './measure.js';

const labels = Array.from({ length: 50 }, (_, i) => `label ${i}`);
const ARCHITECTURES = {
  short: () => new ShortChunkCNN({ labels }),
  short_res: () => new ShortChunkCNNRes({ labels }),
  sample: () => new SampleCNN({ labels }),
  se: () => new SampleCNNSE({ labels }),
  hcnn: () => new HarmonicCNN({ labels }),
  attention: () => new CNNSA({ labels }),
  mtt: () => new MusicTaggingTransformer({ labels }),
};

await startBackend();
const model = ARCHITECTURES[process.argv[4] as keyof typeof ARCHITECTURES]();
const count = Math.floor((30 * model.sampleRate) / model.samples);
const samples = noise(count * model.samples);
const ms = await medianCpuMs(async () => {
  const scores = tf.tidy(() => model.predict(tf.tensor2d(samples, [count, model.samples])));
  await scores.data();
  scores.dispose();
}, 3);
console.log(JSON.stringify({ ms }));
