/** Of max-pool.c. */
export interface MaxPoolKernels {
  maxPoolGradient(
    x: number,
    dy: number,
    dx: number,
    batchSize: number,
    inHeight: number,
    inWidth: number,
    channels: number,
    outHeight: number,
    outWidth: number,
    filterHeight: number,
    filterWidth: number,
    strideHeight: number,
    strideWidth: number,
  ): void;
}
