#pragma once
#include "vectors.h"

/* So many inner values at a time: what of both matrices is in use fits the caches. */
enum { DEPTH = 256 };

/*
 * out [rows, columns] = a [rows, inner] · b [inner, columns], or added to what is there. A transposed `a` lies as [inner, rows], and `packed` holds
 * DEPTH values of each of its rows; a transposed `b` lies as [columns, inner]. `panel` holds DEPTH · 8 floats.
 */
void multiply_one(const float *a, const float *b, float *out, int rows, int inner, int columns, int a_transposed, int b_transposed, int adds, float *panel, float *packed);

/* [depth][8] of eight columns, zeros beyond the last: values lie `by_depth` and `by_column` floats apart. */
INLINE void pack_columns(const float *b, int by_depth, int by_column, int depth, int columns, float *panel) {
  for (int k = 0; k < depth; k++, b += by_depth, panel += COLUMNS) {
    if (by_column == 1 && columns >= COLUMNS) {
      store(panel, load(b, 4), 4);
      store(panel + 4, load(b + 4, 4), 4);
    } else {
      for (int n = 0; n < COLUMNS; n++) panel[n] = n < columns ? b[n * by_column] : 0;
    }
  }
}

/*
 * Four rows by eight columns of a product, or as many as there are, added to what is there or in its place. The inner values of a row lie in
 * `stretches` of `depth` each, whose starts are `by_stretch` apart.
 */
INLINE void product_tile(const float *a, int by_row, int by_depth, const float *panel, int stretches, int depth, int by_stretch, int rows, int columns, int adds, float *out, int out_row) {
  const float *row[ROWS];
  vec sums[ROWS * 2];
  /* Rows that there are not are computed as the last one. */
  UNROLL for (int r = 0; r < ROWS; r++) row[r] = a + least(r, rows - 1) * by_row;
  UNROLL for (int i = 0; i < ROWS * 2; i++) sums[i] = zero();
  for (int s = 0; s < stretches; s++) {
    for (int k = 0, at = s * by_stretch; k < depth; k++, at += by_depth, panel += COLUMNS) {
      vec w0 = load(panel, 4), w1 = load(panel + 4, 4);
      UNROLL for (int r = 0; r < ROWS; r++) step_of_product(splat(row[r] + at), w0, w1, sums + 2 * r);
    }
  }
  UNROLL for (int r = 0; r < ROWS; r++) {
    float *to = out + r * out_row;
    if (r < rows && columns >= COLUMNS) {
      store(to, adds ? add(load(to, 4), sums[2 * r]) : sums[2 * r], 4);
      store(to + 4, adds ? add(load(to + 4, 4), sums[2 * r + 1]) : sums[2 * r + 1], 4);
    } else if (r < rows) {
      store_some(to, sums[2 * r], columns, adds);
      store_some(to + 4, sums[2 * r + 1], columns - 4, adds);
    }
  }
}
