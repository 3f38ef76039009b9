/**
 * Models of music on TensorFlow.js: finished ones, and the blocks to build others from.
 * @module
 */

export { type AudioPiece, type AudioStream, type LoadAudioOptions, openAudio } from './audio/audio-stream.js';
export type { Clip } from './audio/clip.js';
export type { AudioDecoder, DecodedAudio, DecodeOptions } from './audio/decoder.js';
export { loadAudio } from './audio/load-audio.js';
export { type BandsByFrames, type ConvStackOptions, convStack } from './backends/conv-stack.js';
export { type MultiLabelOptions, multiLabel } from './backends/heads/multi-label.js';
export { type MusicnnBackendOptions, musicnnBackend } from './backends/musicnn-backend.js';
export { flatten, type GlobalPoolOptions, globalPool } from './backends/pooling.js';
export { type RecurrentOptions, recurrent } from './backends/recurrent.js';
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
export type { ModelCard } from './core/card.js';
export type { Config, Json } from './core/config.js';
export type { Clips } from './core/each.js';
export { type ErrorCode, MusrepError } from './core/errors.js';
export type { Embedding, Feature, FeatureOf, Kind, Scores, Sequence, Spectrogram, Waveform } from './core/feature.js';
export type { ModelPart } from './core/graph.js';
export type { HeadBlock } from './core/head.js';
export type { Layer, LayerFactory } from './core/layer-factory.js';
export { AudioModel } from './core/model.js';
export type { HopOptions, ListenOptions, RunOptions, TagOptions, WithoutProgress } from './core/options.js';
export type { LiveScores, Tag, Taggram, Tags, WindowEmbeddings } from './core/results.js';
export type { ModelSpec } from './core/spec.js';
export { type MelSpectrogramOptions, melSpectrogram } from './frontends/mel-spectrogram.js';
export { type MusicnnFiltersOptions, musicnnFilters } from './frontends/musicnn-filters.js';
export type { ConvActivation, NormOrder } from './layers/conv-norm.js';
export type { Compression } from './layers/mel-spectrogram.js';
export { CRNN, type CRNNOptions, type CRNNPretrained } from './models/crnn.js';
export { type Ensemble, ensemble } from './models/ensemble.js';
export { FCN, type FCNOptions, type FCNPretrained } from './models/fcn.js';
export { type LoadModelOptions, loadModel } from './models/load-model.js';
export { MusiCNN, type MusiCNNOptions, type MusiCNNPretrained } from './models/musicnn.js';
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
