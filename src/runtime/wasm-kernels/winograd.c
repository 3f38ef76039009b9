/*
 * Convolutions with stride 1, and their gradients, on the heap of tfjs's wasm backend, by Winograd's minimal filtering F(4, 3): four
 * outputs of three taps take six products along an axis, not twelve (Lavin and Gray 2016, arXiv:1509.09308).
 *
 * A kernel longer than three is a sum of kernels of three, whose inputs count as channels of their own (`inner` counts them);
 * along an axis where the kernel has one tap nothing is transformed.
 */
#include "conv.h"

/* The points of a line of four outputs. */
enum { LINE = 6 };

INLINE int parts(int taps) { return taps == 1 ? 1 : (taps + 2) / 3; }
INLINE int points(int taps) { return taps == 1 ? 1 : 6; }
INLINE int outputs(int taps) { return taps == 1 ? 1 : 4; }
INLINE int inner_of(const Conv *c) { return parts(c->kernel_height) * parts(c->kernel_width) * c->channels; }
INLINE int points_of(const Conv *c) { return points(c->kernel_height) * points(c->kernel_width); }
INLINE int rows_of(const Conv *c) { return up(c->out_height, outputs(c->kernel_height)) / outputs(c->kernel_height); }
INLINE int columns_of(const Conv *c) { return up(c->out_width, outputs(c->kernel_width)) / outputs(c->kernel_width); }

/*
 * The points of the interpolation are 0, ±P, ±Q and infinity. With 1 and 2, as they are usually chosen, the errors are nearly three
 * times as large; the squares of these are exact.
 */
#define P 0.625f
#define Q 1.5f
#define P2 (P * P)
#define Q2 (Q * Q)
/* Of the polynomials that are 1 at ±P, and at ±Q, and 0 at the other points. */
#define AT_P (1 / (2 * P2 * (P2 - Q2)))
#define AT_Q (1 / (2 * Q2 * (Q2 - P2)))

/* Of six inputs: Bᵀ. */
INLINE void input_line(const vec *d, vec *t) {
  vec a = sub(d[4], times(Q2, d[2])), b = times(P, sub(d[3], times(Q2, d[1])));
  vec c = sub(d[4], times(P2, d[2])), e = times(Q, sub(d[3], times(P2, d[1])));
  t[0] = add(times(P2 * Q2, d[0]), sub(d[4], times(P2 + Q2, d[2])));
  t[1] = add(a, b);
  t[2] = sub(a, b);
  t[3] = add(c, e);
  t[4] = sub(c, e);
  t[5] = add(times(P2 * Q2, d[1]), sub(d[5], times(P2 + Q2, d[3])));
}

/* Of three taps: G. */
INLINE void kernel_line(const vec *g, vec *t) {
  vec a = times(AT_P, add(g[0], times(P2, g[2]))), b = times(AT_P * P, g[1]);
  vec c = times(AT_Q, add(g[0], times(Q2, g[2]))), e = times(AT_Q * Q, g[1]);
  t[0] = times(1 / (P2 * Q2), g[0]);
  t[1] = add(a, b);
  t[2] = sub(a, b);
  t[3] = add(c, e);
  t[4] = sub(c, e);
  t[5] = g[2];
}

/* To four outputs: Aᵀ. */
INLINE void output_line(const vec *m, vec *t) {
  vec a = add(m[1], m[2]), b = sub(m[1], m[2]), c = add(m[3], m[4]), e = sub(m[3], m[4]);
  t[0] = add(m[0], add(a, c));
  t[1] = add(times(P, b), times(Q, e));
  t[2] = add(times(P2, a), times(Q2, c));
  t[3] = add(add(times(P2 * P, b), times(Q2 * Q, e)), m[5]);
}

/* Of the gradients of four outputs: A. */
INLINE void output_gradient_line(const vec *d, vec *t) {
  vec a = add(d[0], times(P2, d[2])), b = add(times(P, d[1]), times(P2 * P, d[3]));
  vec c = add(d[0], times(Q2, d[2])), e = add(times(Q, d[1]), times(Q2 * Q, d[3]));
  t[0] = d[0];
  t[1] = add(a, b);
  t[2] = sub(a, b);
  t[3] = add(c, e);
  t[4] = sub(c, e);
  t[5] = d[3];
}

