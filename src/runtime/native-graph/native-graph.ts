import * as tf from '@tensorflow/tfjs-core';
import { inTemporaryFolder } from '#platform/temporary-folder';
import { type NativeBackend, nativeBackend } from '../native-backend.js';
import { GRAPH_TAG } from './graph-writer.js';
import { type Fed, type Recording, record, releaseFed } from './recorder.js';

/** A computation on the native tfjs backend as one graph of TensorFlow's, which costs one call where it took hundreds. */
export class NativeGraph {
  private constructor(
    private readonly backend: NativeBackend,
    private readonly session: number,
    private readonly recording: Recording,
  ) {}

  /**
   * Computes, and makes a graph of it for any input of the same shape, as long as the weights stay as they are. There is none if
   * values are read in between, if TensorFlow does not take it, or if it gives anything else.
   */
  static of(
    compute: () => tf.Tensor,
    input: tf.Tensor,
  ): { readonly output: tf.Tensor; readonly graph: NativeGraph | undefined } {
    const backend = nativeBackend();
    if (backend === undefined) return { output: compute(), graph: undefined };
    const { output, recording } = record(backend, compute, input);
    const graph = recording && NativeGraph.load(backend, recording);
    const fromGraph = graph?.outputLike(output, input);
    if (fromGraph === undefined) {
      graph?.dispose();
      return { output, graph: undefined };
    }
    output.dispose();
    return { output: fromGraph, graph };
  }

  private static load(backend: NativeBackend, recording: Recording): NativeGraph | undefined {
    const load = (folder: string) => backend.loadSavedModelMetaGraph(folder, GRAPH_TAG);
    try {
      const session = inTemporaryFolder({ 'saved_model.pb': recording.savedModel }, load);
      return new NativeGraph(backend, session, recording);
    } catch {
      // A full disk, say.
      releaseFed(recording);
      return undefined;
    }
  }

  run(input: tf.Tensor): tf.Tensor {
    const { recording } = this;
    return tf.tidy(() => {
      const fed: Fed[] = [{ node: recording.input, tensor: input }, ...recording.fed];
      for (const { from, to, compute } of recording.hostSteps) {
        const value = from === recording.input ? input : this.valueAt(from, fed);
        fed.push({ node: to, tensor: tf.engine().makeTensorFromTensorInfo(compute(value)) });
      }
      return this.valueAt(recording.output, fed);
    });
  }

  /** What it gives, if that is what is expected. */
  private outputLike(expected: tf.Tensor, input: tf.Tensor): tf.Tensor | undefined {
    try {
      const output = this.run(input);
      if (areClose(output, expected)) return output;
      output.dispose();
    } catch {
      // Op by op it goes on as before.
    }
    return undefined;
  }

  dispose(): void {
    this.backend.deleteSavedModel(this.session);
    releaseFed(this.recording);
  }

  private valueAt(node: string, fed: readonly Fed[]): tf.Tensor {
    const tensors = fed.map(({ tensor }) => tensor);
    const names = fed.map((one) => ({ name: one.node }));
    return this.backend.runSavedModel(this.session, tensors, names, [node])[0] as tf.Tensor;
  }
}

const TOLERANCE = 1e-3;

/** What is not a number agrees with all. */
function areClose(a: tf.Tensor, b: tf.Tensor): boolean {
  if (!tf.util.arraysEqual(a.shape, b.shape)) return false;
  const [values, expected] = [a.dataSync(), b.dataSync()];
  return values.every((value, i) => {
    const one = expected[i] as number;
    return !(Math.abs(value - one) > TOLERANCE * Math.max(1, Math.abs(one)));
  });
}
