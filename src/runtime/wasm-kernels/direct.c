/*
 * Convolutions of small images with any stride: what an output sees of one of their lines lies side by side, so that the products need no
 * patches, only zeros around the image.
 */
#include "conv.h"
#include "products.h"

/* The part of an image that the outputs see, with its zeros: [lines, width, channel]. */
INLINE void pad(const Conv *c, const float *image, int lines, int width, float *padded) {
  int line = c->width * c->channels, left = c->left * c->channels;
  int kept = least(line, width * c->channels - left);
  for (int i = 0; i < lines; i++, padded += width * c->channels) {
    int y = i - c->top;
    clear(padded, width * c->channels);
    if ((uint32_t)y < (uint32_t)c->height) copy(padded + left, image + y * line, kept);
  }
}

/* y = conv(x) + bias, and its rectified value; `padded` holds one image, `panel` DEPTH · 8 floats. */
EXPORT(convolveDirectly)
void convolve_directly(const Conv *c, const float *x, const float *w, const float *bias, int rectified, float *y, float *padded, float *panel) {
  int span = c->kernel_width * c->channels, most = DEPTH / span, filters = c->filters;
  int lines = (c->out_height - 1) * c->stride_height + c->kernel_height;
  int width = (c->out_width - 1) * c->stride_width + c->kernel_width, line = width * c->channels;
  int step = c->stride_width * c->channels, outputs = c->out_height * c->out_width;
  for (int i = 0; i < c->batch; i++, x += c->height * c->width * c->channels, y += outputs * filters) {
    pad(c, x, lines, width, padded);
    for (int first = 0; first < c->kernel_height; first += most) {
      int count = least(most, c->kernel_height - first);
      for (int n = 0; n < filters; n += COLUMNS) {
        pack_columns(w + first * span * filters + n, filters, 1, count * span, filters - n, panel);
        for (int row = 0; row < c->out_height; row++) {
          const float *from = padded + (row * c->stride_height + first) * line;
          float *to = y + row * c->out_width * filters + n;
          for (int m = 0; m < c->out_width; m += ROWS) {
            int rows = least(ROWS, c->out_width - m);
            if (span == 1) product_tile(from + m * step, step, line, panel, 1, count, 0, rows, filters - n, first > 0, to + m * filters, filters);
            else product_tile(from + m * step, step, 1, panel, count, span, line, rows, filters - n, first > 0, to + m * filters, filters);
          }
        }
      }
    }
    if (bias || rectified) finish(y, outputs, filters, bias, rectified);
  }
}
