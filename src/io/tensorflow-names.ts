import { permuted } from './permute.js';
import type { NamedTensor } from './safetensors.js';

/**
 * TensorFlow's ε in batch normalisations, and ours. What ours lacks is added to the variance, which comes to the same:
 * √(variance + ε) is all that ε is for.
 */
const EPSILON_DIFFERENCE = 1e-3 - 1e-5;

/** Whether tensors bear the names that TensorFlow 1 gives: layers are numbered by kind, in the order they were made. */
export function isTensorflow(tensors: ReadonlyMap<string, NamedTensor>): boolean {
  return tensors.has('batch_normalization/gamma') && tensors.has('dense/kernel');
}

/** A layer of the original and the one that stands for it here. */
interface Pair {
  readonly theirs: string;
  readonly ours: string;
}

/**
 * A TensorFlow file's tensors under our names: the n-th convolution, batch normalisation and dense layer are the n-th
 * here. Where numbers differ the names that are left over stay as they are, and are refused like any that do not fit.
 *
 * @param variables - our names with their shapes, in the order in which the layers were made.
 */
export function fromTensorflow(
  variables: ReadonlyMap<string, readonly number[]>,
  tensors: ReadonlyMap<string, NamedTensor>,
): Map<string, NamedTensor> {
  const found = new Map(tensors);
  const move = (
    { theirs, ours }: Pair,
    roles: readonly string[],
    change: (x: NamedTensor, role: string) => NamedTensor,
  ) => {
    for (const role of roles) {
      const tensor = found.get(`${theirs}/${role}`);
      if (tensor === undefined) continue;
      found.delete(`${theirs}/${role}`);
      found.set(`${ours}/${role}`, change(tensor, role));
    }
  };
  const isKernel = (rank: (rank: number) => boolean) => (key: string, shape: readonly number[]) =>
    key.endsWith('/kernel') && rank(shape.length);
  const shapes = new Map([...tensors].map(([name, { shape }]) => [name, shape]));
  const pairs = (chosen: (key: string, shape: readonly number[]) => boolean): Pair[] => {
    const ours = owners(variables, chosen);
    const theirs = owners(shapes, chosen).sort((a, b) => numberOf(a) - numberOf(b));
    return theirs.slice(0, ours.length).map((name, i) => ({ theirs: name, ours: ours[i] as string }));
  };
  for (const pair of pairs(isKernel((rank) => rank > 2))) {
    const rank = variables.get(`${pair.ours}/kernel`)?.length;
    move(pair, ['kernel', 'bias'], (x, role) => (role === 'kernel' ? fromTensorflowLayout(x, rank) : x));
  }
  for (const pair of pairs(isKernel((rank) => rank === 2))) move(pair, ['kernel', 'bias'], (x) => x);
  for (const pair of pairs((key) => key.endsWith('/gamma'))) {
    move(pair, ['gamma', 'beta', 'moving_mean', 'moving_variance'], (x, role) =>
      role === 'moving_variance' ? { ...x, values: x.values.map((value) => value + EPSILON_DIFFERENCE) } : x,
    );
  }
  return found;
}

/** What stands before the last `/` of the names that are chosen. */
function owners(
  shapes: ReadonlyMap<string, readonly number[]>,
  chosen: (key: string, shape: readonly number[]) => boolean,
): string[] {
  return [...shapes].filter(([key, shape]) => chosen(key, shape)).map(([key]) => key.slice(0, key.lastIndexOf('/')));
}

/** `conv2d` → 0, `conv2d_3` → 3, `2CNN` → 2. */
function numberOf(name: string): number {
  return Number(/^(\d+)|_(\d+)$/.exec(name)?.[0].replace('_', '') ?? 0);
}

/** [time, frequency, in, out] → [frequency, time, in, out]; over time alone, where one axis is 1, → [time, in, out]. */
function fromTensorflowLayout({ shape, values }: NamedTensor, rank: number | undefined): NamedTensor {
  const [time, frequency, inputs, outputs] = shape as [number, number, number, number];
  if (rank === 3) return { shape: [time, frequency * inputs, outputs], values };
  return { shape: [frequency, time, inputs, outputs], values: permuted(values, shape, [1, 0, 2, 3]) };
}