/* To the gradients of three taps: Gᵀ. */
INLINE void kernel_gradient_line(const vec *u, vec *t) {
  vec a = times(AT_P, add(u[1], u[2])), b = times(AT_P * P, sub(u[1], u[2]));
  vec c = times(AT_Q, add(u[3], u[4])), e = times(AT_Q * Q, sub(u[3], u[4]));
  t[0] = add(times(1 / (P2 * Q2), u[0]), add(a, c));
  t[1] = add(b, e);
  t[2] = add(add(times(P2, a), times(Q2, c)), u[5]);
}

/* Where the tile `index` begins: its image, and its first output. */
typedef struct { int image, y, x; } Tile;
INLINE Tile tile_at(const Conv *c, int index) {
  int across = columns_of(c), each = rows_of(c) * across, within = index % each;
  Tile tile = { index / each, within / across * outputs(c->kernel_height), within % across * outputs(c->kernel_width) };
  return tile;
}

/* Reads a line of an image, zeros beyond its edges: `in` is the place of its first value, at position `x`. */
INLINE void read_line(const float *in, int x, int width, int step, int count, int lanes, int exists, vec *line) {
  UNROLL for (int i = 0; i < count; i++)
    line[i] = exists && (uint32_t)(x + i) < (uint32_t)width ? load(in + i * step, lanes) : zero();
}

/* One tile of one part of the kernel, `lanes` channels: to `out`, where points lie `step` floats apart. */
INLINE void transform_input_tile(const Conv *c, const float *image, int y, int x, float *scratch, float *out, int step, int lanes) {
  int across = points(c->kernel_width), down = points(c->kernel_height);
  int line = c->width * c->channels;
  vec d[LINE], t[LINE];
  for (int r = 0; r < down; r++) {
    const float *in = image + (y + r) * line + x * c->channels;
    int exists = (uint32_t)(y + r) < (uint32_t)c->height;
    if (across == 1) {
      store(scratch + r * 4, exists && (uint32_t)x < (uint32_t)c->width ? load(in, lanes) : zero(), 4);
    } else {
      read_line(in, x, c->width, c->channels, LINE, lanes, exists, d);
      input_line(d, t);
      UNROLL for (int i = 0; i < LINE; i++) store(scratch + (r * LINE + i) * 4, t[i], 4);
    }
  }
  for (int i = 0; i < across; i++) {
    if (down == 1) {
      store(out + i * step, load(scratch + i * 4, 4), lanes);
    } else {
      UNROLL for (int r = 0; r < LINE; r++) d[r] = load(scratch + (r * across + i) * 4, 4);
      input_line(d, t);
      UNROLL for (int r = 0; r < LINE; r++) store(out + (r * across + i) * step, t[r], lanes);
    }
  }
}

/* V: [point, tile, inner], where a row of `inner` takes `row` floats. */
INLINE void transform_inputs(const Conv *c, const float *x, int first, int count, int row, float *scratch, float *v) {
  int step = c->block * row;
  for (int t = 0; t < count; t++) {
    Tile tile = tile_at(c, first + t);
    const float *image = x + tile.image * c->height * c->width * c->channels;
    float *out = v + t * row;
    for (int i = 0; i < parts(c->kernel_height); i++) {
      for (int j = 0; j < parts(c->kernel_width); j++, out += c->channels) {
        int y = tile.y - c->top + 3 * i, left = tile.x - c->left + 3 * j, channel = 0;
        for (; channel + 4 <= c->channels; channel += 4)
          transform_input_tile(c, image + channel, y, left, scratch, out + channel, step, 4);
        for (; channel < c->channels; channel++)
          transform_input_tile(c, image + channel, y, left, scratch, out + channel, step, 1);
      }
    }
  }
}

/* Four filters' values of one tap, `step` floats apart, zeros beyond the last. */
INLINE vec four_filters(const float *p, int step, int left) {
  vec v = zero();
  if (left > 0) v = wasm_v128_load32_lane(p, v, 0);
  if (left > 1) v = wasm_v128_load32_lane(p + step, v, 1);
  if (left > 2) v = wasm_v128_load32_lane(p + 2 * step, v, 2);
  if (left > 3) v = wasm_v128_load32_lane(p + 3 * step, v, 3);
  return v;
}

