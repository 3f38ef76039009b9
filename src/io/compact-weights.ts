import { halfBits } from './element-types.js';
import type { EncodedTensor, NamedTensor, Safetensors } from './safetensors.js';

/**
 * How kernels are stored: as they are; in half precision; or as whole numbers from −127 to 127, each output channel with a
 * factor of its own.
 */
export type WeightType = 'float32' | 'float16' | 'int8';

/** Tells a reader that tensors with a factor are to be multiplied by it. */
const QUANTIZED = { key: 'quantization', value: 'int8' } as const;
const FACTOR = '/scale';

/** What a writer puts beside the tensors. */
export function compactMetadata(type: WeightType): Readonly<Record<string, string>> {
  return type === 'int8' ? { [QUANTIZED.key]: QUANTIZED.value } : {};
}

/** Kernels in fewer bytes; biases, scales and statistics, which are few, stay as they are. */
export function compacted(
  tensors: readonly (readonly [string, NamedTensor])[],
  type: WeightType,
): (readonly [string, NamedTensor | EncodedTensor])[] {
  return tensors.flatMap((one): (readonly [string, NamedTensor | EncodedTensor])[] => {
    const [key, tensor] = one;
    if (type === 'float32' || tensor.shape.length < 2) return [one];
    if (type === 'float16') return [[key, inHalfPrecision(tensor)]];
    const { whole, factors } = inWholeNumbers(tensor);
    return [
      [key, whole],
      [`${key}${FACTOR}`, factors],
    ];
  });
}

/** The largest number of half precision. */
const GREATEST_HALF = 65_504;

/** A tensor with a value that does not fit stays as it is. */
function inHalfPrecision(tensor: NamedTensor): NamedTensor | EncodedTensor {
  if (tensor.values.some((value) => Math.abs(value) > GREATEST_HALF)) return tensor;
  const bits = Uint16Array.from(tensor.values, halfBits);
  return { dtype: 'F16', shape: tensor.shape, bytes: new Uint8Array(bits.buffer) };
}

/** Output channels lie on the last axis. */
function inWholeNumbers({ shape, values }: NamedTensor): { whole: EncodedTensor; factors: NamedTensor } {
  const channels = shape.at(-1) as number;
  const factors = new Float32Array(channels);
  values.forEach((value, i) => {
    factors[i % channels] = Math.max(factors[i % channels] as number, Math.abs(value) / 127);
  });
  const numbers = Int8Array.from(values, (value, i) => Math.round(value / ((factors[i % channels] as number) || 1)));
  return {
    whole: { dtype: 'I8', shape, bytes: new Uint8Array(numbers.buffer) },
    factors: { shape: [channels], values: factors },
  };
}

/** The tensors as they were before, as far as they still tell. */
export function restored({ tensors, metadata }: Safetensors): ReadonlyMap<string, NamedTensor> {
  if (metadata[QUANTIZED.key] !== QUANTIZED.value) return tensors;
  const entries = [...tensors].filter(([key]) => !key.endsWith(FACTOR));
  return new Map(entries.map(([key, tensor]) => [key, multiplied(tensor, tensors.get(`${key}${FACTOR}`))]));
}

function multiplied({ shape, values }: NamedTensor, factors: NamedTensor | undefined): NamedTensor {
  if (factors === undefined) return { shape, values };
  const { length } = factors.values;
  return { shape, values: values.map((value, i) => value * (factors.values[i % length] as number)) };
}
