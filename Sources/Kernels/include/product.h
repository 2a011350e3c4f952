// Products of matrices too small for a library that prepares each call.
#ifndef HOURGLASS_PRODUCT_H
#define HOURGLASS_PRODUCT_H

#include <stdint.h>

/// The longest inner axis for which ``hourglass_product`` gives the bytes of oneDNN, which cuts longer sums.
#define HOURGLASS_PRODUCT_INNER 256

/// C[r, n] = sum over k of A[r, k] B[k, n], summed from k = 0 on.
/// A[r, k] lies at a[r * a_row + k * a_inner], so that A may be transposed; rows of B and C are contiguous.
void hourglass_product(
    const float *a, int64_t a_row, int64_t a_inner, const float *b, int64_t b_inner, int64_t rows,
    int64_t columns, int64_t inner, float *c, int64_t c_row);

#endif