/*
 * U: [point, filter / 8, inner, 8]. The kernel lies as [height, width, channel, filter], or, for the gradient of the input,
 * turned round with channel and filter exchanged.
 */
EXPORT(transformKernel)
void transform_kernel(const Conv *c, const float *w, int turned, float *scratch, float *u) {
  int inner = inner_of(c), high = c->kernel_height, wide = c->kernel_width;
  int down = points(high), across = points(wide), step = inner * up(c->filters, COLUMNS);
  int by_channel = turned ? 1 : c->filters, by_filter = turned ? c->channels : 1, tap = c->channels * c->filters;
  for (int n = 0; n < c->filters; n += 4) {
    float *panel = u + n / COLUMNS * inner * COLUMNS + n % COLUMNS;
    for (int i = 0; i < parts(high); i++) {
      for (int j = 0; j < parts(wide); j++) {
        for (int k = 0; k < c->channels; k++, panel += COLUMNS) {
          const float *at = w + k * by_channel + n * by_filter;
          vec g[LINE], t[LINE];
          for (int a = 0; a < least(3, high - 3 * i); a++) {
            int y = turned ? high - 1 - 3 * i - a : 3 * i + a;
            UNROLL for (int b = 0; b < 3; b++) {
              int x = turned ? wide - 1 - 3 * j - b : 3 * j + b;
              g[b] = 3 * j + b < wide ? four_filters(at + (y * wide + x) * tap, by_filter, c->filters - n) : zero();
            }
            if (across == 1) {
              store(scratch + a * 4, g[0], 4);
            } else {
              kernel_line(g, t);
              UNROLL for (int b = 0; b < LINE; b++) store(scratch + (a * LINE + b) * 4, t[b], 4);
            }
          }
          for (int b = 0; b < across; b++) {
            UNROLL for (int a = 0; a < 3; a++) g[a] = 3 * i + a < high ? load(scratch + (a * across + b) * 4, 4) : zero();
            if (down == 1) {
              store(panel + b * step, g[0], 4);
            } else {
              kernel_line(g, t);
              UNROLL for (int a = 0; a < LINE; a++) store(panel + (a * across + b) * step, t[a], 4);
            }
          }
        }
      }
    }
  }
}

/* [rows, inner] · [columns / 8, inner, 8] → [rows, columns]; rows are a multiple of ROWS. */
INLINE void product(const float *a, int a_row, const float *b, float *out, int rows, int inner, int columns) {
  for (int n = 0; n < columns; n += COLUMNS, b += inner * COLUMNS) {
    for (int m = 0; m < rows; m += ROWS) {
      const float *at = a + m * a_row, *w = b;
      vec sums[ROWS * 2];
      UNROLL for (int i = 0; i < ROWS * 2; i++) sums[i] = zero();
      for (int k = 0; k < inner; k++, w += COLUMNS, at++) {
        vec w0 = load(w, 4), w1 = load(w + 4, 4);
        UNROLL for (int r = 0; r < ROWS; r++) step_of_product(splat(at + r * a_row), w0, w1, sums + 2 * r);
      }
      float *to = out + m * columns + n;
      UNROLL for (int i = 0; i < ROWS * 2; i++) store(to + i / 2 * columns + i % 2 * 4, sums[i], 4);
    }
  }
}

/* out [rows, columns] += Σ over `count` of a [., rows]ᵀ · b [., columns]; rows are a multiple of ROWS. */
INLINE void add_outer_products(const float *a, const float *b, float *out, int count, int rows, int columns) {
  for (int n = 0; n < columns; n += COLUMNS) {
    for (int m = 0; m < rows; m += ROWS) {
      const float *at = a + m, *w = b + n;
      float *to = out + m * columns + n;
      vec sums[ROWS * 2];
      UNROLL for (int i = 0; i < ROWS * 2; i++) sums[i] = load(to + i / 2 * columns + i % 2 * 4, 4);
      for (int k = 0; k < count; k++, w += columns, at += rows) {
        vec w0 = load(w, 4), w1 = load(w + 4, 4);
        UNROLL for (int r = 0; r < ROWS; r++) step_of_product(splat(at + r), w0, w1, sums + 2 * r);
      }
      UNROLL for (int i = 0; i < ROWS * 2; i++) store(to + i / 2 * columns + i % 2 * 4, sums[i], 4);
    }
  }
}

