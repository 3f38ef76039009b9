/** Draws what docs/inside.md shows. Run it with `npm run pictures`. */
import { writeFileSync } from 'node:fs';
import type { Clip } from '../src/audio/clip.js';
import { loadAudio } from '../src/audio/load-audio.js';
import { resample } from '../src/audio/resample.js';
import type { AudioModel } from '../src/core/model.js';
import {
  attentionMap,
  blockOutput,
  classActivationMap,
  contributionMap,
  filterBank,
  occlusionMap,
  profile,
} from '../src/inspect/index.js';
import { HarmonicCNN } from '../src/models/harmonic-cnn.js';
import { MusicTaggingTransformer } from '../src/models/music-tagging-transformer.js';
import { MusiCNN } from '../src/models/musicnn.js';
import {
  type Picture,
  plotAttention,
  plotFilterBank,
  plotMap,
  plotSpectrogram,
  plotSummary,
  plotTogether,
} from '../src/plot/index.js';
import { useTfjsBackend } from '../src/runtime/tfjs-backend.js';

const FOLDER = 'docs/pictures';
const LABELS = ['first label', 'second label'];

await useTfjsBackend('wasm');
const musicnn = await MusiCNN.pretrained('mtat');
writeFileSync(`${FOLDER}/occlusion.png`, (await occlusions(musicnn)).png());
writeFileSync(`${FOLDER}/profile.svg`, await profileOf(musicnn));
writeFileSync(`${FOLDER}/harmonic-filters.svg`, await filters());
const transformer = new MusicTaggingTransformer({ labels: LABELS, samples: 6 * 22_050 });
const both = await concatenated(transformer);
writeFileSync(`${FOLDER}/attention.png`, (await attention(transformer, both)).png());
writeFileSync(`${FOLDER}/contributions.png`, (await contributions(transformer, both)).png());

/** Half a window of an orchestra, then half of electronic music, as in the thesis's Figure 3.15. */
async function concatenated({ samples: length, sampleRate }: AudioModel): Promise<Clip> {
  const half = Math.ceil(length / 2);
  const samples = new Float32Array(2 * half);
  for (const [i, name] of ['grieg-morning', 'zeropage-void-sensor'].entries()) {
    const clip = await loadAudio(`examples/clips/${name}.mp3`);
    samples.set(resample(clip.samples, clip.sampleRate, sampleRate).subarray(0, half), i * half);
  }
  return { samples, sampleRate };
}

async function logMelOf(model: AudioModel, clip: Clip): Promise<Picture> {
  const output = await blockOutput(model, 'spec', clip);
  if (output.kind !== 'spectrogram') throw new Error(`The layer 'spec' gives a ${output.kind}.`);
  return plotSpectrogram(output, { title: 'Log-mel spectrogram', unit: 'dB', range: [-60, 30] });
}

async function occlusions(model: AudioModel): Promise<Picture> {
  const clip = await concatenated(model);
  const pictures = [await logMelOf(model, clip)];
  for (const label of ['flute', 'techno']) {
    const occlusion = await occlusionMap(model, clip, { label, moments: 12, bands: 8 });
    const activation = await classActivationMap(model, clip, { label });
    const score = occlusion.score.toFixed(3);
    pictures.push(plotMap(occlusion, { title: `${label}, ${score}: what the score loses where a patch is silenced` }));
    pictures.push(plotMap(activation, { title: `${label}: class activation` }));
  }
  return plotTogether(pictures, { title: 'MusiCNN (MagnaTagATune): orchestra, then electronic music' });
}

async function profileOf(model: AudioModel): Promise<string> {
  const timed = await profile(model, await loadAudio('examples/clips/grieg-morning.mp3'), { runs: 9 });
  return plotSummary(timed, { title: `MusiCNN, one window on ${timed.tfjsBackend}` }).svg;
}

async function filters(): Promise<string> {
  const model = new HarmonicCNN({ labels: LABELS, channels: 4 });
  return plotFilterBank(await filterBank(model), { title: 'The harmonic filter bank before training', bands: 5 }).svg;
}

async function attention(model: AudioModel, clip: Clip): Promise<Picture> {
  const pictures = [await logMelOf(model, clip), plotAttention(await attentionMap(model, clip))];
  return plotTogether(pictures, { title: 'Orchestra, then electronic music; initial weights, not learned ones' });
}

async function contributions(model: AudioModel, clip: Clip): Promise<Picture> {
  const pictures = [await logMelOf(model, clip)];
  for (const label of LABELS) {
    const map = await contributionMap(model, clip, { label });
    pictures.push(plotMap(map, { title: `Contribution to '${label}'` }));
  }
  return plotTogether(pictures, { title: 'Orchestra, then electronic music; initial weights, not learned ones' });
}
