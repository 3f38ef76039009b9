import type * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, model as layersModelOf } from '@tensorflow/tfjs-layers';
import type { AudioStream } from '../audio/audio-stream.js';
import type { Clip } from '../audio/clip.js';
import { LiveWindows } from '../audio/live-windows.js';
import { hoppedWindows, plannedWindows, type WindowPlan, type Windows } from '../audio/windows.js';
import { assignWeights } from '../io/assign-weights.js';
import { restored } from '../io/compact-weights.js';
import { writeLayersModel } from '../io/layers-model.js';
import { pytorchWeights, saveModel } from '../io/model-folder.js';
import { readSafetensors } from '../io/safetensors.js';
import { type ByteSource, readSource } from '../platform/byte-source.js';
import type { Folder } from '../platform/folder.js';
import { requireTfjsBackend } from '../runtime/tfjs-backend.js';
import type { ModelCard } from './card.js';
import { requireChoice } from './config.js';
import { type Clips, runEach, runLive } from './each.js';
import { MusrepError } from './errors.js';
import { buildGraph, type ModelPart } from './graph.js';
import type { HeadKind } from './head.js';
import { byFrame, meanOf, runWindows, type WindowRows } from './inference.js';
import { Network } from './network.js';
import type { HopOptions, ListenOptions, RunOptions, SaveOptions, TagOptions, WithoutProgress } from './options.js';
import { type LiveScores, rankTags, type Taggram, type Tags, type WindowEmbeddings } from './results.js';
import type { ModelSpec } from './spec.js';
import { summaryOf } from './summary.js';

/** A model with any head. */
export type AnyAudioModel = AudioModel<readonly string[], HeadKind>;

/** What `predict` gives. */
export type Prediction<G extends HeadKind> = G extends 'frameScores' ? tf.Tensor3D : tf.Tensor2D;

/**
 * A model of music: waveform → embedding → one score per label. Made by `audioModel(…)….build()`, by a preset such as
 * `MusiCNN`, or by `loadModel`.
 *
 * @typeParam L - the labels, in the order of the scores.
 * @typeParam G - what the head gives: `scores` of a window, `frameScores` of each frame, or a bare `embedding`.
 */
export class AudioModel<const L extends readonly string[] = readonly string[], G extends HeadKind = 'scores'> {
  /** The labels, in the order of the scores. */
  readonly labels: L;
  /** In hertz. */
  readonly sampleRate: number;
  /** Samples a window. */
  readonly samples: number;
  /** The chain of blocks that the model was built from. */
  readonly spec: ModelSpec<L, G>;
  /** What is known of the weights: training data, scores, licence, citation; absent for a model of one's own. */
  card: ModelCard | undefined;
  /** The blocks with what each gives, the layers that it has made, and its parameters. */
  readonly parts: readonly ModelPart[];
  private readonly tagger: Network;
  private readonly embedder: Network;
  private disposed = false;

  /** @throws {@link MusrepError} `no-tfjs-backend` before `useTfjsBackend`; `bad-shape` if the blocks' sizes do not fit. */
  constructor(spec: ModelSpec<L, G>) {
    requireTfjsBackend();
    this.spec = spec;
    this.labels = spec.head.labels;
    this.sampleRate = spec.sampleRate;
    this.samples = spec.samples;
    const { input, embedding, scores, parts } = buildGraph(spec);
    this.parts = parts;
    this.tagger = new Network(layersModelOf({ inputs: input, outputs: scores }));
    this.embedder = new Network(layersModelOf({ inputs: input, outputs: embedding }));
  }

  /** The tfjs model inside, for `summary()`, tfjs-vis and the tfjs converter. */
  get layersModel(): LayersModel {
    this.requireAlive();
    return this.tagger.layers;
  }

  /** The model as a table for people: what each block gives, and how many parameters it has. */
  summary(): string {
    return summaryOf(this.spec, this.parts);
  }

  /**
   * Tags a clip, or audio of any length from `openAudio`: the mean score of equally spaced windows, most probable first
   * (thesis 3.3.4). A clip shorter than a window is padded with silence, and `paddedSeconds` of the result says by how
   * much. Audio whose file does not state its length (Ogg) is decoded twice: the windows depend on it.
   *
   * @throws {@link MusrepError} `bad-audio` for a clip without samples or with samples that are not finite.
   *
   * @example
   * ```ts
   * import { loadAudio, MusiCNN } from 'musrep';
   *
   * const model = await MusiCNN.pretrained('mtat');
   * const tags = await model.tag(await loadAudio('song.mp3'), { top: 5 });
   * console.table(tags);
   * ```
   */
  async tag(audio: Clip | AudioStream, options: TagOptions = {}): Promise<Tags<L>> {
    this.requireLabels('tag');
    const { top = this.labels.length } = options;
    const { rows, paddedSeconds } = await this.run(this.tagger, audio, this.tagPlan(options), options);
    return rankTags(this.labels, meanOf(rows), top, paddedSeconds);
  }

