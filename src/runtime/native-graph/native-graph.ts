import * as tf from '@tensorflow/tfjs-core';
import { inTemporaryFolder } from '#platform/temporary-folder';
import { type NativeBackend, nativeBackend } from '../native-backend.js';
import { GRAPH_TAG } from './graph-writer.js';
import { type Fed, type Recording, record, releaseFed } from './recorder.js';

/**
 * A computation on the native tfjs backend as one graph of TensorFlow's, which costs one call where it took hundreds, and of
 * which TensorFlow computes bias and activation together with the convolution before them.
 */
export class NativeGraph {
  private constructor(
    private readonly backend: NativeBackend,
    private readonly session: number,
    private readonly recording: Recording,
  ) {}

  /**
   * The graph of a computation, for any input of the same shape as long as the weights stay as they are; the computation is done
   * once to see what it takes. There is none if values are read in between, or if TensorFlow does not take it.
   */
  static of(compute: () => tf.Tensor, input: tf.Tensor): NativeGraph | undefined {
    const backend = nativeBackend();
    const recording = backend && record(backend, compute, input);
    return recording && NativeGraph.load(backend, recording);
  }

  private static load(backend: NativeBackend, recording: Recording): NativeGraph | undefined {
    const load = (folder: string) => backend.loadSavedModelMetaGraph(folder, GRAPH_TAG);
    try {
      const session = inTemporaryFolder({ 'saved_model.pb': recording.savedModel }, load);
      return new NativeGraph(backend, session, recording);
    } catch {
      // A full disk, say. Op by op it goes on as before.
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
