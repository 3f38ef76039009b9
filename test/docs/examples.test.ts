import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { GRIEG } from '../harness/clips.js';

const ROOT = resolve(import.meta.dirname, '../..');
/** Inside the project, so that `musrep` is found as a user's program finds it: by the package's own exports. */
const FOLDER = join(ROOT, '.out/examples');
const run = promisify(execFile);

interface Example {
  readonly name: string;
  readonly code: string;
}

/** The TypeScript of the pages, and of the doc comments. */
function examplesOf(file: string): Example[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  const isSource = file.endsWith('.ts');
  const fence = isSource ? /^ *\* ```ts\n([\s\S]*?)^ *\* ```$/gm : /^```ts\n([\s\S]*?)^```$/gm;
  return [...text.matchAll(fence)].map((match, i) => ({
    name: `${file.replaceAll(/[/.]/g, '-')}-${i + 1}`,
    code: isSource ? (match[1] as string).replaceAll(/^ *\* ?/gm, '') : (match[1] as string),
  }));
}

const filesIn = (folder: string, ending: string) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(ending) && !file.endsWith('.test.ts'))
    .map((file) => `${folder}/${file}`);

const pages = ['README.md', ...filesIn('docs', '.md')].filter((file) => !file.startsWith('docs/api/'));
const sources = filesIn('src', '.ts');
const examples = [...pages, ...sources].flatMap(examplesOf);

beforeAll(() => {
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  copyFileSync(GRIEG, join(FOLDER, 'song.mp3'));
  // `export {}` lets an example stand that imports nothing; a stray file would otherwise be a script.
  for (const { name, code } of examples) writeFileSync(join(FOLDER, `${name}.mts`), `${code}\nexport {};\n`);
  const options = { extends: '../../tsconfig.json', include: ['*.mts'], exclude: [] };
  writeFileSync(join(FOLDER, 'tsconfig.json'), JSON.stringify(options));
});

describe('examples of the documentation', () => {
  it('are found in pages and doc comments', () => {
    expect(examples.length).toBeGreaterThan(20);
  });

  it('compile', async () => {
    await run(join(ROOT, 'node_modules/.bin/tsc'), ['-p', FOLDER], { cwd: ROOT }).catch((error) => {
      throw new Error(error.stdout);
    });
  });

  for (const { name } of examples) {
    it(`run: ${name}`, async () => {
      await run(process.execPath, ['--import', 'tsx', `${name}.mts`], { cwd: FOLDER });
    });
  }
});
