import type { SymbolicTensor } from '@tensorflow/tfjs-layers';
import { defineBlock } from '../../core/block.js';
import { MusrepError } from '../../core/errors.js';
import type { HeadBlock, ScoreActivation } from '../../core/head.js';
import { TaskScores } from '../../layers/task-scores.js';
import { checkLabelHead, type LabelHeadOptions, logitLayers, requireLabels } from './label-head.js';

/** One of several tasks, as it is saved. */
export type Task = LabelHeadOptions & {
  readonly name: string;
  readonly labels: readonly string[];
  readonly activation: ScoreActivation;
};

/** The heads that can be tasks. */
const ACTIVATIONS: Readonly<Record<string, ScoreActivation>> = { multiLabel: 'sigmoid', singleLabel: 'softmax' };

export const multiTaskBlock = defineBlock({
  name: 'multiTask',
  role: 'head',
  takes: ['embedding'],
  defaults: { labels: [] as readonly string[], tasks: [] as readonly Task[] },
  output(_input, { labels, tasks }) {
    for (const { name, labels: own, ...options } of tasks) checkLabelHead(`multiTask '${name}'`, own, options);
    return { kind: 'scores', labels };
  },
  build(x, { tasks }, { layers }) {
    const logits = tasks.map((task) =>
      layers.within(task.name, () => logitLayers(x, task.labels.length, task, layers)),
    );
    const all = logits.length === 1 ? (logits[0] as SymbolicTensor) : layers.concatenate('tasks', logits);
    const segments = tasks.map(({ labels, activation }) => ({ width: labels.length, activation }));
    return layers.own(new TaskScores({ name: 'scores', segments })).apply(all) as SymbolicTensor;
  },
});

type Tasks = Readonly<Record<string, HeadBlock<readonly string[], 'embedding'>>>;

/** Labels with the names of their tasks before them: `genre/rock`. */
export type TaskLabel<T extends Tasks> = {
  [N in keyof T & string]: `${N}/${T[N]['labels'][number]}`;
}[keyof T & string];

/**
 * A head for several tasks at once: embedding `[batch, width]` → the scores of all tasks side by side, `[batch, label]`,
 * each with layers of its own (the multi-task network of thesis 4.2). Labels are called `task/label`; `byTask` sorts
 * tags by their tasks.
 *
 * @param tasks - a `multiLabel` or `singleLabel` head by the name of each task.
 * @throws {@link MusrepError} `bad-option` for no tasks, a name with a slash, or another kind of head.
 *
 * @example
 * ```ts
 * import { multiLabel, multiTask, singleLabel } from 'musrep';
 *
 * const head = multiTask({ genre: singleLabel(['rock', 'jazz']), mood: multiLabel(['calm', 'dark'], { hidden: 64 }) });
 * console.log(head.labels); // genre/rock, genre/jazz, mood/calm, mood/dark
 * ```
 */
export function multiTask<const T extends Tasks>(tasks: T): HeadBlock<readonly TaskLabel<T>[], 'embedding'> {
  const list = Object.entries(tasks).map(([name, head]) => taskOf(name, head));
  const labels = list.flatMap(({ name, labels: own }) => own.map((label) => `${name}/${label}` as TaskLabel<T>));
  requireLabels('multiTask', labels);
  return { ...multiTaskBlock({ labels, tasks: list }), labels };
}

function taskOf(name: string, head: HeadBlock): Task {
  const activation = ACTIVATIONS[head.name];
  if (activation === undefined) {
    throw new MusrepError(
      'bad-option',
      `multiTask '${name}': a task is multiLabel or singleLabel. Received: ${head.name}.`,
    );
  }
  if (!/^[^/]+$/.test(name)) {
    throw new MusrepError(
      'bad-option',
      `multiTask: the name of a task is not empty and has no slash. Received: '${name}'.`,
    );
  }
  return { ...(head.config as unknown as Omit<Task, 'name' | 'activation'>), name, activation };
}
