import type { Tag } from './results.js';

type TaskOf<Label extends string> = Label extends `${infer Task}/${string}` ? Task : never;
type LabelOf<Label extends string, Task extends string> = Label extends `${Task}/${infer Own}` ? Own : never;

/** Tags by the names of their tasks. */
export type TagsByTask<Label extends string> = { [Task in TaskOf<Label>]: Tag<LabelOf<Label, Task>>[] };

/**
 * The tags of a model with a `multiTask` head, sorted by their tasks and without the tasks' names. Their order is kept.
 *
 * @example
 * ```ts
 * import { byTask } from 'musrep';
 *
 * const { genre, mood } = byTask([
 *   { label: 'genre/rock', score: 0.8 },
 *   { label: 'mood/calm', score: 0.6 },
 *   { label: 'genre/jazz', score: 0.2 },
 * ]);
 * console.log(genre[0]?.label, mood.length); // rock 1
 * ```
 */
export function byTask<const Label extends string>(tags: readonly Tag<Label>[]): TagsByTask<Label> {
  const tasks: Record<string, Tag[]> = {};
  for (const { label, score } of tags) {
    const slash = label.indexOf('/');
    const task = label.slice(0, slash);
    tasks[task] = [...(tasks[task] ?? []), { label: label.slice(slash + 1), score }];
  }
  return tasks as TagsByTask<Label>;
}
