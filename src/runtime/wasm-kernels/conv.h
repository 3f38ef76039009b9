/* What a convolution is. */
#pragma once
#include "vectors.h"

/* Images are [batch, height, width, channel]; `top` and `left` count the zeros before them. */
typedef struct {
  int32_t batch, height, width, channels;
  int32_t out_height, out_width, filters;
  int32_t kernel_height, kernel_width;
  int32_t stride_height, stride_width;
  int32_t top, left;
  /* How much is done at a time: tiles, a multiple of ROWS, or outputs. */
  int32_t block;
} Conv;

INLINE void copy(float *to, const float *from, int count) {
  int i = 0;
  for (; i + 4 <= count; i += 4) store(to + i, load(from + i, 4), 4);
  for (; i < count; i++) store(to + i, load(from + i, 1), 1);
}
INLINE void clear(float *to, int count) {
  int i = 0;
  for (; i + 4 <= count; i += 4) store(to + i, zero(), 4);
  for (; i < count; i++) store(to + i, zero(), 1);
}

INLINE void finish_some(float *y, const float *bias, int rectified, int lanes) {
  vec value = bias ? add(load(y, lanes), load(bias, lanes)) : load(y, lanes);
  store(y, rectified ? wasm_f32x4_pmax(value, zero()) : value, lanes);
}
/* Bias, if there is one, and rectifier of what is computed. */
INLINE void finish(float *y, int rows, int filters, const float *bias, int rectified) {
  for (int i = 0; i < rows; i++, y += filters) {
    int n = 0;
    for (; n + 4 <= filters; n += 4) finish_some(y + n, bias ? bias + n : 0, rectified, 4);
    for (; n < filters; n++) finish_some(y + n, bias ? bias + n : 0, rectified, 1);
  }
}
