import { unzipSync } from 'fflate';
import { MusrepError, reasonOf } from '../core/errors.js';
import { ELEMENT_TYPES, readElements } from './element-types.js';
import type { NamedTensor } from './safetensors.js';
import { type Pickled, PickledName, type PickleHost, unpickle } from './unpickle.js';

/** PyTorch's storages by the element type that they hold. */
const STORAGES: Readonly<Record<string, string>> = {
  'torch.FloatStorage': 'F32',
  'torch.DoubleStorage': 'F64',
  'torch.HalfStorage': 'F16',
  'torch.BFloat16Storage': 'BF16',
  'torch.LongStorage': 'I64',
  'torch.IntStorage': 'I32',
  'torch.ShortStorage': 'I16',
  'torch.CharStorage': 'I8',
  'torch.ByteStorage': 'U8',
  'torch.BoolStorage': 'BOOL',
};

const CALLS = ['collections.OrderedDict', 'torch._utils._rebuild_tensor_v2', 'torch._utils._rebuild_parameter'];

/** Where a tensor's values lie: in a storage that may come after the pickle. */
interface TensorPlan {
  readonly storage: StorageRef;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
}

class StorageRef {
  constructor(
    readonly key: string,
    readonly dtype: string,
  ) {}
}

/**
 * Reads the tensors of a file that `torch.save` wrote, today's or from before version 1.6: a state dict, or a checkpoint
 * that holds one under `state_dict`.
 *
 * @throws {@link MusrepError} `bad-weights` for a damaged file, one without tensors, and a pickle that asks for anything
 * beyond tensors in plain containers.
 */
export function readPytorchFile(bytes: Uint8Array): Map<string, NamedTensor> {
  const { state, storage } = isZip(bytes) ? openZip(bytes) : openLegacy(bytes);
  const tensors = new Map<string, NamedTensor>();
  for (const [name, plan] of tensorsOf(state))
    tensors.set(name, { shape: plan.shape, values: gather(name, plan, storage) });
  return tensors;
}

interface Opened {
  readonly state: Pickled;
  readonly storage: (ref: StorageRef) => Uint8Array;
}

function isZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b;
}

/** Since PyTorch 1.6: a zip archive of a pickle and one file a storage. */
function openZip(bytes: Uint8Array): Opened {
  let files: Record<string, Uint8Array>;
  try {
    files = unzipSync(bytes);
  } catch (cause) {
    throw new MusrepError('bad-weights', `The file is a damaged zip archive: ${reasonOf(cause)}`, { cause });
  }
  const pickle = Object.keys(files).find((name) => name.endsWith('/data.pkl'));
  if (pickle === undefined) throw notPytorch('the archive holds no data.pkl');
  const folder = pickle.slice(0, -'data.pkl'.length);
  return {
    state: unpickle(files[pickle] as Uint8Array, 0, HOST).value,
    storage: ({ key }) => files[`${folder}data/${key}`] ?? new Uint8Array(0),
  };
}

const LEGACY_MAGIC = 0x1950a86a20f9469cfc6cn;

/** Before: five pickles (a magic number, a version, the machine, the state, the storages' keys), then the storages. */
function openLegacy(bytes: Uint8Array): Opened {
  const dtypes = new Map<string, string>();
  const host: PickleHost = {
    ...HOST,
    load(reference) {
      const ref = HOST.load(reference) as StorageRef;
      dtypes.set(ref.key, ref.dtype);
      return ref;
    },
  };
  let at = 0;
  const next = () => {
    const { value, end } = unpickle(bytes, at, host);
    at = end;
    return value;
  };
  if (bytes[0] !== 0x80 || next() !== LEGACY_MAGIC) throw notPytorch('it begins like none');
  next();
  next();
  const state = next();
  const keys = next();
  if (!Array.isArray(keys)) throw notPytorch('it lists no storages');
  const storages = new Map<string, Uint8Array>();
  for (const key of keys.map(String)) {
    const size = ELEMENT_TYPES[dtypes.get(key) ?? '']?.bytes ?? 0;
    if (at + 8 > bytes.length) break;
    const end = at + 8 + Number(new DataView(bytes.buffer, bytes.byteOffset + at, 8).getBigUint64(0, true)) * size;
    storages.set(key, bytes.subarray(at + 8, end));
    at = end;
  }
  return { state, storage: ({ key }) => storages.get(key) ?? new Uint8Array(0) };
}

