import { MusrepError } from '../core/errors.js';

/** What a pickle may hold here: plain values and containers, names of types, and what the caller makes of a call. */
export type Pickled = null | boolean | number | bigint | string | readonly Pickled[] | Map<Pickled, Pickled> | object;

/** What a pickle may ask for beyond plain values. */
export interface PickleHost {
  /** Whether `module.name` may be named at all. */
  allows(name: string): boolean;
  /** Called for a named function with its arguments. */
  call(name: string, args: readonly Pickled[]): Pickled;
  /** What a persistent reference stands for. */
  load(reference: Pickled): Pickled;
}

/** A function or type that a pickle has named. */
export class PickledName {
  constructor(readonly name: string) {}
}

/**
 * Reads one pickle without executing anything: only the host's few names can be called, and whatever else a pickle asks
 * for is refused by its name.
 *
 * @returns the value, and where the pickle ends.
 * @throws {@link MusrepError} `bad-weights`.
 */
export function unpickle(bytes: Uint8Array, start: number, host: PickleHost): { value: Pickled; end: number } {
  const machine = new PickleMachine(bytes, start, host);
  return { value: machine.run(), end: machine.at };
}

const MARK = Symbol('mark');

class PickleMachine {
  private readonly view: DataView;
  private readonly stack: (Pickled | typeof MARK)[] = [];
  private readonly memo = new Map<number, Pickled>();

  constructor(
    private readonly bytes: Uint8Array,
    public at: number,
    private readonly host: PickleHost,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  run(): Pickled {
    try {
      for (;;) {
        const code = this.view.getUint8(this.at++);
        if (code === STOP) return this.pop();
        const operation = OPERATIONS[code];
        if (operation === undefined) throw refused(`it holds the instruction ${code}, which tensors do not need`);
        operation(this);
      }
    } catch (error) {
      if (error instanceof RangeError) throw refused('it ends early');
      throw error;
    }
  }

  push(value: Pickled): void {
    this.stack.push(value);
  }

  mark(): void {
    this.stack.push(MARK);
  }

  pop(): Pickled {
    const value = this.stack.pop();
    if (value === undefined || value === MARK) throw refused('its stack is empty where a value is needed');
    return value;
  }

  popMany(count: number): Pickled[] {
    return Array.from({ length: count }, () => this.pop()).reverse();
  }

  popToMark(): Pickled[] {
    const from = this.stack.lastIndexOf(MARK);
    if (from < 0) throw refused('it lacks a mark');
    return this.stack.splice(from).slice(1) as Pickled[];
  }

  integer(size: 1 | 2 | 4): number {
    const value =
      size === 1
        ? this.view.getUint8(this.at)
        : size === 2
          ? this.view.getUint16(this.at, true)
          : this.view.getUint32(this.at, true);
    this.at += size;
    return value;
  }

  signed32(): number {
    this.at += 4;
    return this.view.getInt32(this.at - 4, true);
  }

  float64(): number {
    this.at += 8;
    return this.view.getFloat64(this.at - 8);
  }

  /** Two's complement of any length. */
  long(length: number): number | bigint {
    const part = this.take(length);
    let value = 0n;
    for (let i = length - 1; i >= 0; i--) value = value * 256n + BigInt(part[i] as number);
    if (length > 0 && (part[length - 1] as number) > 127) value -= 256n ** BigInt(length);
    return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  }

  text(length: number): string {
    return new TextDecoder().decode(this.take(length));
  }

  line(): string {
    const end = this.bytes.indexOf(10, this.at);
    if (end < 0) throw refused('it ends early');
    const text = this.text(end - this.at);
    this.at++;
    return text;
  }

  private take(length: number): Uint8Array {
    if (this.at + length > this.bytes.length) throw refused('it ends early');
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  name(module: Pickled, name: Pickled): void {
    const full = `${module}.${name}`;
    if (!this.host.allows(full)) throw refused(`it asks for ${full}, which is no tensor; nothing was executed`);
    this.push(new PickledName(full));
  }

  call(): void {
    const [callee, args] = this.popMany(2);
    if (!(callee instanceof PickledName) || !Array.isArray(args)) throw refused('it calls what has no name');
    this.push(this.host.call(callee.name, args));
  }

  load(): void {
    this.push(this.host.load(this.pop()));
  }

  remember(index = this.memo.size): void {
    const value = this.pop();
    this.memo.set(index, value);
    this.push(value);
  }

  recall(index: number): void {
    const value = this.memo.get(index);
    if (value === undefined) throw refused('it recalls what it did not say');
    this.push(value);
  }

  setItems(pairs: readonly Pickled[]): void {
    const map = this.pop();
    if (!(map instanceof Map)) throw refused('it sets an item of what is no dictionary');
    for (let i = 0; i + 1 < pairs.length; i += 2) map.set(pairs[i] as Pickled, pairs[i + 1] as Pickled);
    this.push(map);
  }

  append(values: readonly Pickled[]): void {
    const list = this.pop();
    if (!Array.isArray(list)) throw refused('it appends to what is no list');
    list.push(...values);
    this.push(list);
  }
}

const STOP = 0x2e;

/** The instructions that tensors in plain containers need, by their codes. */
const OPERATIONS: Readonly<Record<number, (machine: PickleMachine) => void>> = {
  128: (m) => void m.integer(1), // protocol
  149: (m) => void m.float64(), // frame: eight bytes of length
  40: (m) => m.mark(),
  78: (m) => m.push(null),
  136: (m) => m.push(true),
  137: (m) => m.push(false),
  75: (m) => m.push(m.integer(1)),
  77: (m) => m.push(m.integer(2)),
  74: (m) => m.push(m.signed32()),
  138: (m) => m.push(m.long(m.integer(1))),
  71: (m) => m.push(m.float64()),
  88: (m) => m.push(m.text(m.integer(4))),
  140: (m) => m.push(m.text(m.integer(1))),
  85: (m) => m.push(m.text(m.integer(1))),
  125: (m) => m.push(new Map()),
  93: (m) => m.push([]),
  41: (m) => m.push([]),
  133: (m) => m.push(m.popMany(1)),
  134: (m) => m.push(m.popMany(2)),
  135: (m) => m.push(m.popMany(3)),
  116: (m) => m.push(m.popToMark()),
  97: (m) => m.append(m.popMany(1)),
  101: (m) => m.append(m.popToMark()),
  115: (m) => m.setItems(m.popMany(2)),
  117: (m) => m.setItems(m.popToMark()),
  113: (m) => m.remember(m.integer(1)),
  114: (m) => m.remember(m.integer(4)),
  148: (m) => m.remember(),
  104: (m) => m.recall(m.integer(1)),
  106: (m) => m.recall(m.integer(4)),
  99: (m) => m.name(m.line(), m.line()),
  147: (m) => m.name(...(m.popMany(2) as [Pickled, Pickled])),
  82: (m) => m.call(),
  81: (m) => m.load(),
  98: (m) => void m.pop(), // attributes of a container, such as a state dict's versions: of no use here
};

function refused(reason: string): MusrepError {
  return new MusrepError('bad-weights', `The pickle is refused: ${reason}.`);
}
