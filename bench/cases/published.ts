/** One window through a published model, from a tensor to scores, CPU ms, alone and in a batch of 8. */
import * as tf from '@tensorflow/tfjs-core';
import { CRNN, FCN, MusiCNN, VGG } from 'musrep';
import { medianCpuMs, noise, startBackend } from './measure.js';

const ARCHITECTURES = {
  fcn: () => FCN.pretrained('mtat'),
  crnn: () => CRNN.pretrained('mtat'),
  musicnn: () => MusiCNN.pretrained('mtat'),
  'musicnn-tensorflow': () => MusiCNN.pretrained('musicnn-mtt'),
  vgg: () => VGG.pretrained('musicnn-mtt'),
};

await startBackend();
const model = await ARCHITECTURES[process.argv[4] as keyof typeof ARCHITECTURES]();
const result: Record<string, number> = {};
for (const batch of [1, 8]) {
  const samples = noise(batch * model.samples);
  const ms = await medianCpuMs(
    async () => {
      const scores = tf.tidy(() => model.predict(tf.tensor2d(samples, [batch, model.samples])));
      await scores.data();
      scores.dispose();
    },
    batch === 1 ? 9 : 3,
  );
  result[`batch ${batch}`] = ms / batch;
}
console.log(JSON.stringify(result));
