// Sums and moves that are not pointwise.
#ifndef HOURGLASS_REDUCE_H
#define HOURGLASS_REDUCE_H

#include <stdint.h>

/// out[c] = sum over rows of x[r * stride + c], rows added in their order.
void hourglass_column_sums(const float *x, int64_t rows, int64_t columns, int64_t stride, float *out);

/// out[o, i] = sum over m of x[o, m, i]; the middle axis is added in its order, the last in vector lanes.
void hourglass_sum_axis(const float *x, int64_t outer, int64_t middle, int64_t inner, float *out);

/// The sum of `count` values, in double precision, by a fixed tree.
double hourglass_total(const float *x, int64_t count);

/// The sum of squares of `count` values, in double precision, by a fixed tree.
double hourglass_total_of_squares(const float *x, int64_t count);

/// Softmax over the last axis: out[r, :] = exp(x[r, :] - max) / sum.
void hourglass_softmax(const float *x, int64_t rows, int64_t columns, float *out);

/// out[r] = log(sum(exp(x[r, :]))), with the maximum taken out first.
void hourglass_log_sum_exp(const float *x, int64_t rows, int64_t columns, float *out);

/// out[r] = the number of the greatest of x[r, :], of equals the first; 0 where one is NaN.
void hourglass_greatest_place(const float *x, int64_t rows, int64_t columns, float *out);

/// out[r, c] = x[r * row_stride + c * column_stride]: a copy, a slice or a transposition.
void hourglass_copy_strided(
    const float *x, int64_t rows, int64_t columns, int64_t row_stride, int64_t column_stride,
    float *out, int64_t out_stride);

/// out[c, r] = x[r, c], with the distances from row to row given.
void hourglass_transpose(
    const float *x, int64_t rows, int64_t columns, int64_t row_stride, float *out, int64_t out_stride);

/// Random numbers as a pure function: Philox4x32-10 on counter (position, step, stream) and key `seed`,
/// where position counts the values of the whole batch. Four values come from each block.
void hourglass_random_uniform(
    uint64_t seed, uint32_t stream, uint32_t step, uint64_t position, int64_t count, float *out);

/// The same from the standard normal, by Box and Muller: two values from each pair of a block.
void hourglass_random_normal(
    uint64_t seed, uint32_t stream, uint32_t step, uint64_t position, int64_t count, float *out);

/// out = 1 at the `count` greatest of each row of x, else 0; of equal values the first are the greater, and NaN
/// is less than any number.
void hourglass_mark_greatest(const float *x, int64_t rows, int64_t columns, int64_t count, float *out);

#endif
