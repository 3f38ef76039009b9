/* What the kernels have in common. Nothing may need a stack or data in memory: the heap belongs to the backend. */
#pragma once
#include <stdint.h>
#include <wasm_simd128.h>

#define EXPORT(name) __attribute__((export_name(#name)))
#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")

typedef v128_t vec;

/*
 * Products are computed four rows by eight columns at a time. V8's TurboFan loads all that a step of them needs before it multiplies, which
 * leaves registers for eight sums; with twelve it goes through memory, and takes half as long again.
 */
enum { ROWS = 4, COLUMNS = 8 };

INLINE int up(int count, int multiple) { return (count + multiple - 1) / multiple * multiple; }
INLINE int least(int a, int b) { return a < b ? a : b; }

INLINE vec add(vec a, vec b) { return wasm_f32x4_add(a, b); }
INLINE vec sub(vec a, vec b) { return wasm_f32x4_sub(a, b); }
INLINE vec mul(vec a, vec b) { return wasm_f32x4_mul(a, b); }
/* a · b + c, rounded once where the module may, and in one instruction. */
INLINE vec fma(vec a, vec b, vec c) {
#ifdef __wasm_relaxed_simd__
  return wasm_f32x4_relaxed_madd(a, b, c);
#else
  return add(mul(a, b), c);
#endif
}
INLINE vec times(float a, vec b) { return mul(wasm_f32x4_splat(a), b); }
INLINE vec zero(void) { return wasm_f32x4_splat(0); }
INLINE vec splat(const float *p) { return wasm_v128_load32_splat(p); }

/* Four channels at a time, and the last ones one by one. */
INLINE vec load(const float *p, int lanes) { return lanes == 4 ? wasm_v128_load(p) : wasm_v128_load32_zero(p); }
INLINE void store(float *p, vec v, int lanes) {
  if (lanes == 4) wasm_v128_store(p, v);
  else wasm_v128_store32_lane(p, v, 0);
}

INLINE void step_of_product(vec s, vec w0, vec w1, vec *sums) {
  sums[0] = fma(s, w0, sums[0]);
  sums[1] = fma(s, w1, sums[1]);
}

/* As many of four values as there are, added to what is there or in its place. */
INLINE void store_some(float *p, vec v, int count, int adds) {
  if (count > 0) p[0] = (adds ? p[0] : 0) + wasm_f32x4_extract_lane(v, 0);
  if (count > 1) p[1] = (adds ? p[1] : 0) + wasm_f32x4_extract_lane(v, 1);
  if (count > 2) p[2] = (adds ? p[2] : 0) + wasm_f32x4_extract_lane(v, 2);
  if (count > 3) p[3] = (adds ? p[3] : 0) + wasm_f32x4_extract_lane(v, 3);
}
