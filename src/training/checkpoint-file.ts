import { readFrom, writeTo } from '#platform/files';
import type { Json } from '../core/config.js';
import { MusrepError, reasonOf } from '../core/errors.js';
import { readSafetensors, type Safetensors, writeSafetensors } from '../io/safetensors.js';
import type { Folder } from '../platform/folder.js';
import type { EpochRecord } from './history.js';
import type { Position, RunData, Tensors } from './run-data.js';

export const CHECKPOINT_FILE = 'checkpoint.safetensors';
const FORMAT = 'musrep-checkpoint';
/** Raised when a reader of the older format could no longer read what is written. */
const FORMAT_VERSION = 1;

/** What a run must be like to go on from a checkpoint: each part under the name that an error gives it. */
export type Identity = Readonly<Record<string, Json>>;

/** The file's metadata; all else are tensors, each under its group's name. */
interface SavedRun {
  readonly formatVersion: number;
  readonly identity: Identity;
  readonly position: Position;
  readonly history: readonly EpochRecord[];
}

const GROUPS = ['weights', 'optimizer', 'best'] as const;

/** All of it is one file, so that no crash can leave halves of two checkpoints. */
export async function writeCheckpoint(folder: Folder, identity: Identity, data: RunData): Promise<void> {
  const saved: SavedRun = {
    formatVersion: FORMAT_VERSION,
    identity,
    position: data.position,
    history: data.history,
  };
  const tensors = GROUPS.flatMap((group) =>
    [...(data[group] ?? [])].map(([name, tensor]) => [`${group}:${name}`, tensor] as const),
  );
  const bytes = writeSafetensors(tensors, { format: FORMAT, run: JSON.stringify(saved) });
  await writeTo(folder, { [CHECKPOINT_FILE]: bytes });
}

/**
 * @throws {@link MusrepError} `not-found`; `bad-checkpoint` for a file that is damaged, of a newer musrep, or of a run whose
 * identity is another.
 */
export async function readCheckpoint(folder: Folder, identity: Identity): Promise<RunData> {
  const { tensors, metadata } = readTensors(await readFrom(folder, CHECKPOINT_FILE));
  const { position, history, ...saved } = readRun(metadata);
  requireSame(saved.identity, identity);
  const group = (name: (typeof GROUPS)[number]): Tensors =>
    new Map(
      [...tensors].flatMap(([key, tensor]) =>
        key.startsWith(`${name}:`) ? [[key.slice(name.length + 1), tensor] as const] : [],
      ),
    );
  const best = group('best');
  return {
    position,
    history,
    weights: group('weights'),
    optimizer: group('optimizer'),
    best: best.size > 0 ? best : undefined,
  };
}

function readTensors(bytes: Uint8Array): Safetensors {
  try {
    return readSafetensors(bytes);
  } catch (cause) {
    throw new MusrepError('bad-checkpoint', `${CHECKPOINT_FILE} is damaged: ${reasonOf(cause)}`, { cause });
  }
}

function readRun({ format, run }: Safetensors['metadata']): SavedRun {
  if (format !== FORMAT || run === undefined) {
    throw new MusrepError('bad-checkpoint', `${CHECKPOINT_FILE} is no checkpoint of musrep.`);
  }
  const saved = JSON.parse(run) as SavedRun;
  if (saved.formatVersion <= FORMAT_VERSION) return saved;
  throw new MusrepError(
    'bad-checkpoint',
    `The checkpoint is in format ${saved.formatVersion}; this musrep reads up to ${FORMAT_VERSION}. Update musrep.`,
  );
}

function requireSame(saved: Identity, ours: Identity): void {
  const part = Object.keys(ours).find((key) => JSON.stringify(saved[key]) !== JSON.stringify(ours[key]));
  if (part === undefined) return;
  const [expected, received] = [saved[part], ours[part]].map((one) => shortened(JSON.stringify(one)));
  throw new MusrepError(
    'bad-checkpoint',
    `The checkpoint is of another run: its ${part} is ${expected}. Received: ${received}. Resume with what it was written with, or write into another folder.`,
  );
}

function shortened(text: string | undefined): string {
  if (text === undefined) return 'absent';
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
