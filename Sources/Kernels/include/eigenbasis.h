// What an optimizer does with small symmetric matrices. One thread runs a call.
#ifndef HOURGLASS_EIGENBASIS_H
#define HOURGLASS_EIGENBASIS_H

#include <stdint.h>

/// One round of orthogonal iteration. `basis` is Q [count, count], orthonormal by columns, `image` is P Q of a symmetric
/// P. Columns are put in the order of their Rayleigh quotients qᵀ P q, the largest first, of equals the first; then Q
/// becomes the orthonormal factor of P Q, by reflections (Householder 1958). order[k]: the column that came to place k.
/// `work` has room for 4 count² + 2 count floats, and is aligned to doubles.
void hourglass_turn_basis(float *basis, const float *image, int64_t count, int32_t *order, float *work);

/// x[r, c] = what stood at [row_order[r], column_order[c]]; null leaves an axis as it is. `work` has room for x.
void hourglass_reorder(
    float *x, int64_t rows, int64_t columns, const int32_t *row_order, const int32_t *column_order, float *work);

#endif
