import type { Colour } from './shapes.js';

/**
 * Viridis (S. van der Walt, N. Smith, 2015, matplotlib): dark to bright evenly to the eye, also to the colour-blind's and in
 * grey. Fitted by polynomials of degree 6, one a channel (M. Zucker, https://www.shadertoy.com/view/WlfXRN, CC0).
 */
const VIRIDIS = [
  [
    0.2777273272234177, 0.1050930431085774, -0.3308618287255563, -4.634230498983486, 6.228269936347081,
    4.776384997670288, -5.435455855934631,
  ],
  [
    0.005407344544966578, 1.404613529898575, 0.214847559468213, -5.799100973351585, 14.17993336680509,
    -13.74514537774601, 4.645852612178535,
  ],
  [
    0.3340998053353061, 1.384590162594685, 0.09509516302823659, -19.33244095627987, 56.69055260068105,
    -65.35303263337234, 26.3124352495832,
  ],
] as const;

/** Few enough that a picture has no more than 256 colours, those of its text included: its PNG is then a third as large. */
const LEVELS = 200;

/** The colour of a share of the scale, 0 to 1. */
export function colourOf(share: number): Colour {
  const t = Math.round(LEVELS * Math.max(0, Math.min(1, share))) / LEVELS;
  const channels = VIRIDIS.map((coefficients) => {
    const value = coefficients.reduceRight((sum, coefficient) => sum * t + coefficient, 0);
    return Math.round(255 * Math.max(0, Math.min(1, value)));
  });
  return channels as unknown as Colour;
}
