// From samples at rest to a batch of floats.
#ifndef HOURGLASS_GATHER_H
#define HOURGLASS_GATHER_H

#include <stdint.h>

/// The numbers are those of the Swift enumeration `Element`.
enum hourglass_element {
  HOURGLASS_UINT8 = 0,
  HOURGLASS_INT8,
  HOURGLASS_UINT16,
  HOURGLASS_INT16,
  HOURGLASS_INT32,
  HOURGLASS_INT64,
  HOURGLASS_FLOAT32,
  HOURGLASS_FLOAT64,
};

/// out[i, c] = (base[rows[i], c] - shift[c]) * scale[c]. `rows` may be null: then row i is row i.
/// With `parameters` 1, shift and scale hold one value for all columns; with 0 nothing is scaled.
/// Where there is a `remainder`, the shift is shift + remainder, and the difference is taken in double
/// precision before it is rounded; it may be null.
/// The samples need not be aligned to their type.
void hourglass_gather(
    const void *base, int32_t element, int64_t columns, const uint32_t *rows, int64_t count,
    const float *shift, const float *remainder, const float *scale, int64_t parameters, float *out);

/// out[i, c] = values[e] where row rows[i] has an entry e of column c, else background[c]; 0 without a background.
/// Row r has the entries starts[r] to before starts[r + 1]. `rows` may be null: then row i is row i.
void hourglass_gather_sparse(
    const int64_t *starts, const int32_t *entries, const float *values, const float *background,
    int64_t columns, const uint32_t *rows, int64_t count, float *out);

/// Puts 0 where a value is NaN.
void hourglass_fill_gaps(float *x, int64_t count);

/// Puts 0 where a value is NaN, 1 where there is a number.
void hourglass_mark_presence(float *x, int64_t count);

#endif
