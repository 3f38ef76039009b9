import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync } from 'node:fs';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadAudio } from '../../src/audio/load-audio.js';
import type { PublishedName } from '../../src/models/published.js';
import { useTfjsBackend } from '../../src/runtime/tfjs-backend.js';
import { Trainer } from '../../src/training/trainer.js';
import { BLOCK_CASES } from '../harness/block-cases.js';
import { CHROMIUM, launchChromium, serve, WITH_CHROMIUM } from '../harness/chromium.js';
import { requireClose } from '../harness/compare.js';
import { HAS_FFMPEG, WITH_FFMPEG } from '../harness/ffmpeg.js';
import { fixedPicture, insideMaps } from '../harness/inside-maps.js';
import { KERNEL_CASES } from '../harness/kernel-cases.js';
import { checkTrainingStep, LOSSES, requireWithin } from '../harness/original.js';
import { HAS_SHARED, readGolden, sharedPath, WITH_SHARED } from '../harness/shared.js';
import { SMALL_ARCHITECTURES, type SmallArchitecture } from '../harness/small-architectures.js';
import { TINY_OPTIONS, tinyBatches, tinyModel } from '../harness/tiny-training.js';
import type { TrainingGolden } from '../harness/training-step.js';
import type { PageTests } from './page.js';

declare const pageTests: PageTests;

const ROOT = resolve(import.meta.dirname, '../..');
const VECTORS = join(ROOT, 'test/audio/vectors');
const made = mkdtempSync(join(tmpdir(), 'musrep-made-'));

/** As on the other tfjs backends: the tolerance of the published weights. */
const PUBLISHED = 1e-4;
/** And of the architectures, MusiCNN's. */
const ARCHITECTURE = 5e-5;
/** Of the greatest value of a map. */
const MAPS = 1e-3;

interface PublishedGolden {
  readonly audio: string;
  readonly chunk_starts: readonly number[];
  readonly outputs: readonly (readonly number[])[];
  readonly float32_spectrogram: { readonly outputs: readonly (readonly number[])[] };
}

interface ArchitectureGolden {
  readonly input: { readonly audio: string; readonly starts: readonly number[] };
  readonly output: readonly (readonly number[])[];
}

/** A window of a golden file, and its scores. */
interface GoldenWindow {
  readonly start: number;
  readonly scores: readonly number[];
}

const tenthChunk = ({ chunk_starts, outputs }: PublishedGolden): GoldenWindow => ({
  start: chunk_starts[9] as number,
  scores: outputs[9] as number[],
});
/** The second patch of 187 frames, half a frame before it. */
const secondPatch = ({ float32_spectrogram }: PublishedGolden): GoldenWindow => ({
  start: 187 * 256 - 256,
  scores: float32_spectrogram.outputs[1] as number[],
});

/** One checkpoint of each architecture. */
const PARITY: readonly {
  readonly name: PublishedName;
  readonly golden: string;
  readonly window: (golden: PublishedGolden) => GoldenWindow;
}[] = [
  { name: 'musicnn-mtat', golden: 'mtat_musicnn__cityblues', window: tenthChunk },
  { name: 'musicnn-jamendo', golden: 'jamendo_musicnn__cityblues', window: tenthChunk },
  { name: 'fcn-msd', golden: 'msd_fcn__cityblues', window: tenthChunk },
  { name: 'crnn-jamendo', golden: 'jamendo_crnn__cityblues', window: tenthChunk },
  { name: 'musicnn-mtt', golden: 'musicnn_tf_MTT_musicnn__cityblues', window: secondPatch },
  { name: 'vgg-msd', golden: 'musicnn_tf_MSD_vgg__cityblues', window: secondPatch },
];

/** Of the training that the pages do. */
async function lossesInNode(): Promise<number[]> {
  await useTfjsBackend('wasm');
  const model = tinyModel();
  const history = await new Trainer(model, TINY_OPTIONS).fit(tinyBatches, { epochs: 3 });
  model.dispose();
  return history.map(({ loss }) => loss);
}

/** For how many steps the losses are compared, besides the first step's gradients: a software adapter takes its time. */
const STEPS = {
  wasm: { short: 6, attention: 6 },
  webgl: { short: 2, attention: 2 },
  webgpu: { short: 2, attention: 0 },
} as const;

let browser: Browser;
let server: Server;
let url: string;

