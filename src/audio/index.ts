/**
 * Decoded audio: loading, resampling, and the windows that a model sees.
 * @module
 */

export type { ByteSource } from '../platform/byte-source.js';
export { type AudioPiece, type AudioStream, type LoadAudioOptions, openAudio } from './audio-stream.js';
export { type Clip, mixToMono } from './clip.js';
export type { AudioDecoder, DecodedAudio, DecodeOptions } from './decoder.js';
export { loadAudio } from './load-audio.js';
export { resample } from './resample.js';
export type { WindowSize } from './window-samples.js';
export { hoppedWindows, spacedWindows, type Windows } from './windows.js';
