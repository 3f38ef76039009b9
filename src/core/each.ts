import type { Clip } from '../audio/clip.js';
import type { LiveWindows } from '../audio/live-windows.js';
import type { Windows } from '../audio/windows.js';
import { requireWhole } from './config.js';
import { DEFAULT_BATCH, eventLoopTurn, runBatch } from './inference.js';
import type { Network } from './network.js';
import type { RunOptions, WithoutProgress } from './options.js';
import type { LiveScores } from './results.js';

/** Clips that come one by one, such as decoders give them. */
export type Clips = Iterable<Clip> | AsyncIterable<Clip>;

/** A clip's windows with the model's rows for them, as far as they are computed. */
interface Entry {
  readonly windows: Windows;
  readonly rows: Float32Array[];
}

/**
 * Runs a model over many clips: windows of several share a batch, and results come in the order of the clips. The next
 * clip is asked for only when its windows are needed to fill a batch.
 */
export async function* runEach(
  network: Network,
  clips: Clips,
  cut: (clip: Clip) => Windows,
  { batchSize = DEFAULT_BATCH, signal }: WithoutProgress<RunOptions>,
): AsyncGenerator<Entry, void> {
  requireWhole('the call', 'batchSize', batchSize);
  const entries: Entry[] = [];
  let waiting: { entry: Entry; window: number }[] = [];
  for await (const clip of clips) {
    signal?.throwIfAborted();
    const entry: Entry = { windows: cut(clip), rows: [] };
    entries.push(entry);
    waiting = waiting.concat(entry.windows.starts.map((_, window) => ({ entry, window })));
    while (waiting.length >= batchSize) {
      signal?.throwIfAborted();
      await runShared(network, waiting.slice(0, batchSize));
      waiting = waiting.slice(batchSize);
    }
    while (isDone(entries[0])) yield entries.shift() as Entry;
  }
  signal?.throwIfAborted();
  if (waiting.length > 0) await runShared(network, waiting);
  yield* entries;
}

function isDone(entry: Entry | undefined): boolean {
  return entry !== undefined && entry.rows.length === entry.windows.starts.length;
}

async function runShared(network: Network, batch: readonly { entry: Entry; window: number }[]): Promise<void> {
  const length = batch[0]?.entry.windows.length ?? 0;
  const samples = new Float32Array(batch.length * length);
  batch.forEach(({ entry, window }, i) => {
    samples.set(entry.windows.read(window, 1), i * length);
  });
  const rows = await runBatch(network, samples, batch.length);
  batch.forEach(({ entry }, i) => {
    entry.rows.push(rows[i] as Float32Array);
  });
  await eventLoopTurn();
}

/** Runs a model over the windows of audio that is still coming. */
export async function* runLive(
  network: Network,
  pieces: Iterable<Float32Array> | AsyncIterable<Float32Array>,
  windows: LiveWindows,
  signal: AbortSignal | undefined,
): AsyncGenerator<LiveScores, void> {
  for await (const piece of pieces) {
    for (const { time, samples } of windows.push(piece)) {
      signal?.throwIfAborted();
      const [scores] = await runBatch(network, samples, 1);
      yield { time, scores: scores as Float32Array };
    }
    signal?.throwIfAborted();
  }
}