beforeAll(async () => {
  if (!CHROMIUM) return;
  const outdir = mkdtempSync(join(tmpdir(), 'musrep-page-'));
  await build({
    entryPoints: [join(import.meta.dirname, 'page.ts')],
    bundle: true,
    format: 'esm',
    outdir,
    conditions: ['browser'],
  });
  const folders = {
    '/bundle/': outdir,
    '/wasm/': join(ROOT, 'node_modules/@tensorflow/tfjs-backend-wasm/dist'),
    '/weights/': allWeights(),
    '/audio/': sharedPath('reference/audio'),
    '/golden/': sharedPath('reference/golden'),
    '/clips/': join(ROOT, 'examples/clips'),
    '/vectors/': VECTORS,
    '/made/': made,
  };
  ({ server, url } = await serve(folders, '<!doctype html><script type="module" src="/bundle/page.js"></script>'));
  browser = await launchChromium();
});

/** The weights of both packages in one folder, as a user of a page would put them. */
function allWeights(): string {
  const folder = mkdtempSync(join(tmpdir(), 'musrep-weights-'));
  for (const from of ['weights', 'packages/musrep-weights']) cpSync(join(ROOT, from), folder, { recursive: true });
  return folder;
}

afterAll(async () => {
  await browser?.close();
  server?.close();
});

describe.skipIf(!CHROMIUM)(`audio in a page${WITH_CHROMIUM}`, () => {
  for (const file of readdirSync(VECTORS)) {
    it(`${file} decodes as in Node`, async () => {
      const page = await browser.newPage();
      await page.goto(url);
      await page.waitForFunction('globalThis.pageTests');
      const found = await page.evaluate((path) => pageTests.decode(path), `/vectors/${file}`);
      await page.close();
      const { samples, sampleRate } = await loadAudio(join(VECTORS, file));
      expect(found).toEqual({ sampleRate, length: samples.length, some: [1000, 3000, 6000].map((at) => samples[at]) });
    });
  }
});

describe.skipIf(!CHROMIUM || !HAS_FFMPEG)(`AAC in a page${WITH_CHROMIUM || WITH_FFMPEG}`, () => {
  const pages: { readonly name: string; readonly options: readonly string[]; readonly rate: number }[] = [
    { name: 'song.m4a', options: ['-ar', '44100'], rate: 44_100 },
    { name: 'song.aac', options: ['-ar', '22050', '-f', 'adts'], rate: 22_050 },
  ];
  for (const { name, options, rate } of pages) {
    it(`${name} is decoded by the page, at the file's own rate`, async () => {
      const tone = ['-v', 'error', '-y', '-f', 'lavfi', '-i', 'sine=frequency=500:duration=2'];
      execFileSync('ffmpeg', [...tone, '-c:a', 'aac', ...options, join(made, name)]);
      const page = await browser.newPage();
      await page.goto(url);
      await page.waitForFunction('globalThis.pageTests');
      const { sampleRate, length } = await page.evaluate((path) => pageTests.decode(path), `/made/${name}`);
      await page.close();
      expect(sampleRate).toBe(rate);
      // AAC encodes frames of 1024 samples, and ADTS does not say how many of them belong to the start and the end.
      expect(Math.abs(length - 2 * rate)).toBeLessThan(4 * 1024);
      await expect(loadAudio(join(made, name))).rejects.toMatchObject({ code: 'unsupported-audio' });
    });
  }
});

