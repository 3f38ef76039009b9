import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AudioModel } from '../../src/core/model.js';
import { setCallsBeforeGraph } from '../../src/core/network.js';
import { uniforms } from '../../src/core/random.js';
import { variablesOf } from '../../src/core/variables.js';
import { type NativeBackend, nativeBackend } from '../../src/runtime/native-backend.js';
import { NativeGraph } from '../../src/runtime/native-graph/native-graph.js';
import { requireClose } from '../harness/compare.js';
import { SMALL_ARCHITECTURES, type SmallArchitecture } from '../harness/small-architectures.js';
import { settle, smallModel } from '../harness/small-model.js';
import { AVAILABLE, ON_BACKEND, startBackend } from '../harness/tfjs-backend.js';

const TOLERANCE = 1e-6;
const CALLS = 2;

const windowsOf = (model: AudioModel, count: number, seed = 1): tf.Tensor2D =>
  tf.tensor2d(
    Float32Array.from(uniforms('graphs', seed, count * model.samples), (u) => u - 0.5),
    [count, model.samples],
  );

/** The scores of the next call. */
function scoresOf(model: AudioModel, x: tf.Tensor2D): Float32Array {
  const { numTensors } = tf.memory();
  const scores = model.predict(x);
  const values = scores.dataSync() as Float32Array;
  scores.dispose();
  expect(tf.memory().numTensors).toBe(numTensors);
  return values;
}

const backend = () => nativeBackend() as NativeBackend;
/** Counts the runs of graphs from now on. */
const countRuns = () => vi.spyOn(backend(), 'runSavedModel').mockClear();
/** Sessions are TensorFlow's, so that their number is its too. */
const sessions = () => (backend() as unknown as { getNumOfSavedModels(): number }).getNumOfSavedModels();

