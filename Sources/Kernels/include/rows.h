// Rows of a matrix by their numbers.
#ifndef HOURGLASS_ROWS_H
#define HOURGLASS_ROWS_H

#include <stdint.h>

/// out[i, :] = matrix[places[i], :]. A place is rounded to a whole number; one outside is the nearest row, and
/// NaN the first.
void hourglass_pick_rows(
    const float *places, int64_t count, const float *matrix, int64_t rows, int64_t columns, float *out);

/// out[r, :] = the sum of x[i, :] over all i whose place is r, in their order; `stride` values from one row of
/// x and of out to the next.
void hourglass_place_rows(
    const float *places, int64_t count, const float *x, int64_t rows, int64_t columns, int64_t stride,
    float *out);

/// out[i, :] = 1 at places[i], else 0; a place means what it means above.
void hourglass_one_hot(const float *places, int64_t count, int64_t columns, float *out);

#endif