  /**
   * Tags many clips, in order. Windows of several clips share a batch, and the next clip is asked for only when it is
   * needed: a decoder behind the iterator is never far ahead.
   *
   * @throws {@link MusrepError} as {@link AudioModel.tag}, at the clip that is bad.
   */
  async *tagEach(clips: Clips, options: WithoutProgress<TagOptions> = {}): AsyncGenerator<Tags<L>, void> {
    this.requireLabels('tagEach');
    const { top = this.labels.length } = options;
    const plan = this.tagPlan(options);
    const cut = (clip: Clip) => plannedWindows(clip, this.window, plan);
    for await (const { rows, paddedSeconds } of this.each(this.tagger, clips, cut, options)) {
      yield rankTags(this.labels, meanOf(rows), top, paddedSeconds);
    }
  }

  /**
   * Scores over time: one row per window, windows starting every `hopSeconds` as long as they fit into the clip; of a
   * model with `frameLabels` one row per frame.
   *
   * @throws {@link MusrepError} as {@link AudioModel.tag}.
   */
  async taggram(audio: Clip | AudioStream, options: HopOptions = {}): Promise<Taggram<L>> {
    this.requireLabels('taggram');
    const hop = this.hop(options);
    const { rows, ...where } = await this.run(this.tagger, audio, { hop }, options);
    return { ...where, labels: this.labels, scores: rows };
  }

  /**
   * Embeddings, the back end's output: one per window (of a model with `frameLabels` one per frame), or with
   * `{ pool: 'mean' }` their mean.
   *
   * @throws {@link MusrepError} as {@link AudioModel.tag}.
   */
  async embed(audio: Clip | AudioStream, options: HopOptions & { readonly pool: 'mean' }): Promise<Float32Array>;
  async embed(audio: Clip | AudioStream, options?: HopOptions): Promise<WindowEmbeddings>;
  async embed(
    audio: Clip | AudioStream,
    options: HopOptions & { readonly pool?: 'mean' } = {},
  ): Promise<WindowEmbeddings | Float32Array> {
    this.requireAlive();
    const hop = this.hop(options);
    const { rows, ...where } = await this.run(this.embedder, audio, { hop }, options);
    return options.pool === 'mean' ? meanOf(rows) : { ...where, embeddings: rows };
  }

  /**
   * Embeddings of many clips, in order and in shared batches, as {@link AudioModel.tagEach}.
   *
   * @throws {@link MusrepError} as {@link AudioModel.tag}, at the clip that is bad.
   */
  async *embedEach(clips: Clips, options: WithoutProgress<HopOptions> = {}): AsyncGenerator<WindowEmbeddings, void> {
    this.requireAlive();
    const cut = (clip: Clip) => hoppedWindows(clip, this.window, this.hop(options));
    for await (const { rows, ...where } of this.each(this.embedder, clips, cut, options)) {
      yield { ...where, embeddings: rows };
    }
  }

  /**
   * A taggram of audio that is still coming, row by row: the rows that `taggram` would give of the whole, each as soon as
   * its window is complete. The next piece is asked for when the rows before it are taken.
   *
   * @param pieces - mono samples of any length, such as a microphone gives them.
   * @throws {@link MusrepError} `bad-audio` for samples that are not finite; `bad-option` for an impossible rate or hop.
   */
  async *listen(
    pieces: AsyncIterable<Float32Array> | Iterable<Float32Array>,
    { sampleRate, hopSeconds = 1, signal }: ListenOptions,
  ): AsyncGenerator<LiveScores, void> {
    this.requireLabels('listen');
    const windows = new LiveWindows(sampleRate, this.window, hopSeconds * this.sampleRate);
    for await (const { time, scores } of runLive(this.tagger, pieces, windows, signal)) {
      const { times, rows } = this.framed({ times: [time], rows: [scores], paddedSeconds: 0 });
      yield* rows.map((row, i) => ({ time: times[i] as number, scores: row }));
    }
  }

  /**
   * Scores of a batch of windows, `[batch, sample]` → `[batch, label]`; with `frameLabels` `[batch, frame, label]`, with
   * `embeddingHead` `[batch, width]`. The caller owns both tensors.
   *
   * @throws {@link MusrepError} `bad-shape` for windows of another length.
   */
  predict(waveforms: tf.Tensor2D): Prediction<G> {
    this.requireAlive();
    if (waveforms.shape.length !== 2 || waveforms.shape[1] !== this.samples) {
      throw new MusrepError(
        'bad-shape',
        `Expected waveforms [batch, ${this.samples}]. Received: [${waveforms.shape}].`,
      );
    }
    return this.tagger.apply(waveforms) as Prediction<G>;
  }

