/* The error function, within 1.3e-7: polynomials fitted to have the least greatest error, one up to 1 and one beyond. */
#include "vectors.h"

INLINE vec constant(float value) { return wasm_f32x4_splat(value); }

/* 2^x for −126 ≤ x ≤ 0: a shift for the nearest whole number, the power series of 2^f for what is left. */
INLINE vec power_of_two(vec x) {
  vec whole = wasm_f32x4_nearest(x), f = sub(x, whole);
  vec y = constant(1.5252734e-5f);
  y = fma(y, f, constant(1.5403530e-4f));
  y = fma(y, f, constant(1.3333558e-3f));
  y = fma(y, f, constant(9.6181291e-3f));
  y = fma(y, f, constant(5.5504109e-2f));
  y = fma(y, f, constant(2.4022651e-1f));
  y = fma(y, f, constant(6.9314718e-1f));
  y = fma(y, f, constant(1));
  vec exponent = wasm_i32x4_shl(wasm_i32x4_trunc_sat_f32x4(whole), 23);
  return wasm_i32x4_add(y, exponent);
}

/* erf(x)/x for s = x² ≤ 1 */
INLINE vec near(vec s) {
  vec y = constant(7.64711585e-05f);
  y = fma(y, s, constant(-0.000794235559f));
  y = fma(y, s, constant(0.00517974934f));
  y = fma(y, s, constant(-0.0268485919f));
  y = fma(y, s, constant(0.112834305f));
  y = fma(y, s, constant(-0.376126051f));
  y = fma(y, s, constant(1.12837911f));
  return y;
}

/* erfc(x)·exp(x²) for t = 1/(1 + x/2), 1 ≤ x ≤ 4 */
INLINE vec far(vec t) {
  vec y = constant(-0.0387620144f);
  y = fma(y, t, constant(0.723659515f));
  y = fma(y, t, constant(-0.0614511892f));
  y = fma(y, t, constant(0.392461121f));
  y = fma(y, t, constant(-0.0135064358f));
  return y;
}

INLINE vec erf_of(vec x) {
  /* Beyond 4 it is 1 in float32. What is not a number stays so. */
  vec a = wasm_f32x4_min(wasm_f32x4_abs(x), constant(4)), square = mul(a, a);
  vec t = wasm_f32x4_div(constant(1), fma(a, constant(0.5f), constant(1)));
  vec beyond = sub(constant(1), mul(far(t), power_of_two(mul(square, constant(-1.44269504f)))));
  vec value = wasm_v128_bitselect(beyond, mul(a, near(square)), wasm_f32x4_ge(a, constant(1)));
  return wasm_v128_or(value, wasm_v128_and(x, constant(-0.0f)));
}

EXPORT(erf)
void erf_of_each(const float *x, float *y, int count) {
  int i = 0;
  for (; i + 4 <= count; i += 4) store(y + i, erf_of(load(x + i, 4)), 4);
  for (; i < count; i++) store(y + i, erf_of(load(x + i, 1)), 1);
}