INLINE void transform_output_tile(const Conv *c, const float *m, int step, vec bias, int relu, float *scratch, float *y, int down, int across, int lanes) {
  int high = points(c->kernel_height), wide = points(c->kernel_width);
  vec d[LINE], t[LINE];
  for (int i = 0; i < wide; i++) {
    if (high == 1) {
      store(scratch + i * 4, load(m + i * step, lanes), 4);
    } else {
      UNROLL for (int r = 0; r < LINE; r++) d[r] = load(m + (r * wide + i) * step, lanes);
      output_line(d, t);
      UNROLL for (int r = 0; r < 4; r++) store(scratch + (r * wide + i) * 4, t[r], 4);
    }
  }
  for (int r = 0; r < down; r++) {
    float *to = y + r * c->out_width * c->filters;
    if (wide == 1) {
      t[0] = load(scratch + r * 4, 4);
    } else {
      UNROLL for (int i = 0; i < LINE; i++) d[i] = load(scratch + (r * LINE + i) * 4, 4);
      output_line(d, t);
    }
    UNROLL for (int i = 0; i < 4; i++) {
      vec value = add(t[i], bias);
      if (i < across) store(to + i * c->filters, relu ? wasm_f32x4_pmax(value, zero()) : value, lanes);
    }
  }
}

INLINE void transform_outputs(const Conv *c, const float *m, int first, int count, const float *bias, int relu, float *scratch, float *y) {
  int columns = up(c->filters, COLUMNS), step = c->block * columns;
  for (int t = 0; t < count; t++, m += columns) {
    Tile tile = tile_at(c, first + t);
    int down = least(outputs(c->kernel_height), c->out_height - tile.y), across = least(outputs(c->kernel_width), c->out_width - tile.x);
    float *to = y + ((tile.image * c->out_height + tile.y) * c->out_width + tile.x) * c->filters;
    int n = 0;
    for (; n + 4 <= c->filters; n += 4)
      transform_output_tile(c, m + n, step, bias ? load(bias + n, 4) : zero(), relu, scratch, to + n, down, across, 4);
    for (; n < c->filters; n++)
      transform_output_tile(c, m + n, step, bias ? load(bias + n, 1) : zero(), relu, scratch, to + n, down, across, 1);
  }
}

/* y = conv(x) + bias, and its rectified value; `u` is the transformed kernel, `v` and `m` hold what a block of tiles needs. */
EXPORT(convolve)
void convolve(const Conv *c, const float *x, const float *u, const float *bias, int relu, float *scratch, float *v, float *m, float *y) {
  int inner = inner_of(c), columns = up(c->filters, COLUMNS), tiles = c->batch * rows_of(c) * columns_of(c);
  for (int first = 0; first < tiles; first += c->block) {
    int count = least(c->block, tiles - first);
    transform_inputs(c, x, first, count, inner, scratch, v);
    for (int p = 0; p < points_of(c); p++)
      product(v + p * c->block * inner, inner, u + p * inner * columns, m + p * c->block * columns, up(count, ROWS), inner, columns);
    transform_outputs(c, m, first, count, bias, relu, scratch, y);
  }
}

INLINE void transform_gradient_tile(const Conv *c, const float *dy, int down, int across, float *scratch, float *out, int step, int lanes) {
  int high = points(c->kernel_height), wide = points(c->kernel_width);
  vec d[LINE], t[LINE];
  for (int r = 0; r < outputs(c->kernel_height); r++) {
    const float *in = dy + r * c->out_width * c->filters;
    if (wide == 1) {
      store(scratch + r * 4, r < down ? load(in, lanes) : zero(), 4);
    } else {
      read_line(in, 0, across, c->filters, 4, lanes, r < down, d);
      output_gradient_line(d, t);
      UNROLL for (int i = 0; i < LINE; i++) store(scratch + (r * LINE + i) * 4, t[i], 4);
    }
  }
  for (int i = 0; i < wide; i++) {
    if (high == 1) {
      store(out + i * step, load(scratch + i * 4, 4), lanes);
    } else {
      UNROLL for (int r = 0; r < 4; r++) d[r] = load(scratch + (r * wide + i) * 4, 4);
      output_gradient_line(d, t);
      UNROLL for (int r = 0; r < LINE; r++) store(out + (r * wide + i) * step, t[r], lanes);
    }
  }
}

