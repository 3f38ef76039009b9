/**
 * Writes docs/models: a card and a figure for each published model, drawn from the model itself. Run it with
 * `npm run cards` after `npm test -- wasm tensorflow` (parity) and `npm run bench:architectures` (speed).
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadAudio } from '../src/audio/load-audio.js';
import type { AudioModel } from '../src/core/model.js';
import { featureText } from '../src/core/summary.js';
import { WEIGHTS_FILE } from '../src/io/model-folder.js';
import { ArtistGroupCNN } from '../src/models/artist-group-cnn.js';
import { loadPublished, MODEL_NAMES } from '../src/models/catalogue.js';
import { CNNSA } from '../src/models/cnnsa.js';
import { CRNN } from '../src/models/crnn.js';
import { FCN } from '../src/models/fcn.js';
import { HarmonicCNN } from '../src/models/harmonic-cnn.js';
import { loadModel } from '../src/models/load-model.js';
import { MusicTaggingTransformer } from '../src/models/music-tagging-transformer.js';
import { MusiCNN } from '../src/models/musicnn.js';
import { PUBLISHED, type PublishedName } from '../src/models/published.js';
import { SampleCNN } from '../src/models/sample-cnn.js';
import { SampleCNNSE } from '../src/models/sample-cnn-se.js';
import { ShortChunkCNN } from '../src/models/short-chunk-cnn.js';
import { ShortChunkCNNRes } from '../src/models/short-chunk-cnn-res.js';
import { plotSummary } from '../src/plot/index.js';
import { useTfjsBackend } from '../src/runtime/tfjs-backend.js';

const FOLDER = 'docs/models';
const PARITY_LOG = '.out/parity.jsonl';
const PARITY = `${FOLDER}/parity.json`;
/** Over which smaller weights are compared. */
const CLIPS = ['grieg-morning', 'zeropage-void-sensor'];

type Parity = Partial<Record<string, Record<string, number>>>;

mkdirSync(FOLDER, { recursive: true });
await useTfjsBackend('wasm');
const parity = updateParity();
for (const name of MODEL_NAMES) {
  const model = await loadPublished(name);
  const { title } = PUBLISHED[name].card;
  writeFileSync(`${FOLDER}/${name}.svg`, plotSummary({ ...model.spec, blocks: model.parts }, { title }).svg);
  writeFileSync(`${FOLDER}/${name}.md`, card(name, model, await smallerWeights(model)));
  model.dispose();
}
writeFileSync(`${FOLDER}/README.md`, overview());
writeFileSync(`${FOLDER}/architectures.md`, architectures());

/** The worst differences that the parity tests have found, kept from run to run. */
function updateParity(): Parity {
  const known: Parity = existsSync(PARITY) ? JSON.parse(readFileSync(PARITY, 'utf8')) : {};
  const lines = existsSync(PARITY_LOG) ? readFileSync(PARITY_LOG, 'utf8').trim().split('\n') : [];
  const found: Parity = {};
  for (const line of lines) {
    const { checkpoint, backend, worst } = JSON.parse(line) as { checkpoint: string; backend: string; worst: number };
    const entry = found[checkpoint] ?? {};
    found[checkpoint] = { ...entry, [backend]: Math.max(entry[backend] ?? 0, worst) };
  }
  for (const [checkpoint, worst] of Object.entries(found)) known[checkpoint] = { ...known[checkpoint], ...worst };
  writeFileSync(PARITY, `${JSON.stringify(known, null, 2)}\n`);
  return known;
}

/** The part of the table in bench/architectures.md that is about an architecture. */
function speed(name: PublishedName): string[] {
  const architecture = /^musicnn-(mtt|msd)$/.test(name) ? 'musicnn-tensorflow' : (name.split('-')[0] as string);
  const lines = readFileSync('bench/architectures.md', 'utf8').split('\n');
  return lines
    .filter((line) => ['architecture', '---', architecture].some((cell) => line.startsWith(`| ${cell} |`)))
    .map((line) => `|${line.split('|').slice(2).join('|')}`);
}

