/*
 * Power spectra of real frames in float64: complex transforms of half their length (Stockham's, radix 4), two frames at a
 * time. Each frame has a lane of every vector to itself, so that no step mixes lanes.
 */
#include <wasm_simd128.h>

#define INLINE static inline __attribute__((always_inline))
#define APART static __attribute__((noinline))

typedef v128_t vec;
typedef struct { vec re, im; } complex;

INLINE vec add(vec a, vec b) { return wasm_f64x2_add(a, b); }
INLINE vec sub(vec a, vec b) { return wasm_f64x2_sub(a, b); }
INLINE vec mul(vec a, vec b) { return wasm_f64x2_mul(a, b); }

INLINE complex sum(complex a, complex b) { return (complex){add(a.re, b.re), add(a.im, b.im)}; }
INLINE complex difference(complex a, complex b) { return (complex){sub(a.re, b.re), sub(a.im, b.im)}; }
INLINE complex plus_i_times(complex a, complex b) { return (complex){sub(a.re, b.im), add(a.im, b.re)}; }
INLINE complex minus_i_times(complex a, complex b) { return (complex){add(a.re, b.im), sub(a.im, b.re)}; }
INLINE complex product(complex a, complex b) {
  return (complex){sub(mul(a.re, b.re), mul(a.im, b.im)), add(mul(a.re, b.im), mul(a.im, b.re))};
}

/* e^(−2πi·k/size): `roots` has them as pairs. */
INLINE complex root(const double *roots, int k) {
  return (complex){wasm_v128_load64_splat(roots + 2 * k), wasm_v128_load64_splat(roots + 2 * k + 1)};
}

/* Two frames of samples, the second `apart` samples behind the first. */
typedef struct { const float *samples; int apart; const double *window; } frames;

INLINE vec windowed(const float *samples, const double *window) {
  return mul(wasm_f64x2_promote_low_f32x4(wasm_v128_load64_zero(samples)), wasm_v128_load(window));
}

/* The samples 2k and 2k + 1 as the parts of a complex number. */
INLINE complex loaded(frames f, int k) {
  vec first = windowed(f.samples + 2 * k, f.window + 2 * k);
  vec second = windowed(f.samples + f.apart + 2 * k, f.window + 2 * k);
  return (complex){wasm_i64x2_shuffle(first, second, 0, 2), wasm_i64x2_shuffle(first, second, 1, 3)};
}

/* The transform of four numbers, its parts 0 and 2, or 1 and 3. */
INLINE void even_parts(complex a, complex b, complex c, complex d, complex *first, complex *second) {
  complex ac = sum(a, c), bd = sum(b, d);
  *first = sum(ac, bd);
  *second = difference(ac, bd);
}

INLINE void odd_parts(complex a, complex b, complex c, complex d, complex *first, complex *second) {
  complex ac = difference(a, c), bd = difference(b, d);
  *first = minus_i_times(ac, bd);
  *second = plus_i_times(ac, bd);
}

/* The first step halves the transform, or quarters it. */
APART void load_radix2(const float *samples, int apart, const double *window, int half, const double *roots, complex *out) {
  const frames f = {samples, apart, window};
  for (int k = 0; k < half / 2; k++, out += 2) {
    complex a = loaded(f, k), b = loaded(f, k + half / 2);
    out[0] = sum(a, b);
    out[1] = product(difference(a, b), root(roots, 2 * k));
  }
}

APART void load_radix4(const float *samples, int apart, const double *window, int half, const double *roots, complex *out) {
  const frames f = {samples, apart, window};
  const int leg = half / 4;
  for (int k = 0; k < leg; k++, out += 4) {
    complex a = loaded(f, k), b = loaded(f, k + leg), c = loaded(f, k + 2 * leg), d = loaded(f, k + 3 * leg);
    complex y0, y1, y2, y3;
    even_parts(a, b, c, d, &y0, &y2);
    odd_parts(a, b, c, d, &y1, &y3);
    out[0] = y0;
    out[1] = product(y1, root(roots, 2 * k));
    out[2] = product(y2, root(roots, 4 * k));
    out[3] = product(y3, root(roots, 6 * k));
  }
}