INLINE void transform_gradients(const Conv *c, const float *dy, int first, int count, float *scratch, float *m) {
  int columns = up(c->filters, COLUMNS), step = c->block * columns;
  for (int t = 0; t < count; t++, m += columns) {
    Tile tile = tile_at(c, first + t);
    int down = least(outputs(c->kernel_height), c->out_height - tile.y), across = least(outputs(c->kernel_width), c->out_width - tile.x);
    const float *from = dy + ((tile.image * c->out_height + tile.y) * c->out_width + tile.x) * c->filters;
    int n = 0;
    for (; n + 4 <= c->filters; n += 4) transform_gradient_tile(c, from + n, down, across, scratch, m + n, step, 4);
    for (; n < c->filters; n++) transform_gradient_tile(c, from + n, down, across, scratch, m + n, step, 1);
  }
}

/* dw [height, width, channel, filter] from the gradient of the transformed kernel, [point, inner, filter]. */
INLINE void transform_kernel_gradient(const Conv *c, const float *du, int row, float *scratch, float *dw) {
  int high = c->kernel_height, wide = c->kernel_width, down = points(high), across = points(wide);
  int columns = up(c->filters, COLUMNS), step = row * columns;
  for (int i = 0; i < parts(high); i++) {
    for (int j = 0; j < parts(wide); j++) {
      for (int k = 0; k < c->channels; k++, du += columns) {
        for (int n = 0; n < c->filters; n += 4) {
          vec u[LINE], t[LINE];
          for (int b = 0; b < across; b++) {
            if (down == 1) {
              store(scratch + b * 4, load(du + b * step + n, 4), 4);
            } else {
              UNROLL for (int a = 0; a < LINE; a++) u[a] = load(du + (a * across + b) * step + n, 4);
              kernel_gradient_line(u, t);
              UNROLL for (int a = 0; a < 3; a++) store(scratch + (a * across + b) * 4, t[a], 4);
            }
          }
          for (int a = 0; a < least(3, high - 3 * i); a++) {
            if (across == 1) {
              t[0] = load(scratch + a * 4, 4);
            } else {
              UNROLL for (int b = 0; b < LINE; b++) u[b] = load(scratch + (a * LINE + b) * 4, 4);
              kernel_gradient_line(u, t);
            }
            UNROLL for (int b = 0; b < 3; b++) {
              float *to = dw + (((3 * i + a) * wide + 3 * j + b) * c->channels + k) * c->filters + n;
              if (3 * j + b < wide) store_some(to, t[b], c->filters - n, 0);
            }
          }
        }
      }
    }
  }
}

/* The gradient of the kernel; `du` holds that of the transformed one, [point, inner, filter]. */
EXPORT(kernelGradient)
void kernel_gradient(const Conv *c, const float *x, const float *dy, float *scratch, float *v, float *m, float *du, float *dw) {
  int row = up(inner_of(c), ROWS), columns = up(c->filters, COLUMNS), tiles = c->batch * rows_of(c) * columns_of(c);
  for (int i = 0; i < points_of(c) * row * columns; i += 4) store(du + i, zero(), 4);
  for (int first = 0; first < tiles; first += c->block) {
    int count = least(c->block, tiles - first);
    transform_inputs(c, x, first, count, row, scratch, v);
    transform_gradients(c, dy, first, count, scratch, m);
    for (int p = 0; p < points_of(c); p++)
      add_outer_products(v + p * c->block * row, m + p * c->block * columns, du + p * row * columns, count, row, columns);
  }
  transform_kernel_gradient(c, du, row, scratch, dw);
}
