import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM, launchChromium, serve, WITH_CHROMIUM } from '../harness/chromium.js';
import { GRIEG } from '../harness/clips.js';

const ROOT = resolve(import.meta.dirname, '../..');
const PEERS = ['tfjs-core', 'tfjs-layers', 'tfjs-backend-wasm'].map((name) => `@tensorflow/${name}@4.22.0`);

const SCRIPT = `
  const clip = await loadAudio(process.argv[2]);
  const { name } = await useTfjsBackend('wasm');
  const model = await MusiCNN.pretrained('mtat');
  const tags = await model.tag(clip, { top: 3, windows: 2 });
  const picture = plotMap(await classActivationMap(model, clip, { label: 'strings' })).png();
  const error = await loadAudio('none.mp3').catch((caught) => caught);
  const tuned = withHead(model, multiLabel(['calm']));
  const batch = { inputs: [0, 1].map((i) => clip.samples.slice(i * 9000, i * 9000 + tuned.samples)), targets: [[1], [0]] };
  const [{ loss }] = await new Trainer(tuned, { optimizer: { name: 'adam', learningRate: 1e-3 }, loss: 'binaryCrossentropy' }).fit([batch], { epochs: 1 });
  console.log(JSON.stringify({ name, labels: tags.map((tag) => tag.label), auc: rocAuc([[1], [0]], [[0.9], [0.1]]), trained: loss > 0 && loss < 10, error: error instanceof MusrepError, png: String.fromCharCode(...picture.subarray(1, 4)) }));
`;

const USE = `
  const tagger = audioModel({ sampleRate: 16_000, seconds: 3 })
    .frontend(melSpectrogram()).frontend(musicnnFilters()).backend(musicnnBackend()).head(multiLabel(['rock', 'jazz'])).build();
  const label: 'rock' | 'jazz' = tagger.labels[0];
  const auc: number = rocAuc([[1], [0]], [[1], [0]]);
  const svg = (clip: Clip): Promise<string> => classActivationMap(tagger, clip, { label }).then((map) => plotMap(map).svg);
  const loss = { name: 'binaryCrossentropy', classWeights: { rock: 2 } } as const;
  new Trainer(tagger, { optimizer: { name: 'adam', learningRate: 1e-3 }, loss });
  console.log(svg, label, auc, resample(new Float32Array(10), 2, 1));
`;

const NAMES = [
  'audioModel',
  'loadAudio',
  'melSpectrogram',
  'multiLabel',
  'MusiCNN',
  'musicnnBackend',
  'musicnnFilters',
  'MusrepError',
  'useTfjsBackend',
];

let folder: string;

/** Runs a command in the installed project; fails with what it printed. */
function run(command: string, ...args: string[]): string {
  try {
    return execFileSync(command, args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`${command} ${args.join(' ')}\n${stdout}\n${stderr}`);
  }
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'musrep-user-'));
  execFileSync('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: ROOT });
  execFileSync('npm', ['pack', '--silent', '--pack-destination', folder], {
    cwd: join(ROOT, 'packages/musrep-weights'),
  });
  const tarballs = readdirSync(folder).filter((file) => file.endsWith('.tgz'));
  writeFileSync(join(folder, 'package.json'), '{ "private": true }');
  const offline = ['--no-audit', '--no-fund', '--prefer-offline'];
  run(
    'npm',
    'install',
    ...offline,
    ...tarballs.map((one) => `./${one}`),
    ...PEERS,
    'typescript@~6.0.3',
    '@types/node@20',
  );
});

