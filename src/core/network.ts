import type * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { isDifferentiating } from '../runtime/differentiation.js';
import { isNativeOnCpu } from '../runtime/native-backend.js';
import { NativeGraph } from '../runtime/native-graph/native-graph.js';
import { namingMissingKernels } from './inference.js';

/** To make a graph costs as much time as some eight calls gain by it. */
let callsBeforeGraph = 8;

/** For tests: after how many calls with batches of one size a graph is made. Gives what held before. */
export function setCallsBeforeGraph(calls: number): number {
  const before = callsBeforeGraph;
  callsBeforeGraph = calls;
  return before;
}

/** The calls with batches of one size, and what came of them; null if there is no graph for it. */
interface Calls {
  count: number;
  graph: NativeGraph | null | undefined;
}

/** A LayersModel as it is used, without training: on the native tfjs backend as a graph, once it is called often enough. */
export class Network {
  private readonly byBatchSize = new Map<number, Calls>();
  private weights: readonly object[] = [];

  constructor(readonly layers: LayersModel) {}

  /** Waveforms `[batch, sample]` → scores or embeddings. */
  apply(waveforms: tf.Tensor2D): tf.Tensor {
    const compute = () => namingMissingKernels(() => this.layers.apply(waveforms, { training: false }) as tf.Tensor);
    if (!isNativeOnCpu() || isDifferentiating() || waveforms.dtype !== 'float32') return compute();
    const calls = this.callsWith(waveforms.shape[0]);
    calls.count++;
    if (calls.graph === undefined && calls.count > callsBeforeGraph) {
      const { output, graph } = NativeGraph.of(compute, waveforms);
      calls.graph = graph ?? null;
      return output;
    }
    return calls.graph?.run(waveforms) ?? compute();
  }

  /** Frees the graphs; the layers are their owner's. */
  dispose(): void {
    for (const { graph } of this.byBatchSize.values()) graph?.dispose();
    this.byBatchSize.clear();
  }

  /** A graph is made for weights: with others, all begins anew. */
  private callsWith(batchSize: number): Calls {
    // A variable that is written gets other data.
    const weights = this.layers.weights.map((weight) => weight.read().dataId);
    if (weights.some((data, i) => data !== this.weights[i])) this.dispose();
    this.weights = weights;
    const calls = this.byBatchSize.get(batchSize) ?? { count: 0, graph: undefined };
    this.byBatchSize.set(batchSize, calls);
    return calls;
  }
}