describe.skipIf(!AVAILABLE)(`graphs ${ON_BACKEND}`, () => {
  beforeAll(startBackend);
  beforeEach(() => {
    setCallsBeforeGraph(CALLS);
  });
  afterEach(() => {
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
  });

  /** The scores of the first call, which is computed op by op, and of the calls from a graph. */
  function firstAndLater(model: AudioModel, x: tf.Tensor2D) {
    const first = scoresOf(model, x);
    const runs = countRuns();
    for (let i = 1; i < CALLS; i++) scoresOf(model, x);
    expect(runs).not.toHaveBeenCalled();
    const later = scoresOf(model, x);
    expect(runs).toHaveBeenCalled();
    return { first, later };
  }

  for (const name of Object.keys(SMALL_ARCHITECTURES) as SmallArchitecture[]) {
    it(`give the same scores: ${name}`, () => {
      const temporary = mkdtempSync(join(tmpdir(), 'musrep-graphs-'));
      vi.stubEnv('TMPDIR', temporary);
      const before = { ...tf.memory(), sessions: sessions() };
      const model = SMALL_ARCHITECTURES[name]();
      settle(model);
      for (const count of [1, 2]) {
        const x = windowsOf(model, count);
        const { first, later } = firstAndLater(model, x);
        requireClose(`${name}, ${count}`, later, first, TOLERANCE);
        const [other, others] = [windowsOf(model, count, 2), countRuns()];
        const scores = scoresOf(model, other);
        expect(others).toHaveBeenCalled();
        expect(scores).not.toEqual(later);
        tf.dispose([x, other]);
      }
      expect(sessions()).toBe(before.sessions + 2);
      model.dispose();
      const { numTensors, numBytes, numDataBuffers } = tf.memory();
      expect({ numTensors, numBytes, numDataBuffers, sessions: sessions() }).toEqual({
        numTensors: before.numTensors,
        numBytes: before.numBytes,
        numDataBuffers: before.numDataBuffers,
        sessions: before.sessions,
      });
      // Throws unless it is empty.
      rmdirSync(temporary);
    });
  }

  it('follow the weights', () => {
    const [model, same] = [smallModel(), smallModel()];
    const x = windowsOf(model, 1);
    const { later } = firstAndLater(model, x);
    for (const one of [model, same]) settle(one);
    const changed = scoresOf(model, x);
    expect(changed).toEqual(scoresOf(same, x));
    expect(changed).not.toEqual(later);
    // One variable alone, once there is a graph again.
    const runs = countRuns();
    for (let i = 0; i < CALLS; i++) scoresOf(model, x);
    expect(runs).toHaveBeenCalled();
    for (const one of [model, same]) {
      const bias = [...variablesOf(one.layersModel).values()].at(-1);
      bias?.write(tf.tidy(() => tf.add(bias.read(), 1)));
    }
    expect(scoresOf(model, x)).toEqual(scoresOf(same, x));
    for (const one of [model, same]) one.dispose();
    x.dispose();
  });

  it('leave gradients alone', () => {
    const model = smallModel();
    const x = windowsOf(model, 1);
    const gradient = () =>
      tf.tidy(() =>
        tf
          .grad((y) => tf.sum(model.predict(y as tf.Tensor2D)))(x)
          .dataSync(),
      );
    const expected = gradient();
    firstAndLater(model, x);
    expect(gradient()).toEqual(expected);
    model.dispose();
    x.dispose();
  });

  it('serve embeddings and scores, window by window and for whole clips', async () => {
    const model = smallModel();
    const samples = Float32Array.from(uniforms('clip', 1, 12 * model.samples), (u) => u - 0.5);
    const clip = { samples, sampleRate: model.sampleRate };
    setCallsBeforeGraph(Number.POSITIVE_INFINITY);
    const eager = await model.embed(clip, { batchSize: 1 });
    setCallsBeforeGraph(CALLS);
    const runs = countRuns();
    const { embeddings } = await model.embed(clip, { batchSize: 1 });
    expect(runs).toHaveBeenCalled();
    embeddings.forEach((row, i) => {
      requireClose(`window ${i}`, row, eager.embeddings[i] as Float32Array, TOLERANCE);
    });
    model.dispose();
  });

  it('are done without where nothing can be written', () => {
    vi.stubEnv('TMPDIR', '/nowhere/at/all');
    const model = smallModel();
    const x = windowsOf(model, 1);
    const [first, numTensors] = [scoresOf(model, x), tf.memory().numTensors];
    for (let i = 0; i < CALLS + 3; i++) expect(scoresOf(model, x)).toEqual(first);
    expect(tf.memory().numTensors).toBe(numTensors);
    model.dispose();
    x.dispose();
  });

  it('are left aside where they give something else, or nothing', () => {
    const original = backend().runSavedModel;
    const failures: (typeof original)[] = [
      (...call) => original.apply(backend(), call).map((one) => tf.add(one, 0.1)),
      () => {
        throw new Error('out of memory');
      },
    ];
    for (const failure of failures) {
      const model = smallModel();
      const [x, before] = [windowsOf(model, 1), sessions()];
      const first = scoresOf(model, x);
      vi.spyOn(backend(), 'runSavedModel').mockImplementation(failure);
      for (let i = 0; i < CALLS + 2; i++) expect(scoresOf(model, x)).toEqual(first);
      expect(sessions()).toBe(before);
      vi.restoreAllMocks();
      model.dispose();
      x.dispose();
    }
  });

  it('take floats only', () => {
    const model = smallModel();
    const whole = tf.ones([1, model.samples], 'int32') as tf.Tensor2D;
    const x = tf.cast(whole, 'float32');
    const { later } = firstAndLater(model, x);
    requireClose('scores', scoresOf(model, whole), later, TOLERANCE);
    model.dispose();
    tf.dispose([x, whole]);
  });

  it('take what is computed on the host from inside the computation too', () => {
    const model = smallModel();
    const quieter = (x: tf.Tensor) => tf.tidy(() => model.predict(tf.mul(x, 0.25) as tf.Tensor2D));
    const [x, other] = [windowsOf(model, 1), windowsOf(model, 1, 2)];
    setCallsBeforeGraph(Number.POSITIVE_INFINITY);
    const { output, graph } = NativeGraph.of(() => quieter(x), x);
    const [again, expected] = [graph?.run(other), quieter(other)];
    requireClose('scores', again?.dataSync() as Float32Array, expected.dataSync(), TOLERANCE);
    graph?.dispose();
    model.dispose();
    tf.dispose([x, other, output, again as tf.Tensor, expected]);
  });

  it('are not made of what depends on values that were read, or on nothing that was given', () => {
    const x = tf.tensor1d([1, 2, 3]);
    const numTensors = tf.memory().numTensors;
    const weight = tf.ones([20_000]);
    const read = NativeGraph.of(() => tf.mul(weight, tf.square(x).dataSync()[0] as number), x);
    const constant = NativeGraph.of(() => tf.ones([3]), x);
    expect([read.graph, constant.graph]).toEqual([undefined, undefined]);
    const broken = () => {
      tf.square(weight);
      throw new Error('broken');
    };
    expect(() => NativeGraph.of(broken, x)).toThrow('broken');
    tf.dispose([read.output, constant.output, weight]);
    expect(tf.memory().numTensors).toBe(numTensors);
    x.dispose();
  });
});
