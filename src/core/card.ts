/** What is known of a model's weights. */
export interface ModelCard {
  readonly title: string;
  /** The data set that it was trained on. */
  readonly trainingData: string;
  /** As published, on the data set's test split: macro averages over the labels. */
  readonly scores: { readonly rocAuc: number; readonly prAuc: number };
  /** What the scores were taken from. */
  readonly scoresFrom: string;
  readonly licence: string;
  readonly source: string;
  /** Of the file that the weights came in. */
  readonly sourceSha256: string;
  readonly citation: string;
}
