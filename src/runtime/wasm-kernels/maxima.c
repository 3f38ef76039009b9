/* Maxima over an axis. Where a value is not a number, nor is the maximum. */
#include "vectors.h"

/* So many floats of a maximum at a time: they stay in the cache while the values stream past. */
enum { STRETCH = 2048 };

INLINE vec greater(vec a, vec b) { return wasm_f32x4_max(a, b); }
INLINE float greater_lane(float a, float b) { return __builtin_wasm_max_f32(a, b); }

INLINE float greatest_of(const float *x, int count) {
  float most = x[0];
  int i = 0;
  if (count >= 8) {
    vec a = load(x, 4), b = load(x + 4, 4);
    for (i = 8; i + 8 <= count; i += 8) {
      a = greater(a, load(x + i, 4));
      b = greater(b, load(x + i + 4, 4));
    }
    a = greater(a, b);
    most = greater_lane(greater_lane(wasm_f32x4_extract_lane(a, 0), wasm_f32x4_extract_lane(a, 1)),
                        greater_lane(wasm_f32x4_extract_lane(a, 2), wasm_f32x4_extract_lane(a, 3)));
  }
  for (; i < count; i++) most = greater_lane(most, x[i]);
  return most;
}

INLINE void greatest_rows(const float *x, float *out, int count, int inner, int width) {
  for (int j = 0; j < width; j++) out[j] = x[j];
  for (int i = 1; i < count; i++) {
    const float *row = x + i * inner;
    int j = 0;
    for (; j + 4 <= width; j += 4) store(out + j, greater(load(out + j, 4), load(row + j, 4)), 4);
    for (; j < width; j++) out[j] = greater_lane(out[j], row[j]);
  }
}

/* [outer, count, inner] → [outer, inner] */
EXPORT(greatest)
void greatest(const float *x, float *out, int outer, int count, int inner) {
  for (int o = 0; o < outer; o++, x += count * inner, out += inner) {
    if (inner == 1) out[0] = greatest_of(x, count);
    else for (int j = 0; j < inner; j += STRETCH) greatest_rows(x + j, out + j, count, inner, least(STRETCH, inner - j));
  }
}
