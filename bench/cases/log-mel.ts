/** Log-mel of 30 s at 16 kHz, from a tensor to numbers. */
import * as tf from '@tensorflow/tfjs-core';
import { model as layersModelOf, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { audioModel, melSpectrogram, multiLabel, musicnnBackend, musicnnFilters } from 'musrep';
import { medianCpuMs, noise } from './measure.js';
import { startBackend } from './start-backend.js';

await startBackend();
const { layersModel } = audioModel({ sampleRate: 16_000, seconds: 30 })
  .frontend(melSpectrogram())
  .frontend(musicnnFilters())
  .backend(musicnnBackend())
  .head(multiLabel(['a']))
  .build();
const output = layersModel.getLayer('spec').output as SymbolicTensor;
const logMel = layersModelOf({ inputs: layersModel.inputs, outputs: output });
const samples = noise(480_000);

const ms = await medianCpuMs(async () => {
  const mel = tf.tidy(() => logMel.apply(tf.tensor2d(samples, [1, samples.length])) as tf.Tensor);
  await mel.data();
  mel.dispose();
}, 30);
console.log(JSON.stringify({ ms }));
