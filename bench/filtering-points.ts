/**
 * The error of minimal filtering F(4, 3) in float32 for several points of interpolation, behind docs/decisions.md: of 64
 * channels of noise, a share of the greatest output. Run it with `npx tsx bench/filtering-points.ts`.
 */
import { filteringMatrices, POINTS } from '../src/runtime/minimal-filtering.js';
import { noise as uniformNoise } from './cases/measure.js';

type Matrix = readonly (readonly number[])[];

const [CHANNELS, TILES] = [64, 200];
const f32 = Math.fround;

/** Products of matrices that round as float32 does. */
function multiply(a: Matrix, b: Matrix): number[][] {
  return a.map((row) =>
    (b[0] as readonly number[]).map((_, column) =>
      row.reduce((sum, value, k) => f32(sum + f32(value * (b[k]?.[column] as number))), 0),
    ),
  );
}

const transposed = (a: Matrix): number[][] =>
  (a[0] as readonly number[]).map((_, i) => a.map((row) => row[i] as number));
const sandwich = (a: Matrix, x: Matrix) => multiply(multiply(a, x), transposed(a));
const rounded = (a: Matrix): Matrix => a.map((row) => row.map(f32));

function worstError(p: number, q: number): number {
  const matrices = filteringMatrices([p, q]);
  const [inputs, taps, outputs] = [rounded(matrices.inputs), rounded(matrices.taps), rounded(matrices.outputs)];
  const noise = uniformNoise(TILES * CHANNELS * 36 + CHANNELS * 9);
  let at = 0;
  const draw = (size: number) =>
    Array.from({ length: size }, () => Array.from({ length: size }, () => noise[at++] as number));
  const kernels = Array.from({ length: CHANNELS }, () => draw(3));
  const filtered = kernels.map((kernel) => sandwich(taps, kernel));
  let [worst, greatest] = [0, 0];
  for (let tile = 0; tile < TILES; tile++) {
    const sums = Array.from({ length: 6 }, () => Array<number>(6).fill(0));
    const exact = Array.from({ length: 4 }, () => Array<number>(4).fill(0));
    for (let c = 0; c < CHANNELS; c++) {
      const image = draw(6);
      const points = sandwich(inputs, image);
      for (let i = 0; i < 36; i++) {
        const [row, column] = [Math.floor(i / 6), i % 6];
        const product = f32((points[row]?.[column] as number) * (filtered[c]?.[row]?.[column] as number));
        (sums[row] as number[])[column] = f32((sums[row]?.[column] as number) + product);
      }
      for (let i = 0; i < 16 * 9; i++) {
        const [y, x, a, b] = [Math.floor(i / 36), Math.floor(i / 9) % 4, Math.floor(i / 3) % 3, i % 3];
        const row = exact[y] as number[];
        row[x] = (row[x] as number) + (image[y + a]?.[x + b] as number) * (kernels[c]?.[a]?.[b] as number);
      }
    }
    const found = sandwich(outputs, sums);
    for (let i = 0; i < 16; i++) {
      const [y, x] = [Math.floor(i / 4), i % 4];
      const expected = exact[y]?.[x] as number;
      worst = Math.max(worst, Math.abs((found[y]?.[x] as number) - expected));
      greatest = Math.max(greatest, Math.abs(expected));
    }
  }
  return worst / greatest;
}

for (const [p, q] of [[1, 2], [1, 0.5], [0.5, 2], POINTS] as const) {
  console.log(`0, ±${p}, ±${q}, infinity: ${worstError(p, q).toExponential(1)}`);
}
