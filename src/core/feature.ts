/** A mono signal, `[batch, sample]`. */
export interface Waveform {
  readonly kind: 'waveform';
  readonly samples: number;
  /** In hertz. */
  readonly sampleRate: number;
}

/** A time-frequency image, `[batch, band, frame, channel]`. */
export interface Spectrogram {
  readonly kind: 'spectrogram';
  readonly bands: number;
  readonly frames: number;
  readonly channels: number;
}

/** A series of vectors, `[batch, frame, channel]`. */
export interface Sequence {
  readonly kind: 'sequence';
  readonly frames: number;
  readonly channels: number;
}

/** One vector per window, `[batch, width]`. */
export interface Embedding {
  readonly kind: 'embedding';
  readonly width: number;
}

/** One score per label, `[batch, label]`. */
export interface Scores {
  readonly kind: 'scores';
  readonly labels: readonly string[];
}

/** One score per label in each frame, `[batch, frame, label]`. */
export interface FrameScores {
  readonly kind: 'frameScores';
  readonly frames: number;
  readonly labels: readonly string[];
}

/** What flows between blocks: its kind and its size without the batch axis. */
export type Feature = Waveform | Spectrogram | Sequence | Embedding | Scores | FrameScores;

/** The kinds of feature, which decide what can follow what. */
export type Kind = Feature['kind'];

/** The feature of kind `K`. */
export type FeatureOf<K extends Kind> = Extract<Feature, { kind: K }>;

/** A feature's tensor shape without the batch axis. */
export function shapeOf(feature: Feature): number[] {
  switch (feature.kind) {
    case 'waveform':
      return [feature.samples];
    case 'spectrogram':
      return [feature.bands, feature.frames, feature.channels];
    case 'sequence':
      return [feature.frames, feature.channels];
    case 'embedding':
      return [feature.width];
    case 'scores':
      return [feature.labels.length];
    case 'frameScores':
      return [feature.frames, feature.labels.length];
  }
}

const PHRASES: Record<Kind, string> = {
  waveform: 'a waveform',
  spectrogram: 'a spectrogram',
  sequence: 'a sequence',
  embedding: 'an embedding',
  scores: 'scores',
  frameScores: 'scores of frames',
};

/** "a spectrogram or a sequence" */
export function phrase(kinds: readonly Kind[]): string {
  return kinds.map((kind) => PHRASES[kind]).join(' or ');
}
