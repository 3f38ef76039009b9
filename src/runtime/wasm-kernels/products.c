/* Products of matrices. */
#include "products.h"

/* [rows / 4][depth][4] of what lies as [depth, rows]. */
INLINE void pack_transposed(const float *a, int rows, int depth, float *packed) {
  for (int m = 0; m < rows; m += ROWS)
    for (int k = 0; k < depth; k++, packed += ROWS)
      for (int r = 0; r < ROWS; r++) packed[r] = m + r < rows ? a[k * rows + m + r] : 0;
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
        if (a_transposed) product_tile(packed + m * depth, 1, ROWS, panel, 1, depth, 0, least(ROWS, rows - m), columns - n, adds || first > 0, to, columns);
        else product_tile(a + m * inner + first, inner, 1, panel, 1, depth, 0, least(ROWS, rows - m), columns - n, adds || first > 0, to, columns);
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
