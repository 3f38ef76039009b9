import type { AudioModel } from '../../src/core/model.js';
import { CNNSA } from '../../src/models/cnnsa.js';
import { CRNN } from '../../src/models/crnn.js';
import { FCN } from '../../src/models/fcn.js';
import { HarmonicCNN } from '../../src/models/harmonic-cnn.js';
import { MusicTaggingTransformer } from '../../src/models/music-tagging-transformer.js';
import { MusiCNN } from '../../src/models/musicnn.js';
import { SampleCNN } from '../../src/models/sample-cnn.js';
import { SampleCNNSE } from '../../src/models/sample-cnn-se.js';
import { ShortChunkCNN } from '../../src/models/short-chunk-cnn.js';
import { ShortChunkCNNRes } from '../../src/models/short-chunk-cnn-res.js';

export const LABELS = Array.from({ length: 50 }, (_, i) => `label ${i}`);

const SAMPLE_LEVEL = [16, 16, 16, 32, 32, 32, 32, 32, 32, 64, 64];

/** The architectures at the reduced width of the reference data, by its names; without dropout. */
export const SMALL_ARCHITECTURES = {
  musicnn: () =>
    new MusiCNN({ labels: LABELS, verticalFilters: 24, horizontalFilters: 6, channels: 16, hidden: 20, dropout: 0 }),
  fcn: () => new FCN({ labels: LABELS, filters: [8, 16, 16, 16, 8], dropout: 0 }),
  crnn: () => new CRNN({ labels: LABELS, filters: [8, 16, 16, 16], units: 8, dropout: 0 }),
  short: () => new ShortChunkCNN({ labels: LABELS, channels: 8, dropout: 0 }),
  short_res: () => new ShortChunkCNNRes({ labels: LABELS, channels: 8, dropout: 0 }),
  sample: () => new SampleCNN({ labels: LABELS, filters: SAMPLE_LEVEL, dropout: 0 }),
  se: () => new SampleCNNSE({ labels: LABELS, filters: SAMPLE_LEVEL, dropout: 0 }),
  hcnn: () => new HarmonicCNN({ labels: LABELS, channels: 8, dropout: 0 }),
  attention: () => new CNNSA({ labels: LABELS, channels: 8, dropout: 0 }),
  mtt: () => new MusicTaggingTransformer({ labels: LABELS, channels: 8, width: 32, samples: 330_750, dropout: 0 }),
} satisfies Readonly<Record<string, () => AudioModel>>;

export type SmallArchitecture = keyof typeof SMALL_ARCHITECTURES;
