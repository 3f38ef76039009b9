import { requireWhole } from './config.js';

/** A label with its probability, 0 to 1. */
export interface Tag<Label extends string = string> {
  readonly label: Label;
  readonly score: number;
}

/** Tags, the most probable first. */
export interface Tags<L extends readonly string[] = readonly string[]> extends Array<Tag<L[number]>> {
  /** Seconds of silence that were added because the clip is shorter than a window; 0 if none. */
  readonly paddedSeconds: number;
}

/** Scores over time. */
export interface Taggram<L extends readonly string[] = readonly string[]> {
  /** Window starts, in seconds. */
  readonly times: readonly number[];
  readonly labels: L;
  /** One row per window, in the order of the labels. */
  readonly scores: readonly Float32Array[];
  /** Seconds of silence that were added because the clip is shorter than a window; 0 if none. */
  readonly paddedSeconds: number;
}

/** Scores of one window of audio that is still coming. */
export interface LiveScores {
  /** The window's start, in seconds since the first sample. */
  readonly time: number;
  /** In the order of the model's labels. */
  readonly scores: Float32Array;
}

/** Embeddings over time. */
export interface WindowEmbeddings {
  /** Window starts, in seconds. */
  readonly times: readonly number[];
  /** One vector per window. */
  readonly embeddings: readonly Float32Array[];
  /** Seconds of silence that were added because the clip is shorter than a window; 0 if none. */
  readonly paddedSeconds: number;
}

/** The `top` labels of greatest score. */
export function rankTags<L extends readonly string[]>(
  labels: L,
  scores: Float32Array,
  top: number,
  paddedSeconds: number,
): Tags<L> {
  requireWhole('tag', 'top', top);
  const tags = labels.map((label, i): Tag<L[number]> => ({ label, score: scores[i] as number }));
  tags.sort((a, b) => b.score - a.score);
  return Object.assign(tags.slice(0, top), { paddedSeconds });
}
