import { existsSync, readdirSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { writeTo } from '#platform/files';
import { MusrepError, reasonOf } from '../core/errors.js';
import { readPytorchFile } from '../io/pytorch-file.js';
import { type NamedTensor, writeSafetensors } from '../io/safetensors.js';
import { readTensorflowCheckpoint } from '../io/tensorflow-checkpoint.js';
import { recogniseArchitecture } from '../models/recognise.js';
import { readArguments } from './arguments.js';

const OPTIONS = { output: { type: 'string', short: 'o' }, help: { type: 'boolean', short: 'h' } } as const;

/** `musrep convert FILE` */
export async function convertCommand(args: readonly string[]): Promise<number> {
  const { values, positionals } = readArguments(args, OPTIONS);
  const [source, ...others] = positionals;
  if (source === undefined || others.length > 0) {
    throw new MusrepError('bad-option', 'musrep convert takes one file. See musrep convert --help.');
  }
  const output = values.output ?? `${source.replace(/(\.pth?|\.index|[/\\])$/, '')}.safetensors`;
  const tensors = await readWeights(source);
  await writeTo(dirname(output), { [basename(output)]: writeSafetensors(tensors) });
  process.stdout.write(describe(output, tensors));
  return 0;
}

async function readWeights(source: string): Promise<Map<string, NamedTensor>> {
  const index = indexOf(source);
  if (index === undefined) return readPytorchFile(await read(source));
  const data = index.replace(/\.index$/, '.data-00000-of-00001');
  return readTensorflowCheckpoint(await read(index), await read(data));
}

/** The table of a TensorFlow checkpoint, if that is what is named: by itself, by its folder, or by its prefix. */
function indexOf(source: string): string | undefined {
  if (source.endsWith('.index')) return source;
  if (existsSync(`${source}.index`)) return `${source}.index`;
  if (!existsSync(source) || !statSync(source).isDirectory()) return undefined;
  const found = readdirSync(source).filter((name) => name.endsWith('.index'));
  if (found.length === 1) return join(source, found[0] as string);
  throw new MusrepError('bad-option', `${source} holds ${found.length} TensorFlow checkpoints (.index); name one.`);
}

async function read(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new MusrepError('not-found', `Cannot read '${path}': ${reasonOf(cause)}`, { cause });
  }
}

function describe(output: string, tensors: ReadonlyMap<string, NamedTensor>): string {
  const values = [...tensors.values()].reduce((sum, tensor) => sum + tensor.values.length, 0);
  const found = recogniseArchitecture(tensors);
  const advice =
    found === undefined
      ? 'They are of no architecture that musrep knows.'
      : `They look like ${found.name}, ${found.labels} labels: new ${found.constructor}.loadWeights('${basename(output)}')`;
  return `${output}: ${tensors.size} tensors, ${values.toLocaleString('en')} values.\n${advice}\n`;
}
