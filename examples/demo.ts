/**
 * Tags the two clips of this folder, prints the tags as a table, and draws a picture of each: its log-mel spectrogram and
 * its taggram over one time axis. Run it with `npm run demo`.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { loadAudio, MusiCNN, useTfjsBackend } from 'musrep';
import { logMelOf } from './log-mel.js';
import { drawPicture } from './picture.js';
import { toPng } from './png.js';

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

  const svg = drawPicture({
    title,
    seconds: clip.samples.length / clip.sampleRate,
    logMel: await logMelOf(model, clip),
    taggram,
    rows: tags.map(({ label }) => label),
    windowSeconds: model.samples / model.sampleRate,
  });
  const picture = fileURLToPath(new URL(`${file}.png`, folder));
  await writeFile(picture, toPng(svg));
  console.log(`Picture: ${picture}\n`);
}
model.dispose();
