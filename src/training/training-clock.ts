/** Tells how long training will still take. */
export class TrainingClock {
  private seconds = 0;
  private batches = 0;
  private mark = 0;

  /** @param batchesPerEpoch - where it is known before the first epoch is over. */
  constructor(public batchesPerEpoch: number | undefined) {}

  /** What went before, such as a validation, is not counted. */
  start(): void {
    this.mark = performance.now();
  }

  /** A batch is done. */
  tick(): void {
    const now = performance.now();
    this.seconds += (now - this.mark) / 1000;
    this.mark = now;
    this.batches++;
  }

  /** For so many epochs, of whose first `batch` batches are done; undefined where it cannot be told. */
  secondsLeft(epochs: number, batch: number): number | undefined {
    if (this.batchesPerEpoch === undefined || this.batches === 0) return undefined;
    return (this.seconds / this.batches) * (epochs * this.batchesPerEpoch - batch);
  }
}
