/** One window of 3 s through MusiCNN, from a tensor to scores, in batches of several sizes. */
import * as tf from '@tensorflow/tfjs-core';
import { MusiCNN } from 'musrep';
import { medianCpuMs, noise, startBackend } from './measure.js';

await startBackend();
const model = await MusiCNN.pretrained('mtat');
const result: Record<string, number> = {};
for (const batch of [1, 4, 16]) {
  const samples = noise(batch * model.samples);
  const ms = await medianCpuMs(
    async () => {
      const scores = tf.tidy(() => model.predict(tf.tensor2d(samples, [batch, model.samples])));
      await scores.data();
      scores.dispose();
    },
    Math.floor(12 / (1 + Math.floor(batch / 8))),
  );
  result[`batch ${batch}`] = ms / batch;
}
console.log(JSON.stringify(result));
