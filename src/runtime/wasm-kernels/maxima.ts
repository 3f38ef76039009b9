/** Of maxima.c. */
export interface MaximaKernels {
  greatest(x: number, out: number, outer: number, count: number, inner: number): void;
}
