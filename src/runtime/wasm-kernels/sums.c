/* Sums in float64: in float32 those over an image lose a percent. */
#include "vectors.h"

INLINE vec add2(vec a, vec b) { return wasm_f64x2_add(a, b); }
INLINE vec low(vec v) { return wasm_f64x2_promote_low_f32x4(v); }
INLINE vec high(vec v) { return wasm_f64x2_promote_low_f32x4(wasm_i32x4_shuffle(v, v, 2, 3, 2, 3)); }

/* sums [channels], float64, += values [channel .. channel + 3] */
INLINE void add_four(double *sums, vec values) {
  wasm_v128_store(sums, add2(wasm_v128_load(sums), low(values)));
  wasm_v128_store(sums + 2, add2(wasm_v128_load(sums + 2), high(values)));
}

INLINE void clear(double *sums, int count) {
  for (int i = 0; i < count; i++) sums[i] = 0;
}

/* The sum of values that lie side by side. */
INLINE double sum_of(const float *x, int count) {
  vec a = wasm_f64x2_splat(0), b = a, c = a, d = a;
  int i = 0;
  for (; i + 8 <= count; i += 8) {
    vec first = load(x + i, 4), second = load(x + i + 4, 4);
    a = add2(a, low(first));
    b = add2(b, high(first));
    c = add2(c, low(second));
    d = add2(d, high(second));
  }
  vec both = add2(add2(a, b), add2(c, d));
  double sum = wasm_f64x2_extract_lane(both, 0) + wasm_f64x2_extract_lane(both, 1);
  for (; i < count; i++) sum += x[i];
  return sum;
}

/* [outer, count, inner] → [outer, inner], times `scale`; `room` holds `inner` float64s. */
EXPORT(addUp)
void add_up(const float *x, float *sums, int outer, int count, int inner, double scale, double *room) {
  for (int o = 0; o < outer; o++, sums += inner) {
    if (inner == 1) {
      sums[0] = (float)(sum_of(x, count) * scale);
      x += count;
      continue;
    }
    clear(room, inner);
    for (int i = 0; i < count; i++, x += inner) {
      int j = 0;
      for (; j + 4 <= inner; j += 4) add_four(room + j, load(x + j, 4));
      for (; j < inner; j++) room[j] += x[j];
    }
    for (int j = 0; j < inner; j++) sums[j] = (float)(room[j] * scale);
  }
}

/* What of a gradient passes a rectifier: where its value `y` is positive. */
INLINE vec passed(const float *dy, const float *y, int rectified, int lanes) {
  vec slope = load(dy, lanes);
  return rectified ? wasm_v128_and(slope, wasm_f32x4_gt(load(y, lanes), zero())) : slope;
}

/* A batch normalisation's statistics: the mean of each channel of [rows, channels], and the biased variance. */
EXPORT(moments)
void moments(const float *x, int rows, int channels, float *mean, float *variance, double *room) {
  add_up(x, mean, 1, rows, channels, 1.0 / rows, room);
  clear(room, channels);
  for (int i = 0; i < rows; i++, x += channels) {
    int j = 0;
    for (; j + 4 <= channels; j += 4) {
      vec distance = sub(load(x + j, 4), load(mean + j, 4));
      add_four(room + j, mul(distance, distance));
    }
    for (; j < channels; j++) room[j] += (double)(x[j] - mean[j]) * (x[j] - mean[j]);
  }
  for (int j = 0; j < channels; j++) variance[j] = (float)(room[j] / rows);
}

INLINE void normalize_some(const float *x, const float *mean, const float *scale, const float *shift, int rectified, float *y, int lanes) {
  vec value = add(mul(sub(load(x, lanes), load(mean, lanes)), load(scale, lanes)), load(shift, lanes));
  store(y, rectified ? wasm_f32x4_pmax(value, zero()) : value, lanes);
}

