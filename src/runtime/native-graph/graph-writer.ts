import type * as tf from '@tensorflow/tfjs-core';
import type { AttrType, AttrValue, NativeAttr, NativeBackend } from '../native-backend.js';
import { floatField, intField, joinBytes, messageField, textField } from './protobuf.js';

/** TensorFlow's numbers of the types that tensors have (`types.proto`). */
const DATA_TYPES: Readonly<Partial<Record<tf.DataType, number>>> = { float32: 1, int32: 3, bool: 10 };

/** The version of graphs that TensorFlow 2.15 writes. */
const PRODUCER = 1645;

/** The tag under which the graph lies in its SavedModel. */
export const GRAPH_TAG = 'serve';

/** Writes a graph of TensorFlow's ops, node by node (`graph.proto`, `node_def.proto`, `attr_value.proto`). */
export class GraphWriter {
  private readonly nodes: Uint8Array[] = [];

  constructor(private readonly binding: NativeBackend['binding']) {}

  /** A tensor that each run is given. Gives the node's name, as all methods. */
  placeholder({ dtype, shape }: tf.TensorInfo): string {
    return this.node('Placeholder', [], [attrOf('dtype', typeValue(dtype)), attrOf('shape', shapeValue(shape))]);
  }

  constant({ dtype, shape }: tf.TensorInfo, values: Int32Array | Uint8Array | Float32Array): string {
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    const tensor = [intField(1, dataType(dtype)), messageField(2, ...dimensions(shape)), messageField(4, bytes)];
    return this.node('Const', [], [attrOf('dtype', typeValue(dtype)), attrOf('value', messageField(8, ...tensor))]);
  }

  /** @param inputs - names of nodes, of a later output than the first with `:` and its number. */
  op(type: string, inputs: readonly string[], attrs: readonly NativeAttr[]): string {
    return this.node(
      type,
      inputs,
      attrs.map((attr) => attrOf(attr.name, this.valueOf(attr))),
    );
  }

  /** The file `saved_model.pb`. */
  savedModel(): Uint8Array {
    const graph = messageField(2, ...this.nodes, messageField(4, intField(1, PRODUCER)));
    const metaGraph = messageField(2, messageField(1, textField(4, GRAPH_TAG)), graph);
    return joinBytes([intField(1, 1), metaGraph]);
  }

  private node(type: string, inputs: readonly string[], attrs: readonly Uint8Array[]): string {
    const name = `${type}_${this.nodes.length}`;
    const fields = [textField(1, name), textField(2, type), ...inputs.map((input) => textField(3, input)), ...attrs];
    this.nodes.push(messageField(1, ...fields));
    return name;
  }

  private valueOf({ type, value }: NativeAttr): Uint8Array {
    const kind = ATTR_TYPES.find((one) => this.binding[`TF_ATTR_${one}`] === type);
    if (kind === undefined) throw new Error(`An attribute of type ${type} is not known.`);
    if (kind === 'SHAPE') return shapeValue(value as readonly number[]);
    if (!isList(value)) return ATTR_FIELDS[kind](value);
    return messageField(1, ...value.map(ATTR_FIELDS[kind]));
  }
}

const ATTR_TYPES: readonly AttrType[] = ['STRING', 'INT', 'FLOAT', 'BOOL', 'TYPE', 'SHAPE'];

/** The field numbers are the same in a value and in a list of values. */
const ATTR_FIELDS: Readonly<Record<Exclude<AttrType, 'SHAPE'>, (value: AttrValue) => Uint8Array>> = {
  STRING: (value) => textField(2, String(value)),
  INT: (value) => intField(3, Number(value)),
  FLOAT: (value) => floatField(4, Number(value)),
  BOOL: (value) => intField(5, Boolean(value)),
  TYPE: (value) => intField(6, Number(value)),
};

function isList(value: NativeAttr['value']): value is readonly AttrValue[] {
  return Array.isArray(value);
}

function attrOf(name: string, value: Uint8Array): Uint8Array {
  return messageField(5, textField(1, name), messageField(2, value));
}

function typeValue(dtype: tf.DataType): Uint8Array {
  return intField(6, dataType(dtype));
}

function shapeValue(shape: readonly number[]): Uint8Array {
  return messageField(7, ...dimensions(shape));
}

function dimensions(shape: readonly number[]): Uint8Array[] {
  return shape.map((size) => messageField(2, intField(1, size)));
}

function dataType(dtype: tf.DataType): number {
  const type = DATA_TYPES[dtype];
  if (type === undefined) throw new Error(`Tensors of type ${dtype} have no place in a graph.`);
  return type;
}