describe('the package, installed with its peers', () => {
  it('holds what it needs and nothing else', () => {
    const top = readdirSync(join(folder, 'node_modules/musrep')).sort();
    expect(top).toEqual(['CHANGELOG.md', 'LICENSE', 'README.md', 'dist', 'package.json', 'weights']);
  });

  it('has a command line', () => {
    const [song] = JSON.parse(run('npx', 'musrep', 'tag', GRIEG, '--json', '--top', '1', '--backend', 'wasm'));
    expect(song.tags).toEqual([{ label: 'classical', score: expect.closeTo(0.719, 2) }]);
  });

  it('finds the weights of the package beside it', () => {
    const args = ['musrep', 'tag', GRIEG, '--json', '--model', 'fcn-msd,musicnn-mtt', '--top', '1', '--offline'];
    const [fcn, musicnn] = JSON.parse(run('npx', ...args, '--backend', 'wasm', '--windows', '1'));
    expect([fcn.model, musicnn.model, musicnn.tags[0].label]).toEqual(['fcn-msd', 'musicnn-mtt', 'classical']);
    expect(readdirSync(join(folder, 'node_modules/musrep-weights'))).toHaveLength(13);
  });

  it('works in an ESM project', () => {
    const imports = `import { loadAudio, MusiCNN, multiLabel, MusrepError, useTfjsBackend } from 'musrep'; import { rocAuc } from 'musrep/metrics'; import { classActivationMap } from 'musrep/inspect'; import { plotMap } from 'musrep/plot'; import { Trainer, withHead } from 'musrep/training';`;
    writeFileSync(join(folder, 'use.mjs'), imports + SCRIPT);
    expectResult(run('node', 'use.mjs', GRIEG));
  });

  it('works in a CommonJS project', () => {
    const imports = `const { loadAudio, MusiCNN, multiLabel, MusrepError, useTfjsBackend } = require('musrep'); const { rocAuc } = require('musrep/metrics'); const { classActivationMap } = require('musrep/inspect'); const { plotMap } = require('musrep/plot'); const { Trainer, withHead } = require('musrep/training');`;
    writeFileSync(join(folder, 'use.cjs'), `${imports} (async () => {${SCRIPT}})();`);
    expectResult(run('node', 'use.cjs', GRIEG));
  });

  for (const extension of ['mts', 'cts']) {
    it(`has types in a project of .${extension} files`, () => {
      const imports = `import { ${NAMES.join(', ')} } from 'musrep'; import { rocAuc } from 'musrep/metrics'; import { type Clip, resample } from 'musrep/audio'; import { classActivationMap } from 'musrep/inspect'; import { plotMap } from 'musrep/plot'; import { Trainer } from 'musrep/training';`;
      const compile = (name: string, code: string) => {
        writeFileSync(join(folder, `${name}.${extension}`), imports + code);
        run(
          'npx',
          'tsc',
          '--noEmit',
          '--strict',
          '--skipLibCheck',
          '--module',
          'node16',
          '--target',
          'es2022',
          `${name}.${extension}`,
        );
      };
      compile('types', USE);
      expect(() =>
        compile('wrong', 'audioModel({ sampleRate: 1, seconds: 1 }).backend(musicnnBackend());'),
      ).toThrowError('This backend takes a sequence; the block before it gives a waveform.');
    });
  }

  it.skipIf(!CHROMIUM)(`works in a page bundled by esbuild, without the optional peers${WITH_CHROMIUM}`, async () => {
    const page = `
      import { loadAudio, MusiCNN, useTfjsBackend } from 'musrep';
      globalThis.tagSong = async () => {
        const { name, skipped } = await useTfjsBackend('auto', { from: '/wasm/' });
        const model = await MusiCNN.pretrained('mtat');
        const tags = await model.tag(await loadAudio('/song/grieg-morning.mp3'), { top: 3, windows: 2 });
        return { name, labels: tags.map((tag) => tag.label), skipped };
      };`;
    writeFileSync(join(folder, 'page.js'), page);
    mkdirSync(join(folder, 'site'), { recursive: true });
    const options = {
      bundle: true,
      format: 'esm',
      minify: true,
      outdir: join(folder, 'site'),
      logLevel: 'error',
    } as const;
    await build({ ...options, entryPoints: [join(folder, 'page.js')], splitting: true });
    cpSync(join(folder, 'node_modules/musrep/weights'), join(folder, 'site/weights'), { recursive: true });
    const folders = {
      '/song/': join(ROOT, 'examples/clips'),
      '/wasm/': join(folder, 'node_modules/@tensorflow/tfjs-backend-wasm/dist'),
      '/': join(folder, 'site'),
    };
    const { url, server } = await serve(folders, '<!doctype html><script type="module" src="/page.js"></script>');
    const browser = await launchChromium();
    try {
      const tab = await browser.newPage();
      await tab.goto(url);
      await tab.waitForFunction('globalThis.tagSong');
      const result = (await tab.evaluate('globalThis.tagSong()')) as {
        name: string;
        labels: string[];
        skipped: { reason: string }[];
      };
      expect(result).toMatchObject({ name: 'wasm', labels: expect.arrayContaining(['classical']) });
      expect(result.skipped.map(({ reason }) => reason)).toEqual([
        expect.stringContaining('npm install @tensorflow/tfjs-backend-webgpu'),
        expect.stringContaining('npm install @tensorflow/tfjs-backend-webgl'),
      ]);
      const bytes = readFileSync(join(folder, 'site/page.js')).length;
      console.log(`page bundle, minified, with tfjs core, layers and wasm: ${Math.round(bytes / 1024)} KB`);
    } finally {
      await browser.close();
      server.close();
    }
  });
});

function expectResult(output: string): void {
  const result = JSON.parse(output.trim().split('\n').at(-1) as string);
  expect(result).toEqual({
    name: 'wasm',
    labels: expect.arrayContaining(['classical']),
    auc: 1,
    trained: true,
    error: true,
    png: 'PNG',
  });
}