/* y = (x − mean)·scale + shift, rectified or not. */
EXPORT(normalize)
void normalize(const float *x, int rows, int channels, const float *mean, const float *scale, const float *shift, int rectified, float *y) {
  for (int i = 0; i < rows; i++, x += channels, y += channels) {
    int j = 0;
    for (; j + 4 <= channels; j += 4) normalize_some(x + j, mean + j, scale + j, shift + j, rectified, y + j, 4);
    for (; j < channels; j++) normalize_some(x + j, mean + j, scale + j, shift + j, rectified, y + j, 1);
  }
}

/* y = (x − mean)/√(variance + ε)·γ + β of each row. */
EXPORT(normalizeRows)
void normalize_rows(const float *x, int rows, int width, const float *gamma, const float *beta, double epsilon, float *y) {
  for (int i = 0; i < rows; i++, x += width, y += width) {
    float mean = (float)(sum_of(x, width) / width);
    double squares = 0;
    int j = 0;
    vec a = wasm_f64x2_splat(0), b = a;
    for (; j + 4 <= width; j += 4) {
      vec distance = sub(load(x + j, 4), wasm_f32x4_splat(mean));
      vec square = mul(distance, distance);
      a = add2(a, low(square));
      b = add2(b, high(square));
    }
    for (; j < width; j++) squares += (double)(x[j] - mean) * (x[j] - mean);
    a = add2(a, b);
    squares += wasm_f64x2_extract_lane(a, 0) + wasm_f64x2_extract_lane(a, 1);
    float scale = (float)(1 / __builtin_sqrt(squares / width + epsilon));
    for (j = 0; j + 4 <= width; j += 4) {
      vec normalized = mul(sub(load(x + j, 4), wasm_f32x4_splat(mean)), wasm_f32x4_splat(scale));
      store(y + j, fma(normalized, load(gamma + j, 4), load(beta + j, 4)), 4);
    }
    for (; j < width; j++) y[j] = (x[j] - mean) * scale * gamma[j] + beta[j];
  }
}

/* Over the rows, of what passes: its sum, and that of its products with x − mean. `room` holds 2 · channels float64s. */
EXPORT(gradientMoments)
void gradient_moments(const float *dy, const float *x, const float *y, int rows, int channels, const float *mean, int rectified, float *sums, float *products, double *room) {
  double *more = room + channels;
  clear(room, 2 * channels);
  for (int i = 0; i < rows; i++, x += channels, y += channels, dy += channels) {
    int j = 0;
    for (; j + 4 <= channels; j += 4) {
      vec slope = passed(dy + j, y + j, rectified, 4);
      add_four(room + j, slope);
      add_four(more + j, mul(slope, sub(load(x + j, 4), load(mean + j, 4))));
    }
    for (; j < channels; j++) {
      float slope = !rectified || y[j] > 0 ? dy[j] : 0;
      room[j] += slope;
      more[j] += (double)slope * (x[j] - mean[j]);
    }
  }
  for (int j = 0; j < channels; j++) {
    sums[j] = (float)room[j];
    products[j] = (float)more[j];
  }
}

INLINE void input_gradient_some(const float *dy, const float *x, const float *y, const float *mean, const float *scale, const float *offset, const float *slope, int rectified, float *dx, int lanes) {
  vec centred = sub(load(x, lanes), load(mean, lanes));
  vec common = add(load(offset, lanes), mul(centred, load(slope, lanes)));
  store(dx, mul(sub(passed(dy, y, rectified, lanes), common), load(scale, lanes)), lanes);
}

/* dx = (what passes − offset − slope·(x − mean))·scale */
EXPORT(normalizeGradient)
void normalize_gradient(const float *dy, const float *x, const float *y, int rows, int channels, const float *mean, const float *scale, const float *offset, const float *slope, int rectified, float *dx) {
  for (int i = 0; i < rows; i++, x += channels, y += channels, dy += channels, dx += channels) {
    int j = 0;
    for (; j + 4 <= channels; j += 4) input_gradient_some(dy + j, x + j, y + j, mean + j, scale + j, offset + j, slope + j, rectified, dx + j, 4);
    for (; j < channels; j++) input_gradient_some(dy + j, x + j, y + j, mean + j, scale + j, offset + j, slope + j, rectified, dx + j, 1);
  }
}
