/* Dot products of a signal with one row of filter taps. */
#include <wasm_simd128.h>

static float sum(v128_t v) {
  return (wasm_f32x4_extract_lane(v, 0) + wasm_f32x4_extract_lane(v, 1)) +
         (wasm_f32x4_extract_lane(v, 2) + wasm_f32x4_extract_lane(v, 3));
}

static v128_t more(v128_t acc, v128_t taps, const float *signal) {
  return wasm_f32x4_add(acc, wasm_f32x4_mul(taps, wasm_v128_load(signal)));
}

/* The signal's part moves by `step` from one product to the next, its place among the outputs by `stride`. */
__attribute__((export_name("dots"))) void dots(const float *signal, int step, const float *row, int taps, float *out,
                                               int stride, int count) {
  const v128_t zero = wasm_f32x4_splat(0);
  for (; count >= 4; count -= 4, signal += 4 * step, out += 4 * stride) {
    v128_t a = zero, b = zero, c = zero, d = zero;
    for (int k = 0; k < taps; k += 4) {
      const v128_t t = wasm_v128_load(row + k);
      a = more(a, t, signal + k);
      b = more(b, t, signal + step + k);
      c = more(c, t, signal + 2 * step + k);
      d = more(d, t, signal + 3 * step + k);
    }
    out[0] = sum(a);
    out[stride] = sum(b);
    out[2 * stride] = sum(c);
    out[3 * stride] = sum(d);
  }
  for (; count > 0; count--, signal += step, out += stride) {
    v128_t a = zero;
    for (int k = 0; k < taps; k += 4) a = more(a, wasm_v128_load(row + k), signal + k);
    *out = sum(a);
  }
}
