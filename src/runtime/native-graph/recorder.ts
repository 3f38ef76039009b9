import * as tf from '@tensorflow/tfjs-core';
import { keepData, releaseData } from '../kept-data.js';
import type { NativeAttr, NativeBackend } from '../native-backend.js';
import { GraphWriter } from './graph-writer.js';

/** What a graph is given at each run, and the node that it is given to. */
export interface Fed {
  readonly node: string;
  readonly tensor: tf.TensorInfo;
}

/** What is computed outside TensorFlow: from what one node gives to what another is given. */
export interface HostStep {
  readonly from: string;
  readonly to: string;
  readonly compute: HostKernel;
}

type HostKernel = (input: tf.TensorInfo) => tf.TensorInfo;

/** A computation as a graph: all that it takes to compute it again from another input. */
export interface Recording {
  readonly savedModel: Uint8Array;
  readonly input: string;
  readonly output: string;
  /** In the order in which they are taken. */
  readonly hostSteps: readonly HostStep[];
  /** Weights, and what follows from them alone; kept until they are released. */
  readonly fed: readonly Fed[];
}

/** Smaller tensors are written into the graph, which TensorFlow can then simplify; larger ones it is given, lest they lie in memory once more. */
const MOST_CONSTANT = 16384;

let active: Recorder | undefined;

/** Runs a kernel that computes outside TensorFlow, so that a graph that is being recorded knows of it. */
export function computeOnHost(input: tf.TensorInfo, compute: HostKernel): tf.TensorInfo {
  return active ? active.hostStep(input, compute) : compute(input);
}

/**
 * Runs `compute` on the native tfjs backend and writes down the ops that it takes. There is no recording if they depend on
 * values that were read in between.
 */
export function record(
  backend: NativeBackend,
  compute: () => tf.Tensor,
  input: tf.Tensor,
): { readonly output: tf.Tensor; readonly recording: Recording | undefined } {
  const recorder = new Recorder(backend, input);
  active = recorder;
  let recording: Recording | undefined;
  try {
    const output = tf.tidy(() => recorder.listen(compute));
    recording = recorder.recordingOf(output);
    return { output, recording };
  } finally {
    active = undefined;
    if (recording === undefined) releaseFed(recorder);
  }
}

/** Lets go of what a recording keeps. */
export function releaseFed({ fed }: Pick<Recording, 'fed'>): void {
  for (const { tensor } of fed) releaseData(tensor);
}

class Recorder {
  private readonly graph: GraphWriter;
  /** Where what has been computed comes from, by its data. */
  private readonly nodes = new Map<object, string>();
  readonly fed: Fed[] = [];
  private readonly hostSteps: HostStep[] = [];
  private readonly input: string;
  private isOnHost = false;
  private dependsOnValues = false;

  constructor(
    private readonly backend: NativeBackend,
    input: tf.Tensor,
  ) {
    this.graph = new GraphWriter(backend.binding);
    this.input = this.graph.placeholder(input);
    this.nodes.set(input.dataId, this.input);
  }

  /** Calls `compute` with the backend's methods replaced by ones that write down. */
  listen(compute: () => tf.Tensor): tf.Tensor {
    const { backend } = this;
    const { executeSingleOutput, executeMultipleOutputs, readSync } = backend;
    const listening: Partial<NativeBackend> = {
      executeSingleOutput: (name, attrs, inputs) => {
        const output = executeSingleOutput.call(backend, name, attrs, inputs);
        this.op(name, attrs, inputs, [output]);
        return output;
      },
      executeMultipleOutputs: (name, attrs, inputs, count) => {
        const outputs = executeMultipleOutputs.call(backend, name, attrs, inputs, count);
        this.op(name, attrs, inputs, outputs);
        return outputs;
      },
      readSync: (dataId) => {
        if (!this.isOnHost && this.nodes.has(dataId)) this.dependsOnValues = true;
        return readSync.call(backend, dataId);
      },
    };
    Object.assign(backend, listening);
    try {
      return compute();
    } finally {
      // What was assigned hid the methods of the class.
      for (const name of Object.keys(listening)) Reflect.deleteProperty(backend, name);
    }
  }

  hostStep(input: tf.TensorInfo, compute: HostKernel): tf.TensorInfo {
    this.isOnHost = true;
    try {
      const from = this.nodeOf(input);
      const output = compute(input);
      const to = this.graph.placeholder(output);
      this.nodes.set(output.dataId, to);
      this.hostSteps.push({ from, to, compute });
      return output;
    } finally {
      this.isOnHost = false;
    }
  }

  recordingOf(output: tf.Tensor): Recording | undefined {
    const { graph, input, hostSteps, fed } = this;
    const node = this.nodes.get(output.dataId);
    if (this.dependsOnValues || node === undefined) return undefined;
    return { savedModel: graph.savedModel(), input, output: node, hostSteps, fed };
  }

  private op(name: string, attrs: readonly NativeAttr[], inputs: readonly tf.TensorInfo[], outputs: tf.TensorInfo[]) {
    const from = inputs.map((input) => this.nodeOf(input));
    const node = this.graph.op(name, from, name === 'ExpandDims' ? [this.typeOf(inputs)] : attrs);
    outputs.forEach(({ dataId }, i) => {
      this.nodes.set(dataId, i === 0 ? node : `${node}:${i}`);
    });
  }

  /** The attribute that tfjs leaves out, since TensorFlow finds it by itself outside graphs. */
  private typeOf([input]: readonly tf.TensorInfo[]): NativeAttr {
    const { binding } = this.backend;
    return {
      name: 'T',
      type: binding.TF_ATTR_TYPE,
      value: input?.dtype === 'int32' ? binding.TF_INT32 : binding.TF_FLOAT,
    };
  }

  /** What does not follow from the input is written into the graph, or fed. */
  private nodeOf(info: tf.TensorInfo): string {
    const found = this.nodes.get(info.dataId);
    if (found !== undefined) return found;
    const node = tf.util.sizeFromShape(info.shape) > MOST_CONSTANT ? this.feed(info) : this.constant(info);
    this.nodes.set(info.dataId, node);
    return node;
  }

  private feed(info: tf.TensorInfo): string {
    const node = this.graph.placeholder(info);
    this.fed.push({ node, tensor: keepData(info) });
    return node;
  }

  private constant(info: tf.TensorInfo): string {
    return this.graph.constant(info, this.backend.readSync(info.dataId) as Float32Array | Int32Array | Uint8Array);
  }
}