/** Saved with fewer bytes: how many there are, and how much a score changes at most over windows of the demo's clips. */
async function smallerWeights(model: AudioModel): Promise<string> {
  const clips = await Promise.all(CLIPS.map((name) => loadAudio(`examples/clips/${name}.mp3`)));
  const scoresOf = async (one: AudioModel) => {
    const taggrams = [];
    for (const clip of clips) taggrams.push(await one.taggram(clip, { hopSeconds: 5 }));
    return taggrams.flatMap(({ scores }) => scores.flatMap((row) => [...row]));
  };
  const expected = await scoresOf(model);
  const texts: string[] = [];
  for (const weights of ['float16', 'int8'] as const) {
    const folder = mkdtempSync(join(tmpdir(), 'musrep-card-'));
    await model.save(folder, { weights });
    const loaded = await loadModel(folder);
    const scores = await scoresOf(loaded);
    loaded.dispose();
    const worst = Math.max(...scores.map((score, i) => Math.abs(score - (expected[i] as number))));
    const megabytes = (statSync(join(folder, WEIGHTS_FILE)).size / 1e6).toFixed(1);
    rmSync(folder, { recursive: true });
    texts.push(`${weights}: ${megabytes} MB, a score changes by ${worst.toExponential(1)} at most`);
  }
  return texts.join('; ');
}

function card(name: PublishedName, model: AudioModel, smaller: string): string {
  const { package: owner, bytes, sha256, card: facts } = PUBLISHED[name];
  const { sampleRate, samples, context, tagWindows } = model.spec;
  const worst = parity[name] ?? {};
  return [
    `# ${name}: ${facts.title}`,
    '',
    `![The network](${name}.svg)`,
    '',
    `| | |`,
    '| --- | --- |',
    `| input | ${samples} samples at ${sampleRate} Hz (${(samples / sampleRate).toFixed(2)} s), mono${context > 0 ? `; ${context} of them at either end are context` : ''} |`,
    `| a track's score | the mean of ${tagWindows === 'all' ? 'all windows that follow one another' : `${tagWindows} equally spaced windows`} |`,
    `| embedding | ${featureText(model.parts.at(-2)?.gives ?? model.parts[0]?.gives ?? { kind: 'embedding', width: 0 })} |`,
    `| trained on | ${facts.trainingData} |`,
    `| scores as published | ROC-AUC ${facts.scores.rocAuc.toFixed(4)}, PR-AUC ${facts.scores.prAuc.toFixed(4)} (${facts.scoresFrom}) |`,
    `| worst difference from the original | ${
      Object.entries(worst)
        .map(([backend, value]) => `${value.toExponential(1)} on ${backend}`)
        .join(', ') || 'not measured'
    } |`,
    `| weights | ${(bytes / 1e6).toFixed(1)} MB, in the npm package \`${owner}\`, SHA-256 \`${sha256}\` |`,
    `| saved smaller | ${smaller} |`,
    `| licence of the weights | ${facts.licence} |`,
    `| source | ${facts.source}, SHA-256 \`${facts.sourceSha256}\` |`,
    '',
    '```',
    model.summary(),
    '```',
    '',
    'CPU ms a window on one core, and ratios in the same run ([bench/architectures.md](../../bench/architectures.md)):',
    '',
    ...speed(name),
    '',
    `Labels, in the order of the scores: ${model.labels.join(', ')}.`,
    '',
    `Citation: ${facts.citation}`,
    '',
  ].join('\n');
}

function overview(): string {
  const rows = MODEL_NAMES.map((name) => {
    const { package: owner, bytes, card: facts } = PUBLISHED[name];
    const { wasm = Number.NaN, tensorflow = Number.NaN } = parity[name] ?? {};
    const cells = [
      `[${name}](${name}.md)`,
      facts.trainingData,
      facts.scores.rocAuc.toFixed(4),
      facts.scores.prAuc.toFixed(4),
      wasm.toExponential(1),
      tensorflow.toExponential(1),
      `${(bytes / 1e6).toFixed(1)} MB`,
      `\`${owner}\``,
      facts.licence.split(',')[0] as string,
    ];
    return `| ${cells.join(' | ')} |`;
  });
  return [
    '# The published models',
    '',
    'Scores are as published, on the test set of the data set that each was trained on. Differences are the greatest of any score from the',
    "original implementation's, over two clips (all windows, their mean and a centre crop), on the wasm and the native tfjs backend.",
    '',
    '| model | trained on | ROC-AUC | PR-AUC | difference, wasm | native | size | package | licence |',
    '| --- | --- | --- | --- | --- | --- | --- | --- | --- |',
    ...rows,
    '',
    'Made by `npm run cards`.',
    '',
  ].join('\n');
}

