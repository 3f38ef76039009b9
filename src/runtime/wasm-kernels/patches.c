/*
 * Convolutions with any stride, and their gradients, as products of matrices: a row of the first is what one output sees, its patch
 * (im2col). For small images with large kernels, and for gradients where minimal filtering does not apply.
 */
#include "conv.h"
#include "products.h"

INLINE int inner_of(const Conv *c) { return c->kernel_height * c->kernel_width * c->channels; }
INLINE int outputs_of(const Conv *c) { return c->batch * c->out_height * c->out_width; }

INLINE void add_to(float *to, const float *from, int count) {
  int i = 0;
  for (; i + 4 <= count; i += 4) store(to + i, add(load(to + i, 4), load(from + i, 4)), 4);
  for (; i < count; i++) to[i] += from[i];
}
/* A stretch of a patch: read from the images, or added to them. */
INLINE void pass(float *image, float *patch, int count, int scatters) {
  if (scatters) add_to(image, patch, count);
  else copy(patch, image, count);
}

/* Patches [count, kernel_height, kernel_width, channel] of the outputs from `first` on: read from the images, or added to them. */
INLINE void pass_patches(const Conv *c, float *images, int first, int count, int scatters, float *patches) {
  int across = c->out_width, each = c->out_height * across, line = c->width * c->channels;
  int span = c->kernel_width * c->channels;
  for (int i = first; i < first + count; i++) {
    float *image = images + i / each * c->height * line;
    int top = i % each / across * c->stride_height - c->top, left = i % across * c->stride_width - c->left;
    int is_whole = left >= 0 && left + c->kernel_width <= c->width;
    for (int y = top; y < top + c->kernel_height; y++, patches += span) {
      float *row = image + y * line + left * c->channels;
      int is_inside = (uint32_t)y < (uint32_t)c->height;
      if (is_inside && is_whole) {
        pass(row, patches, span, scatters);
        continue;
      }
      if (!scatters) clear(patches, span);
      for (int x = 0; is_inside && x < c->kernel_width; x++)
        if ((uint32_t)(left + x) < (uint32_t)c->width) pass(row + x * c->channels, patches + x * c->channels, c->channels, scatters);
    }
  }
}

/* y = conv(x) + bias, and its rectified value; `patches` and `panel` hold what a block of outputs needs. */
EXPORT(convolvePatches)
void convolve_patches(const Conv *c, float *x, const float *w, const float *bias, int rectified, float *y, float *patches, float *panel) {
  int inner = inner_of(c), outputs = outputs_of(c);
  for (int first = 0; first < outputs; first += c->block) {
    int count = least(c->block, outputs - first);
    float *out = y + first * c->filters;
    pass_patches(c, x, first, count, 0, patches);
    multiply_one(patches, w, out, count, inner, c->filters, 0, 0, 0, panel, 0);
    if (bias || rectified) finish(out, count, c->filters, bias, rectified);
  }
}

/* The gradient of the kernel; `packed` holds DEPTH values of each of its rows. */
EXPORT(kernelGradientPatches)
void kernel_gradient_patches(const Conv *c, float *x, const float *dy, float *dw, float *patches, float *panel, float *packed) {
  int inner = inner_of(c), outputs = outputs_of(c);
  for (int first = 0; first < outputs; first += c->block) {
    int count = least(c->block, outputs - first);
    pass_patches(c, x, first, count, 0, patches);
    multiply_one(patches, dy + first * c->filters, dw, inner, count, c->filters, 1, 0, first > 0, panel, packed);
  }
}

/* The gradient of the input. */
EXPORT(inputGradientPatches)
void input_gradient_patches(const Conv *c, const float *dy, const float *w, float *dx, float *patches, float *panel) {
  int inner = inner_of(c), outputs = outputs_of(c);
  clear(dx, c->batch * c->height * c->width * c->channels);
  for (int first = 0; first < outputs; first += c->block) {
    int count = least(c->block, outputs - first);
    multiply_one(dy + first * c->filters, w, patches, count, c->filters, inner, 0, 1, 0, panel, 0);
    pass_patches(c, dx, first, count, 1, patches);
  }
}