for (const backend of ['webgl', 'webgpu', 'wasm'] as const) {
  describe.skipIf(!CHROMIUM)(`in a page on ${backend}${WITH_CHROMIUM}`, () => {
    let page: Page;

    beforeAll(async () => {
      page = await browser.newPage();
      await page.goto(url);
      await page.waitForFunction('globalThis.pageTests');
      expect(await page.evaluate((name) => pageTests.start(name), backend)).toBe(backend);
    });
    afterAll(() => page?.close());

    KERNEL_CASES.forEach(({ name }, i) => {
      it(`kernel: ${name}`, async () => expect(await page.evaluate((one) => pageTests.kernel(one), i)).toBeNull());
    });

    BLOCK_CASES.forEach(({ name }, i) => {
      it(`block: ${name}`, async () => expect(await page.evaluate((one) => pageTests.block(one), i)).toBeNull());
    });

    it('runs no kernel that is not tested', async () => {
      expect(await page.evaluate(() => pageTests.untestedKernels())).toEqual([]);
    });

    it('saves into the page’s file system and loads again', async () => {
      expect(await page.evaluate(() => pageTests.saveAndLoad())).toBeNull();
    });

    it('looks inside a model as Node does, and draws the same picture', async () => {
      const maps = await page.evaluate(() => pageTests.insideMaps());
      await useTfjsBackend('wasm');
      for (const [name, expected] of Object.entries(await insideMaps())) {
        requireClose(name, maps[name] as number[], expected, MAPS);
      }
      expect(await page.evaluate(() => pageTests.fixedPicture())).toEqual(fixedPicture());
    });

    it('trains, and goes on from a checkpoint in the page’s file system', async () => {
      const { losses, isSame, leaked } = await page.evaluate(() => pageTests.train());
      const expected = await lossesInNode();
      const worst = Math.max(...losses.map((loss, i) => Math.abs(loss - (expected[i] as number))));
      console.log(`training in a page on ${backend}: worst difference of a loss to Node ${worst.toExponential(1)}`);
      expect(worst).toBeLessThan(1e-3);
      expect(isSame).toBe(true);
      expect(leaked).toBe(0);
    });

    it('leaves the page free while it trains', async () => {
      const { steps, ticks } = await page.evaluate(() => pageTests.trainBesideTimer());
      expect(steps).toBe(12);
      expect(ticks.filter((count) => count === 0)).toEqual([]);
    });

    it('measures the norm of many gradients', async () => {
      expect(await page.evaluate(() => pageTests.gradientNorm())).toBeCloseTo(Math.sqrt(2470 * 3), 3);
    });

    it('tags an MP3', async () => {
      const labels = await page.evaluate(() => pageTests.tag('/clips/grieg-morning.mp3'));
      expect(labels).toEqual(expect.arrayContaining(['classical', 'strings', 'violin']));
    });

    for (const name of Object.keys(SMALL_ARCHITECTURES) as SmallArchitecture[]) {
      it.skipIf(!HAS_SHARED)(`gives the original's scores at reduced width, ${name}${WITH_SHARED}`, async () => {
        const golden = readGolden<ArchitectureGolden>(`arch_small__${name}`);
        const { audio, starts } = golden.input;
        const call = [name, `/${audio}`, starts[0] as number] as const;
        const scores = await page.evaluate((args) => pageTests.architecture(...args), call);
        const worst = Math.max(...scores.map((score, i) => Math.abs(score - (golden.output[0]?.[i] as number))));
        console.log(`${name} at reduced width in a page on ${backend}: worst difference ${worst.toExponential(1)}`);
        expect(worst).toBeLessThan(ARCHITECTURE);
      });
    }

    for (const name of ['short', 'attention'] as const) {
      it.skipIf(!HAS_SHARED)(`gives the original's losses and gradients, ${name}${WITH_SHARED}`, async () => {
        const golden = readGolden<TrainingGolden>(`train_small__${name}`);
        const steps = STEPS[backend][name];
        const { step, losses, leaked } = await page.evaluate((one) => pageTests.trainOriginal(...one), [
          name,
          steps,
        ] as [typeof name, number]);
        checkTrainingStep(step, golden);
        const expected = [golden.losses_float64[0] as number, ...golden.losses_float64.slice(0, steps)];
        const worst = requireWithin('losses', [step.loss, ...losses], expected, LOSSES);
        console.log(`${name} in a page on ${backend}: worst difference of a loss ${worst.toExponential(1)}`);
        expect(leaked).toBe(0);
      });
    }

    for (const { name, golden: file, window } of PARITY) {
      it.skipIf(!HAS_SHARED)(`gives the original's scores, ${name}${WITH_SHARED}`, async () => {
        const golden = readGolden<PublishedGolden>(file);
        const { start, scores: expected } = window(golden);
        const scores = await page.evaluate(([model, audio, at]) => pageTests.predict(model, audio, at), [
          name,
          `/audio/${golden.audio}`,
          start,
        ] as const);
        const worst = Math.max(...scores.map((score, i) => Math.abs(score - (expected[i] as number))));
        console.log(`${name} in a page on ${backend}: worst difference ${worst.toExponential(1)}`);
        expect(worst).toBeLessThan(PUBLISHED);
      });
    }
  });
}
