#pragma once
#include "vectors.h"

/* So many inner values at a time: what of both matrices is in use fits the caches. */
enum { DEPTH = 256 };

/*
 * out [rows, columns] = a [rows, inner] · b [inner, columns], or added to what is there. A transposed `a` lies as [inner, rows], and `packed` holds
 * DEPTH values of each of its rows; a transposed `b` lies as [columns, inner]. `panel` holds DEPTH · 8 floats.
 */
void multiply_one(const float *a, const float *b, float *out, int rows, int inner, int columns, int a_transposed, int b_transposed, int adds, float *panel, float *packed);