/** The architectures at full width, by the reference's names. */
function architectures(): string {
  const labels = Array.from({ length: 50 }, (_, i) => `label ${i}`);
  const builders: Readonly<Record<string, readonly [string, () => AudioModel]>> = {
    fcn: ['FCN', () => new FCN({ labels })],
    crnn: ['CRNN', () => new CRNN({ labels })],
    musicnn: ['MusiCNN', () => new MusiCNN({ labels })],
    musicnn_msd: ['MusiCNN, wide', () => new MusiCNN({ labels, channels: 512, hidden: 500 })],
    sample: ['SampleCNN', () => new SampleCNN({ labels })],
    se: ['SampleCNNSE', () => new SampleCNNSE({ labels })],
    short: ['ShortChunkCNN', () => new ShortChunkCNN({ labels })],
    short_res: ['ShortChunkCNNRes', () => new ShortChunkCNNRes({ labels })],
    hcnn: ['HarmonicCNN', () => new HarmonicCNN({ labels })],
    attention: ['CNNSA', () => new CNNSA({ labels })],
    mtt_teacher: ['MusicTaggingTransformer', () => new MusicTaggingTransformer({ labels, samples: 330_750 })],
    mtt_student: [
      'MusicTaggingTransformer, student',
      () => new MusicTaggingTransformer({ labels, width: 64, samples: 330_750 }),
    ],
    spec_transformer: ['CNNSA, Spec and Transformer', () => new CNNSA({ labels, frontend: 'spec' })],
    spec_cnn_p: ['CNNSA, Spec and CNN_P', () => new CNNSA({ labels, frontend: 'spec', backend: 'cnn-p' })],
    spec_cnn_l: ['CNNSA, Spec and CNN_L', () => new CNNSA({ labels, frontend: 'spec', backend: 'cnn-l' })],
    raw_transformer: ['CNNSA, Raw and Transformer', () => new CNNSA({ labels, frontend: 'raw' })],
    raw_cnn_p: ['CNNSA, Raw and CNN_P', () => new CNNSA({ labels, frontend: 'raw', backend: 'cnn-p' })],
    raw_cnn_l: ['CNNSA, Raw and CNN_L', () => new CNNSA({ labels, frontend: 'raw', backend: 'cnn-l' })],
    artist_group: ['ArtistGroupCNN', () => new ArtistGroupCNN({ labels: labels.slice(0, 40) })],
  };
  const sections = Object.entries(builders).map(([name, [title, build]]) => {
    const model = build();
    const differences = parity[`architecture ${name}`];
    const [wasm, native] = [differences?.wasm, differences?.tensorflow].map((one) => one?.toExponential(1) ?? '–');
    const total = model.parts.reduce((sum, { parameters }) => sum + parameters, 0).toLocaleString('en');
    const section = {
      row: `| \`${title}\` | ${total} | ${wasm} | ${native} |`,
      text: `## ${title}\n\n\`\`\`\n${model.summary()}\n\`\`\`\n`,
    };
    model.dispose();
    return section;
  });
  return [
    '# The architectures',
    '',
    'At published width, with weights of a portable generator: the greatest difference of any score from the original PyTorch implementation. The tests',
    'also compare every layer, and at reduced width the loss and every gradient of a training step; in Chromium the scores at reduced width, on webgl,',
    'webgpu (software adapter) and wasm: there none differs by more than 6.8e-6. Speed beside PyTorch and onnxruntime: [bench/architectures.md](../../bench/architectures.md).',
    '',
    'Of the grid of CNNSA and of ArtistGroupCNN no original is published; their shapes are those of the thesis (Tables 3.5 and 4.2).',
    '',
    '| preset | parameters | difference, wasm | native |',
    '| --- | --- | --- | --- |',
    ...sections.map(({ row }) => row),
    '',
    ...sections.map(({ text }) => text),
    'Made by `npm run cards`.',
    '',
  ].join('\n');
}