/* `done` transforms of `half / done` numbers each, their numbers `done` places apart: each becomes four. */
APART void radix4(const complex *in, int half, int done, const double *roots, complex *out) {
  const int leg = half / 4;
  for (int k = 0; k < leg; k += done, out += 3 * done) {
    const complex w1 = root(roots, 2 * k), w2 = root(roots, 4 * k), w3 = root(roots, 6 * k);
    for (int i = 0; i < done; i++, in++, out++) {
      complex y0, y1, y2, y3;
      even_parts(in[0], in[leg], in[2 * leg], in[3 * leg], &y0, &y2);
      odd_parts(in[0], in[leg], in[2 * leg], in[3 * leg], &y1, &y3);
      out[0] = y0;
      out[done] = product(y1, w1);
      out[2 * done] = product(y2, w2);
      out[3 * done] = product(y3, w3);
    }
  }
}

/* Where the spectra of two frames go, the second `apart` places behind the first. */
typedef struct { float *bins; int apart; } spectra;

INLINE void store_power(spectra s, int bin, vec re, vec im) {
  vec power = wasm_f32x4_demote_f64x2_zero(add(mul(re, re), mul(im, im)));
  wasm_v128_store32_lane(s.bins + bin, power, 0);
  wasm_v128_store32_lane(s.bins + s.apart + bin, power, 1);
}

/*
 * Number k of the complex transform and number half - k give the real signal's bins k and half - k. (Both should be
 * halved: the window is.)
 */
INLINE void store_pair(complex z, complex mirrored, int k, int half, const double *roots, spectra s) {
  complex even = {add(z.re, mirrored.re), sub(z.im, mirrored.im)};
  complex odd = {add(z.im, mirrored.im), sub(mirrored.re, z.re)};
  complex turned = product(odd, root(roots, k));
  store_power(s, k, add(even.re, turned.re), add(even.im, turned.im));
  store_power(s, half - k, sub(even.re, turned.re), sub(even.im, turned.im));
}

/* The last step, with the powers of what it gives. */
APART void finish(const complex *in, int half, const double *roots, float *bins, int apart) {
  const spectra s = {bins, apart};
  const int leg = half / 4;
  complex y0, y1, y2, y3;
  even_parts(in[0], in[leg], in[2 * leg], in[3 * leg], &y0, &y2);
  odd_parts(in[0], in[leg], in[2 * leg], in[3 * leg], &y1, &y3);
  const vec zero = wasm_f64x2_splat(0), two = wasm_f64x2_splat(2);
  store_power(s, 0, mul(two, add(y0.re, y0.im)), zero);
  store_power(s, half, mul(two, sub(y0.re, y0.im)), zero);
  store_pair(y1, y3, leg, half, roots, s);
  store_pair(y2, y2, 2 * leg, half, roots, s);
  for (int k = 1; k <= leg / 2; k++) {
    const complex *a = in + k, *b = in + leg - k;
    even_parts(a[0], a[leg], a[2 * leg], a[3 * leg], &y0, &y2);
    odd_parts(b[0], b[leg], b[2 * leg], b[3 * leg], &y1, &y3);
    store_pair(y0, y3, k, half, roots, s);
    store_pair(y2, y1, k + 2 * leg, half, roots, s);
    odd_parts(a[0], a[leg], a[2 * leg], a[3 * leg], &y1, &y3);
    even_parts(b[0], b[leg], b[2 * leg], b[3 * leg], &y0, &y2);
    store_pair(y1, y2, k + leg, half, roots, s);
    store_pair(y3, y0, k + 3 * leg, half, roots, s);
  }
}

/*
 * `count` frames of `size` samples, each `hop` behind the one before, times `window`: the usual one, halved. Their spectra of
 * size / 2 + 1 bins go to `out`. `size` is a power of two, at least 16; `room` holds 4·size float64s.
 */
__attribute__((export_name("powerSpectra"))) void power_spectra(const float *signal, int hop, int count, int size,
                                                                const double *window, const double *roots,
                                                                double *room, float *out) {
  const int half = size / 2;
  for (int t = 0; t < count; t += 2, signal += 2 * hop, out += 2 * (half + 1)) {
    const int pair = t + 1 < count;
    complex *in = (complex *)room, *other = in + half;
    int done = half & 0x55555555 ? 4 : 2;
    if (done == 4) load_radix4(signal, pair ? hop : 0, window, half, roots, in);
    else load_radix2(signal, pair ? hop : 0, window, half, roots, in);
    for (; 4 * done < half; done *= 4) {
      radix4(in, half, done, roots, other);
      complex *written = other;
      other = in;
      in = written;
    }
    finish(in, half, roots, out, pair ? half + 1 : 0);
  }
}
