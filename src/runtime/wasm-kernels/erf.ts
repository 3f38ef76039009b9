/** Of erf.c. */
export interface ErfKernels {
  erf(x: number, y: number, count: number): void;
}
