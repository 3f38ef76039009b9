/* Products of matrices. */
#include "products.h"

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

/* [rows / 4][depth][4] of what lies as [depth, rows]. */
INLINE void pack_transposed(const float *a, int rows, int depth, float *packed) {
  for (int m = 0; m < rows; m += ROWS)
    for (int k = 0; k < depth; k++, packed += ROWS)
      for (int r = 0; r < ROWS; r++) packed[r] = m + r < rows ? a[k * rows + m + r] : 0;
}

/* Four rows by eight columns of a product, or as many as there are, added to what is there or in its place. */
INLINE void product_tile(const float *a, int by_row, int by_depth, const float *panel, int depth, int rows, int columns, int adds, float *out, int out_row) {
  const float *row[ROWS];
  vec sums[ROWS * 2];
  /* Rows that there are not are computed as the last one. */
  UNROLL for (int r = 0; r < ROWS; r++) row[r] = a + least(r, rows - 1) * by_row;
  UNROLL for (int i = 0; i < ROWS * 2; i++) sums[i] = zero();
  for (int k = 0, at = 0; k < depth; k++, at += by_depth, panel += COLUMNS) {
    vec w0 = load(panel, 4), w1 = load(panel + 4, 4);
    UNROLL for (int r = 0; r < ROWS; r++) step_of_product(splat(row[r] + at), w0, w1, sums + 2 * r);
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

void multiply_one(const float *a, const float *b, float *out, int rows, int inner, int columns, int a_transposed, int b_transposed, int adds, float *panel, float *packed) {
  for (int first = 0; first < inner; first += DEPTH) {
    int depth = least(DEPTH, inner - first);
    if (a_transposed) pack_transposed(a + first * rows, rows, depth, packed);
    for (int n = 0; n < columns; n += COLUMNS) {
      const float *from = b_transposed ? b + n * inner + first : b + first * columns + n;
      pack_columns(from, b_transposed ? 1 : columns, b_transposed ? inner : 1, depth, columns - n, panel);
      for (int m = 0; m < rows; m += ROWS) {
        float *to = out + m * columns + n;
        if (a_transposed) product_tile(packed + m * depth, 1, ROWS, panel, depth, least(ROWS, rows - m), columns - n, adds || first > 0, to, columns);
        else product_tile(a + m * inner + first, inner, 1, panel, depth, least(ROWS, rows - m), columns - n, adds || first > 0, to, columns);
      }
    }
  }
}

/* Several at once. */
EXPORT(multiply)
void multiply(const float *a, const float *b, float *out, int count, int rows, int inner, int columns, int a_transposed, int b_transposed, float *panel, float *packed) {
  for (int i = 0; i < count; i++, a += rows * inner, b += inner * columns, out += rows * columns)
    multiply_one(a, b, out, rows, inner, columns, a_transposed, b_transposed, 0, panel, packed);
}
