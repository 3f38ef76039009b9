/*
 * Power spectra of real frames in float64, by complex transforms of half their length (Stockham's, radix 4), two frames at a
 * time: each has a lane of every vector to itself, so that no step mixes lanes.
 */
#include <wasm_simd128.h>

#define INLINE static inline __attribute__((always_inline))
/* Engines compile anew what is called often, but not a loop that is running. */
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

INLINE vec windowed(frames f, int sample) {
  vec first = wasm_v128_load32_zero(f.samples + sample);
  vec both = wasm_v128_load32_lane(f.samples + f.apart + sample, first, 1);
  return mul(wasm_f64x2_promote_low_f32x4(both), wasm_v128_load64_splat(f.window + sample));
}

INLINE complex loaded(frames f, int k) { return (complex){windowed(f, 2 * k), windowed(f, 2 * k + 1)}; }

/* The transform of four numbers, times 1, w, w² and w³ for the k-th root w of `roots`. They go `apart` places apart. */
INLINE void butterfly(complex a, complex b, complex c, complex d, const double *roots, int k, complex *out, int apart) {
  complex ac = sum(a, c), bd = sum(b, d), a_c = difference(a, c), b_d = difference(b, d);
  out[0] = sum(ac, bd);
  out[apart] = product(minus_i_times(a_c, b_d), root(roots, k));
  out[2 * apart] = product(difference(ac, bd), root(roots, 2 * k));
  out[3 * apart] = product(plus_i_times(a_c, b_d), root(roots, 3 * k));
}

/* The first step, where the number of them is odd: a transform becomes two of half the length. */
APART void load_radix2(const float *samples, int apart, const double *window, int half, const double *roots, complex *out) {
  const frames f = {samples, apart, window};
  const int leg = half / 2;
  for (int k = 0; k < leg; k++, out += 2) {
    complex a = loaded(f, k), b = loaded(f, k + leg);
    out[0] = sum(a, b);
    out[1] = product(difference(a, b), root(roots, 2 * k));
  }
}

/* The first step otherwise: a transform becomes four of a fourth of the length. */
APART void load_radix4(const float *samples, int apart, const double *window, int half, const double *roots, complex *out) {
  const frames f = {samples, apart, window};
  const int leg = half / 4;
  for (int k = 0; k < leg; k++, out += 4)
    butterfly(loaded(f, k), loaded(f, k + leg), loaded(f, k + 2 * leg), loaded(f, k + 3 * leg), roots, 2 * k, out, 1);
}

/* A further step: `done` transforms, whose numbers lie `done` places apart, become four each. */
APART void radix4(const complex *in, int half, int done, const double *roots, complex *out) {
  const int leg = half / 4;
  for (int k = 0; k < leg; k += done, out += 3 * done)
    for (int i = 0; i < done; i++, in++, out++)
      butterfly(in[0], in[leg], in[2 * leg], in[3 * leg], roots, 2 * k, out, done);
}

/* Where the spectra of two frames go, the second `apart` places behind the first. */
typedef struct { float *bins; int apart; } spectra;

INLINE void store_power(spectra s, int bin, complex x) {
  vec power = wasm_f32x4_demote_f64x2_zero(add(mul(x.re, x.re), mul(x.im, x.im)));
  wasm_v128_store32_lane(s.bins + bin, power, 0);
  wasm_v128_store32_lane(s.bins + s.apart + bin, power, 1);
}

/*
 * The complex transform is that of the even samples and i times that of the odd ones: its numbers k and half − k give the
 * bins k and half − k of the frame. (The halves of sums and differences are in the window.)
 */
INLINE void store_pair(complex z, complex mirrored, int k, int half, const double *roots, spectra s) {
  complex even = {add(z.re, mirrored.re), sub(z.im, mirrored.im)};
  complex odd = {add(z.im, mirrored.im), sub(mirrored.re, z.re)};
  complex turned = product(odd, root(roots, k));
  store_power(s, k, sum(even, turned));
  store_power(s, half - k, difference(even, turned));
}

APART void store_powers(const complex *z, int half, const double *roots, float *bins, int apart) {
  const spectra s = {bins, apart};
  store_pair(z[0], z[0], 0, half, roots, s);
  for (int k = 1; k <= half / 2; k++) store_pair(z[k], z[half - k], k, half, roots, s);
}

/*
 * `count` frames of `size` samples, a power of two, each `hop` samples behind the one before. `window` is half of the window,
 * `roots` has three fourths of the roots, `room` is for 4·size float64s. The spectra, size / 2 + 1 bins each, go to `out`.
 */
__attribute__((export_name("powerSpectra"))) void power_spectra(const float *signal, int hop, int count, int size,
                                                                const double *window, const double *roots,
                                                                complex *room, float *out) {
  const int half = size / 2, bins = half + 1;
  const int is_power_of_four = half & 0x55555555;
  for (int t = 0; t < count; t += 2, signal += 2 * hop, out += 2 * bins) {
    const int is_pair = t + 1 < count;
    complex *in = room, *other = room + half;
    if (is_power_of_four) load_radix4(signal, is_pair ? hop : 0, window, half, roots, in);
    else load_radix2(signal, is_pair ? hop : 0, window, half, roots, in);
    for (int done = is_power_of_four ? 4 : 2; done < half; done *= 4) {
      radix4(in, half, done, roots, other);
      complex *written = other;
      other = in;
      in = written;
    }
    store_powers(in, half, roots, out, is_pair ? bins : 0);
  }
}
