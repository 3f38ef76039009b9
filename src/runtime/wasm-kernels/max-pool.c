/* The gradient of max-pooling: that of a window goes to its greatest value, the first if several are. */
#include "vectors.h"

INLINE void window_gradient(const float *x, const float *dy, float *dx, int height, int width, int by_row, int channels, int lanes) {
  vec greatest = load(x, lanes), place = zero();
  for (int i = 0, at = 0; i < height; i++)
    for (int j = 0; j < width; j++, at++) {
      vec value = load(x + i * by_row + j * channels, lanes);
      vec is_greater = wasm_f32x4_gt(value, greatest);
      greatest = wasm_v128_bitselect(value, greatest, is_greater);
      place = wasm_v128_bitselect(wasm_i32x4_splat(at), place, is_greater);
    }
  vec gradient = load(dy, lanes);
  for (int i = 0, at = 0; i < height; i++)
    for (int j = 0; j < width; j++, at++) {
      float *to = dx + i * by_row + j * channels;
      store(to, add(load(to, lanes), wasm_v128_and(gradient, wasm_i32x4_eq(place, wasm_i32x4_splat(at)))), lanes);
    }
}

/* x and dx are [batch, in_height, in_width, channels], dy is [batch, out_height, out_width, channels]; no padding. */
EXPORT(maxPoolGradient)
void max_pool_gradient(const float *x, const float *dy, float *dx, int batch, int in_height, int in_width, int channels, int out_height, int out_width, int height, int width, int down, int across) {
  int by_row = in_width * channels, size = in_height * by_row;
  for (int b = 0; b < batch; b++, x += size, dx += size) {
    for (int i = 0; i < size; i++) dx[i] = 0;
    for (int row = 0; row < out_height; row++) {
      for (int column = 0; column < out_width; column++, dy += channels) {
        int corner = row * down * by_row + column * across * channels, c = 0;
        for (; c + 4 <= channels; c += 4) window_gradient(x + corner + c, dy + c, dx + corner + c, height, width, by_row, channels, 4);
        for (; c < channels; c++) window_gradient(x + corner + c, dy + c, dx + corner + c, height, width, by_row, channels, 1);
      }
    }
  }
}
