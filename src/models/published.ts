import index from '../../weights/index.json' with { type: 'json' };
import type { ModelCard } from '../core/card.js';

/** The published weights by the name of their architecture and data set. */
export type PublishedName = keyof typeof index;

/** What is known of a file of published weights. */
export interface PublishedWeights {
  /** The npm package that holds it. */
  readonly package: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly card: ModelCard;
}

export const PUBLISHED: Readonly<Record<PublishedName, PublishedWeights>> = index;
