// Products of bf16, two terms of a sum at once: the processor multiplies pairs.
#ifndef HOURGLASS_PAIRS_H
#define HOURGLASS_PAIRS_H

#include <stdint.h>

/// Columns that lie together in a packed matrix.
#define HOURGLASS_PANEL 32

/// Whether the functions below may be called: the processor has AVX512_BF16, and no unit for whole tiles (AMX), for
/// which a library knows better products.
int32_t hourglass_multiplies_pairs(void);

/// out[i] = x[i] rounded to bf16, as hourglass_narrow does, but that subnormal numbers become 0.
void hourglass_round_values(const float *x, int64_t count, uint16_t *out);

/// Pairs of lines of x[lines, columns]: out[p, c] = (x[2p, c], x[2p + 1, c]); a line that is missing is 0.
void hourglass_round_lines(const float *x, int64_t lines, int64_t columns, uint32_t *out);

/// Panels of b[inner, columns], from `first` up to `end`: panel f is [(inner + 1) / 2, HOURGLASS_PANEL] pairs of
/// lines of the columns from f HOURGLASS_PANEL on, 0 where the matrix has ended. `out` is where panel 0 lies.
void hourglass_round_panels(
    const float *b, int64_t inner, int64_t columns, int64_t first, int64_t end, uint32_t *out);

/// c[r, n] = sum over k of a[r, k] b[k, n], of bf16 with sums in single precision: a row by row, b in panels.
void hourglass_product_of_pairs(
    const uint16_t *a, const uint32_t *b, int64_t rows, int64_t columns, int64_t inner, float *c);

/// c[i, n] = sum over the lines of x[line, i] y[line, n], both as pairs of lines, `x_pair` and `y_pair` pairs from one
/// to the next.
void hourglass_contraction_of_pairs(
    const uint32_t *x, int64_t x_pair, const uint32_t *y, int64_t y_pair, int64_t rows, int64_t columns,
    int64_t pairs, float *c, int64_t c_row);

#endif
