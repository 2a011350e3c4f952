// Convolutions of bf16, two values of an image at once: where hourglass_multiplies_pairs says so.
#ifndef HOURGLASS_CONVOLVE_PAIRS_H
#define HOURGLASS_CONVOLVE_PAIRS_H

#include <stdint.h>

#include "convolve.h"

/// As hourglass_convolve with bf16 and sums in single precision. A lane of the weights is a pair: of neighbours in the
/// run, so that a run has half as many vectors.
void hourglass_convolve_pairs(
    const hourglass_piece *pieces, int64_t count, const uint16_t *in, const uint32_t *weights, const float *bias,
    int32_t is_rectified, float *out);

/// As hourglass_convolve_outer of pairs, each of a value and the one a column further.
void hourglass_convolve_outer_pairs(
    const hourglass_outer_piece *pieces, int64_t count, const uint32_t *scalars, const uint32_t *vectors, float *out);

/// out[i] = x[table[i]] as bf16, and 0 where the table has -1; `count` is a multiple of 16.
void hourglass_round_picked(const float *x, const int32_t *table, int64_t count, uint16_t *out);

/// Rounds an image into a frame whose other values are zeros already.
void hourglass_round_frame(const float *image, const hourglass_frame *frame, uint16_t *out);

/// Of each of `rows` rows: out[i] = (x[i], x[i + distance]) as bf16, 0 behind the end of the row.
void hourglass_pair_neighbours(const float *x, int64_t rows, int64_t row, int64_t distance, uint32_t *out);

#endif
