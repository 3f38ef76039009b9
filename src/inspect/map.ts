/** Values over time and frequency. */
export interface TimeFrequencyMap {
  readonly label: string;
  /** The middle of each frame, in seconds from the start of the clip. */
  readonly times: readonly number[];
  /** The centre of each band, in hertz; undefined where the map has no bands but only moments. */
  readonly frequencies: readonly number[] | undefined;
  /** By frame: a value for each band, or one alone. */
  readonly values: readonly Float32Array[];
  /** The label's score as the model gives it for the window. */
  readonly score: number;
}
