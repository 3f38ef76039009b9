/**
 * Models of music on TensorFlow.js: finished ones, and the blocks to build others from.
 * @module
 */

export { type AudioPiece, type AudioStream, type LoadAudioOptions, openAudio } from './audio/audio-stream.js';
export type { Clip } from './audio/clip.js';
export type { AudioDecoder, DecodedAudio, DecodeOptions } from './audio/decoder.js';
export { loadAudio } from './audio/load-audio.js';
export { type BandsByFrames, type ConvStackOptions, convStack } from './backends/conv-stack.js';
export { type ConvStack1dOptions, convStack1d } from './backends/conv-stack-1d.js';
export { type DenseStackOptions, denseStack } from './backends/dense-stack.js';
export { type EmbeddingHeadOptions, embeddingHead } from './backends/heads/embedding-head.js';
export { type FrameLabelsOptions, frameLabels } from './backends/heads/frame-labels.js';
export type { LabelHeadOptions } from './backends/heads/label-head.js';
export { multiLabel } from './backends/heads/multi-label.js';
export { multiTask, type Task, type TaskLabel } from './backends/heads/multi-task.js';
export { singleLabel } from './backends/heads/single-label.js';
export { type MusicnnBackendOptions, musicnnBackend } from './backends/musicnn-backend.js';
export { flatten, type GlobalPoolOptions, globalPool } from './backends/pooling.js';
export { type RecurrentOptions, recurrent } from './backends/recurrent.js';
export { type ResidualStackOptions, residualStack } from './backends/residual-stack.js';
export { type TransformerEncoderOptions, transformerEncoder } from './backends/transformer-encoder.js';
export {
  type AnyBlockFactory,
  type Block,
  type BlockDefinition,
  type BlockFactory,
  type BuildContext,
  defineBlock,
  type Role,
} from './core/block.js';
export {
  type AudioModelOptions,
  audioModel,
  type BackendChain,
  type Fits,
  type FrontendChain,
  type HeadedChain,
} from './core/builder.js';
export { byTask, type TagsByTask } from './core/by-task.js';
export type { ModelCard } from './core/card.js';
export type { Config, Json } from './core/config.js';
export type { Clips } from './core/each.js';
export { type ErrorCode, MusrepError } from './core/errors.js';
export type {
  Embedding,
  Feature,
  FeatureOf,
  FrameScores,
  Kind,
  Scores,
  Sequence,
  Spectrogram,
  Waveform,
} from './core/feature.js';
export type { ModelPart } from './core/graph.js';
export type { HeadBlock, HeadKind, ScoreActivation } from './core/head.js';
export { type LayerBlockOptions, layerBlock } from './core/layer-block.js';
export { type Layer, LayerFactory } from './core/layer-factory.js';
export { type AnyAudioModel, AudioModel, type Prediction } from './core/model.js';
export type {
  HopOptions,
  ListenOptions,
  RunOptions,
  SaveOptions,
  TagOptions,
  WithoutProgress,
} from './core/options.js';
export type { LiveScores, Tag, Taggram, Tags, WindowEmbeddings } from './core/results.js';
export type { SequenceBackendFactory, SequenceBackendOutput } from './core/sequence-output.js';
export type { ModelSpec } from './core/spec.js';
export { type HarmonicFilterBankOptions, harmonicFilterBank } from './frontends/harmonic-filter-bank.js';
export { type MelSpectrogramOptions, melSpectrogram } from './frontends/mel-spectrogram.js';
export {
  type HorizontalFilters,
  type MusicnnFiltersOptions,
  musicnnFilters,
  type VerticalFilters,
} from './frontends/musicnn-filters.js';
export { type ResidualStemOptions, residualStem } from './frontends/residual-stem.js';
export { type SampleLevelStackOptions, sampleLevelStack } from './frontends/sample-level-stack.js';
export type { WeightType } from './io/compact-weights.js';
export type { ConvActivation, NormOrder } from './layers/conv-unit.js';
export type { HarmonicParameter } from './layers/harmonic-filters.js';
export type { Compression } from './layers/mel-spectrogram.js';
export type { ClassToken, Positions } from './layers/tokens.js';
export type { NormPlace } from './layers/transformer-sublayer.js';
export { ArtistGroupCNN, type ArtistGroupCNNOptions } from './models/artist-group-cnn.js';
export { CNNSA, type CNNSAOptions } from './models/cnnsa.js';
export { CRNN, type CRNNOptions, type CRNNPretrained } from './models/crnn.js';
export { type Ensemble, ensemble } from './models/ensemble.js';
export { FCN, type FCNOptions, type FCNPretrained } from './models/fcn.js';
export { HarmonicCNN, type HarmonicCNNOptions } from './models/harmonic-cnn.js';
export { type LoadModelOptions, loadModel } from './models/load-model.js';
export { MusicTaggingTransformer, type MusicTaggingTransformerOptions } from './models/music-tagging-transformer.js';
export { MusiCNN, type MusiCNNOptions, type MusiCNNPretrained } from './models/musicnn.js';
export type { WindowLength } from './models/pretrained.js';
export { SampleCNN, type SampleCNNOptions } from './models/sample-cnn.js';
export { SampleCNNSE, type SampleCNNSEOptions } from './models/sample-cnn-se.js';
export { ShortChunkCNN, type ShortChunkCNNOptions } from './models/short-chunk-cnn.js';
export { ShortChunkCNNRes, type ShortChunkCNNResOptions } from './models/short-chunk-cnn-res.js';
export { VGG, type VGGOptions, type VGGPretrained } from './models/vgg.js';
export type { PretrainedOptions } from './models/weights.js';
export type { ByteSource } from './platform/byte-source.js';
export type { DirectoryHandle, FileHandle, Folder } from './platform/folder.js';
export {
  type TfjsBackendName,
  type TfjsBackendOptions,
  type TfjsBackendReport,
  useTfjsBackend,
} from './runtime/tfjs-backend.js';