  /**
   * Loads weights: a safetensors file with musrep's names or the original implementation's, told apart by themselves.
   * Nothing is changed unless all of it fits.
   *
   * @throws {@link MusrepError} `bad-weights` for a damaged file, or one of another model; `not-found`.
   */
  async loadWeights(source: ByteSource): Promise<void> {
    this.requireAlive();
    assignWeights(this.tagger.layers, restored(readSafetensors(await readSource(source))));
  }

  /**
   * Saves the model as a folder: `model.json` (blocks, labels, card) and `weights.safetensors`. In Node a path; in a page
   * a directory handle.
   *
   * With `weights: 'float16'` or `'int8'` kernels take a half or a quarter of the bytes. They are float32 again when they are
   * loaded: what changes is the size of the file, and a little the scores.
   *
   * @throws {@link MusrepError} `write-failed`; files that were there before are untouched then.
   */
  async save(folder: Folder, { weights = 'float32' }: SaveOptions = {}): Promise<void> {
    this.requireAlive();
    requireChoice('save', 'weights', weights, ['float32', 'float16', 'int8']);
    await saveModel(folder, this.spec, this.card, this.tagger.layers, weights);
  }

  /**
   * The weights as the bytes of a safetensors file for PyTorch: under the original implementation's names and in its
   * layouts, so that its `load_state_dict(…, strict=False)` takes what `safetensors.torch.load` reads. (What it lacks are
   * the window and the filters of the spectrogram, which are computed.) `loadWeights` takes it too.
   *
   * @example
   * ```ts
   * import { writeFile } from 'node:fs/promises';
   * import { ShortChunkCNN, useTfjsBackend } from 'musrep';
   *
   * await useTfjsBackend('wasm');
   * const model = new ShortChunkCNN({ labels: ['rock', 'jazz'], channels: 8 });
   * await writeFile('short-chunk.safetensors', await model.exportWeights());
   * ```
   */
  async exportWeights(): Promise<Uint8Array> {
    this.requireAlive();
    return pytorchWeights(this.tagger.layers);
  }

  /**
   * Writes the model in tfjs's own format, `model.json` and `weights.bin`, for `tf.loadLayersModel` and the tfjs converter:
   * waveforms in, scores out. Whoever loads it imports `musrep`, which registers its layers with tfjs.
   *
   * @throws {@link MusrepError} `write-failed`; files that were there before are untouched then.
   *
   * @example
   * ```ts
   * import { FCN, useTfjsBackend } from 'musrep';
   *
   * await useTfjsBackend('wasm');
   * await new FCN({ labels: ['rock', 'jazz'] }).exportLayersModel('fcn-for-tfjs');
   * ```
   */
  async exportLayersModel(folder: Folder): Promise<void> {
    this.requireAlive();
    await writeLayersModel(folder, this.tagger.layers);
  }

  /** Frees the model's tensors; calling it again does nothing. */
  dispose(): void {
    if (this.disposed) return;
    this.disposed = true;
    // The embedder's layers are among the tagger's, which own the tensors.
    this.tagger.layers.dispose();
    this.tagger.dispose();
    this.embedder.dispose();
  }

  private async run(
    network: Network,
    audio: Clip | AudioStream,
    plan: WindowPlan,
    options: RunOptions,
  ): Promise<WindowRows> {
    return this.framed(await runWindows(network, audio, this.window, plan, options));
  }

  private async *each(
    network: Network,
    clips: Clips,
    cut: (clip: Clip) => Windows,
    options: WithoutProgress<RunOptions>,
  ): AsyncGenerator<WindowRows, void> {
    for await (const { windows, rows } of runEach(network, clips, cut, options)) {
      yield this.framed({ times: windows.times, rows, paddedSeconds: windows.paddedSeconds });
    }
  }

  private framed(result: WindowRows): WindowRows {
    const gives = this.parts.at(-1)?.gives;
    return byFrame(result, gives?.kind === 'frameScores' ? gives.frames : 1, this.samples / this.sampleRate);
  }

  private get window() {
    return { length: this.samples, sampleRate: this.sampleRate, context: this.spec.context };
  }

  private tagPlan({ windows = this.spec.tagWindows }: WithoutProgress<TagOptions>): WindowPlan {
    return windows === 'all' ? { hop: this.hop({}) } : { count: windows };
  }

  /** Windows follow one another unless said otherwise: the first frame of one comes a hop after the last of the other. */
  private hop({ hopSeconds }: WithoutProgress<HopOptions>): number {
    return hopSeconds === undefined ? this.samples - this.spec.context : hopSeconds * this.sampleRate;
  }

  private requireLabels(method: string): void {
    this.requireAlive();
    if (this.labels.length > 0) return;
    throw new MusrepError(
      'bad-option',
      `'${method}' takes a model with labels; this one gives bare embeddings: use 'embed'.`,
    );
  }

  private requireAlive(): void {
    if (this.disposed) throw new MusrepError('disposed', 'This model was disposed of; load or build it anew.');
  }
}
