import { permuted } from './permute.js';
import type { NamedTensor } from './safetensors.js';

/** What PyTorch calls a variable of each role. */
const PYTORCH_ROLES: Record<string, string> = {
  kernel: 'weight',
  bias: 'bias',
  gamma: 'weight',
  beta: 'bias',
  moving_mean: 'running_mean',
  moving_variance: 'running_var',
};

/** Tensors of PyTorch's files that are computed, not learned. */
export const COMPUTED = /(num_batches_tracked|spec(trogram)?\.window|mel_scale\.fb)$/;

/** Whether a variable multiplies what comes in, and so has another layout in PyTorch; tokens and positions have not. */
export function isKernel(key: string): boolean {
  return /\/(kernel|weight_[ih]h_l\d+)$/.test(key);
}

/** `layer1/conv/kernel` → `layer1.conv.weight` */
export function pytorchName(key: string): string {
  const parts = key.split('/');
  const role = parts.pop() as string;
  // Tokens and positions belong to no module there.
  if (parts[0] === 'tokens') return role;
  return [...parts, PYTORCH_ROLES[role] ?? role].join('.');
}

/**
 * PyTorch's layout of a kernel to tfjs's, by the rank: dense [out, in] → [in, out], convolution [out, in, …space] →
 * […space, in, out].
 */
export function fromPytorchLayout(key: string, { shape, values }: NamedTensor): NamedTensor {
  const rank = shape.length;
  if (rank < 2 || !isKernel(key)) return { shape, values };
  const axes = [...Array.from({ length: rank - 2 }, (_, i) => i + 2), 1, 0];
  return { shape: axes.map((axis) => shape[axis] as number), values: permuted(values, shape, axes) };
}

/** The other way round. */
export function toPytorchLayout(key: string, { shape, values }: NamedTensor): NamedTensor {
  const rank = shape.length;
  if (rank < 2 || !isKernel(key)) return { shape, values };
  const axes = [rank - 1, rank - 2, ...Array.from({ length: rank - 2 }, (_, i) => i)];
  return { shape: axes.map((axis) => shape[axis] as number), values: permuted(values, shape, axes) };
}
