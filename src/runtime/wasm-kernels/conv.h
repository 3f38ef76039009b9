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
