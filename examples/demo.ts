/**
 * Tags the two clips of this folder, prints the tags as a table, and draws a picture of each: its log-mel spectrogram and
 * its taggram over one time axis. Run it with `npm run demo`.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type Clip, loadAudio, MusiCNN, type Taggram, useTfjsBackend } from 'musrep';
import { type Picture, plotSpectrogram, plotTaggram, plotTogether } from 'musrep/plot';
import { logMelOf } from './log-mel.js';

const CLIPS = {
  'grieg-morning': 'Grieg, Morning (Peer Gynt): Czech National Symphony Orchestra, Musopen, public domain',
  'zeropage-void-sensor': 'Void Sensor by Zeropage, CC BY 3.0, excerpt',
};

const folder = new URL('../demo-output/', import.meta.url);
await mkdir(folder, { recursive: true });

const { name } = await useTfjsBackend('auto');
const model = await MusiCNN.pretrained('mtat');
console.log(`MusiCNN, trained on ${model.card?.trainingData}; tfjs backend: ${name}\n`);

for (const [file, title] of Object.entries(CLIPS)) {
  const clip = await loadAudio(fileURLToPath(new URL(`clips/${file}.mp3`, import.meta.url)));
  const tags = await model.tag(clip, { top: 8 });
  const taggram = await model.taggram(clip, { hopSeconds: 0.5 });

  console.log(title);
  console.table(tags.map(({ label, score }) => ({ tag: label, score: score.toFixed(3) })));

  const labels = tags.map(({ label }) => label);
  const path = fileURLToPath(new URL(`${file}.png`, folder));
  await writeFile(path, (await pictureOf(title, clip, taggram, labels)).png());
  console.log(`Picture: ${path}\n`);
}
model.dispose();

/** Log-mel and taggram, one above the other over the same time axis. */
async function pictureOf(title: string, clip: Clip, taggram: Taggram, labels: readonly string[]): Promise<Picture> {
  const seconds = [0, clip.samples.length / clip.sampleRate] as const;
  const windowSeconds = model.samples / model.sampleRate;
  const logMel = plotSpectrogram(await logMelOf(model, clip), {
    title: 'Log-mel spectrogram',
    seconds,
    unit: 'dB',
    range: [-60, 30],
  });
  const scores = plotTaggram(taggram, {
    title: `Taggram: scores of windows of ${windowSeconds} s, each at its middle`,
    seconds,
    labels,
    windowSeconds,
  });
  return plotTogether([logMel, scores], { title });
}