const HOST: PickleHost = {
  allows: (name) => CALLS.includes(name) || name in STORAGES,
  call(name, args) {
    if (name === 'collections.OrderedDict') return new Map();
    if (name === 'torch._utils._rebuild_parameter') return args[0] as Pickled;
    const [storage, offset, shape, strides] = args;
    const sound = isCount(offset) && isCounts(shape) && isCounts(strides) && shape.length === strides.length;
    if (!(storage instanceof StorageRef) || !sound) throw notPytorch('a tensor has no storage, shape or strides');
    return { storage, offset, shape, strides } satisfies TensorPlan;
  },
  load(reference) {
    const [kind, type, key] = Array.isArray(reference) ? reference : [];
    const dtype = type instanceof PickledName ? STORAGES[type.name] : undefined;
    if (kind !== 'storage' || dtype === undefined) throw notPytorch('it refers to what is no storage');
    return new StorageRef(String(key), dtype);
  },
};

function isCount(value: Pickled | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isCounts(value: Pickled | undefined): value is number[] {
  return Array.isArray(value) && value.every(isCount);
}

function tensorsOf(state: Pickled): [string, TensorPlan][] {
  const map = state instanceof Map ? ((state.get('state_dict') as Pickled | undefined) ?? state) : undefined;
  const entries = map instanceof Map ? [...map] : [];
  const tensors = entries.filter(([, value]) => isPlan(value));
  if (tensors.length > 0) return tensors as [string, TensorPlan][];
  const keys = entries.slice(0, 5).map(([key]) => String(key));
  throw new MusrepError(
    'bad-weights',
    `The file holds no state dict: expected tensors by name. Received: ${keys.length > 0 ? keys.join(', ') : 'no dictionary'}.`,
  );
}

function isPlan(value: Pickled): value is TensorPlan {
  return typeof value === 'object' && value !== null && 'storage' in value;
}

function gather(
  name: string,
  { storage: ref, offset, shape, strides }: TensorPlan,
  storage: Opened['storage'],
): Float32Array {
  const count = shape.reduce((product, size) => product * size, 1);
  const last = shape.reduce((at, size, axis) => at + (size - 1) * (strides[axis] as number), offset);
  const { bytes: size } = ELEMENT_TYPES[ref.dtype] as (typeof ELEMENT_TYPES)[string];
  const bytes = storage(ref);
  if (count > 0 && (last + 1) * size > bytes.length) {
    throw new MusrepError(
      'bad-weights',
      `The file ends early: '${name}' needs ${(last + 1) * size} bytes of its storage, which has ${bytes.length}.`,
    );
  }
  const values = readElements(bytes.subarray(offset * size, (last + 1) * size), ref.dtype);
  return isContiguous(shape, strides) ? values : strided(values, shape, strides);
}

function isContiguous(shape: readonly number[], strides: readonly number[]): boolean {
  let expected = 1;
  return shape.every((_, i) => {
    const axis = shape.length - 1 - i;
    const fits = shape[axis] === 1 || strides[axis] === expected;
    expected *= shape[axis] as number;
    return fits;
  });
}

function strided(values: Float32Array, shape: readonly number[], strides: readonly number[]): Float32Array {
  const count = shape.reduce((product, size) => product * size, 1);
  return Float32Array.from({ length: count }, (_, flat) => {
    let rest = flat;
    let at = 0;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at += (rest % (shape[axis] as number)) * (strides[axis] as number);
      rest = Math.floor(rest / (shape[axis] as number));
    }
    return values[at] as number;
  });
}

function notPytorch(reason: string): MusrepError {
  return new MusrepError('bad-weights', `Not a file that torch.save wrote: ${reason}.`);
}
