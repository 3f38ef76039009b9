import { join, resolve } from 'node:path';
import ts from 'typescript';
import { beforeAll, describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');
const FILE = join(import.meta.dirname, 'messages-snippet.ts');

const IMPORTS = `import { audioModel, convStack, embeddingHead, frameLabels, globalPool, melSpectrogram, multiLabel, musicnnBackend,
  residualStack, residualStem, transformerEncoder } from '../../src/index.js';
const start = audioModel({ sampleRate: 16_000, seconds: 3 });`;

/** What does not fit, and the sentence that the compiler shows. */
const MISFITS: readonly (readonly [code: string, sentence: string])[] = [
  ['start.backend(musicnnBackend())', 'This backend takes a sequence; the block before it gives a waveform.'],
  [
    'start.frontend(melSpectrogram()).frontend(melSpectrogram())',
    'This frontend takes a waveform; the block before it gives a spectrogram.',
  ],
  [
    'start.frontend(melSpectrogram()).frontend(residualStem()).backend(residualStack())',
    'This backend takes a spectrogram; the block before it gives a sequence.',
  ],
  [
    "start.frontend(melSpectrogram()).backend(convStack()).head(multiLabel(['a']))",
    'This head takes an embedding; the block before it gives a spectrogram.',
  ],
  [
    "start.frontend(melSpectrogram()).backend(globalPool()).head(frameLabels(['a']))",
    'This head takes a sequence; the block before it gives an embedding.',
  ],
  [
    'start.frontend(melSpectrogram()).frontend(residualStem()).head(embeddingHead())',
    'This head takes an embedding; the block before it gives a sequence.',
  ],
];

let messages: ReadonlyMap<number, string>;

/** What the compiler says, by the line of the snippet. */
function diagnose(lines: readonly string[]): Map<number, string> {
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT);
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  const snippet = ts.createSourceFile(FILE, lines.join('\n'), ts.ScriptTarget.ESNext);
  host.fileExists = (path) => path === FILE || fileExists(path);
  host.getSourceFile = (path, ...rest) => (path === FILE ? snippet : getSourceFile(path, ...rest));
  const program = ts.createProgram([FILE], { ...options, noEmit: true }, host);
  const found = program.getSemanticDiagnostics(program.getSourceFile(FILE));
  return new Map(
    found.map(({ start, messageText }) => [
      snippet.getLineAndCharacterOfPosition(start ?? 0).line,
      ts.flattenDiagnosticMessageText(messageText, ' '),
    ]),
  );
}

describe('where two blocks do not fit, the compiler', () => {
  const fits =
    "start.frontend(melSpectrogram()).backend(transformerEncoder({ heads: 1 })).head(multiLabel(['a'])).build()";
  const header = IMPORTS.split('\n');

  beforeAll(() => {
    messages = diagnose([...header, ...MISFITS.map(([code]) => `void ${code};`), `void ${fits};`]);
  });

  it.each(MISFITS)('says of %s: %s', (code, sentence) => {
    const line = header.length + MISFITS.findIndex(([one]) => one === code);
    expect(messages.get(line)).toContain(sentence);
  });

  it('is silent where they fit', () => {
    expect(messages.size).toBe(MISFITS.length);
  });
});
