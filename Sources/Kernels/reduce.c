#include "reduce.h"

#include <math.h>

#include <string.h>

#include "mathematics.h"

CLONES void hourglass_column_sums(
    const float *x, int64_t rows, int64_t columns, int64_t stride, float *out) {
  // Blocks of columns stay in registers while the rows pass.
  enum { block = 64 };
  int64_t c = 0;
  for (; c + block <= columns; c += block) {
    float sums[block];
    for (int k = 0; k < block; k++) sums[k] = 0.0f;
    for (int64_t r = 0; r < rows; r++) {
      const float *row = x + r * stride + c;
      for (int k = 0; k < block; k++) sums[k] += row[k];
    }
    for (int k = 0; k < block; k++) out[c + k] = sums[k];
  }
  // Few columns, as channels are: in registers too.
  enum { narrow = 8 };
  for (; c + narrow <= columns; c += narrow) {
    float sums[narrow];
    for (int k = 0; k < narrow; k++) sums[k] = 0.0f;
    for (int64_t r = 0; r < rows; r++) {
      const float *row = x + r * stride + c;
      for (int k = 0; k < narrow; k++) sums[k] += row[k];
    }
    for (int k = 0; k < narrow; k++) out[c + k] = sums[k];
  }
  if (c == columns) return;
  for (int64_t k = c; k < columns; k++) out[k] = 0.0f;
  for (int64_t r = 0; r < rows; r++) {
    const float *row = x + r * stride;
    INDEPENDENT
    for (int64_t k = c; k < columns; k++) out[k] += row[k];
  }
}

CLONES void hourglass_sum_axis(
    const float *x, int64_t outer, int64_t middle, int64_t inner, float *out) {
#pragma clang fp reassociate(on)
  if (inner == 1) {
    for (int64_t o = 0; o < outer; o++) {
      float sum = 0.0f;
      for (int64_t m = 0; m < middle; m++) sum += x[o * middle + m];
      out[o] = sum;
    }
    return;
  }
  for (int64_t o = 0; o < outer; o++) {
    hourglass_column_sums(x + o * middle * inner, middle, inner, inner, out + o * inner);
  }
}

CLONES static double sum_block(const float *x, int64_t count, int squared) {
#pragma clang fp reassociate(on)
  double sum = 0.0;
  if (squared) {
    for (int64_t i = 0; i < count; i++) sum += (double)x[i] * (double)x[i];
  } else {
    for (int64_t i = 0; i < count; i++) sum += (double)x[i];
  }
  return sum;
}

double hourglass_total(const float *x, int64_t count) {
  if (count <= 1024) return sum_block(x, count, 0);
  int64_t half = count / 2;
  return hourglass_total(x, half) + hourglass_total(x + half, count - half);
}

double hourglass_total_of_squares(const float *x, int64_t count) {
  if (count <= 1024) return sum_block(x, count, 1);
  int64_t half = count / 2;
  return hourglass_total_of_squares(x, half) + hourglass_total_of_squares(x + half, count - half);
}

/// exp(x - max) into `out` where it is not null, and its sum.
CLONES static float shifted_exponentials(const float *x, int64_t n, float maximum, float *out) {
#pragma clang fp reassociate(on)
  float sum = 0.0f;
#pragma clang loop vectorize(assume_safety)
  for (int64_t i = 0; i < n; i++) {
    float e = exponential(x[i] - maximum);
    if (out) out[i] = e;
    sum += e;
  }
  return sum;
}

/// NaN where there is one: it is taken, and nothing is greater.
INLINE float larger_of(float value, float maximum) {
  return value > maximum || value != value ? value : maximum;
}

CLONES static float maximum_of(const float *x, int64_t n) {
  float maximum = x[0];
  int64_t i = 1;
  if (n >= 16) {
    // Sixteen at a time: one after the other each comparison waits for the one before.
    float lanes[16];
    memcpy(lanes, x, sizeof(lanes));
    for (i = 16; i + 16 <= n; i += 16) {
      INDEPENDENT
      for (int64_t k = 0; k < 16; k++) lanes[k] = larger_of(x[i + k], lanes[k]);
    }
    maximum = lanes[0];
    for (int64_t k = 1; k < 16; k++) maximum = larger_of(lanes[k], maximum);
  }
  for (; i < n; i++) maximum = larger_of(x[i], maximum);
  return maximum;
}

CLONES void hourglass_softmax(const float *x, int64_t rows, int64_t columns, float *out) {
  for (int64_t r = 0; r < rows; r++) {
    const float *row = x + r * columns;
    float *result = out + r * columns;
    float scale = 1.0f / shifted_exponentials(row, columns, maximum_of(row, columns), result);
    for (int64_t c = 0; c < columns; c++) result[c] *= scale;
  }
}

void hourglass_log_sum_exp(const float *x, int64_t rows, int64_t columns, float *out) {
  for (int64_t r = 0; r < rows; r++) {
    const float *row = x + r * columns;
    float maximum = maximum_of(row, columns);
    out[r] = maximum + logf(shifted_exponentials(row, columns, maximum, 0));
  }
}

void hourglass_greatest_place(const float *x, int64_t rows, int64_t columns, float *out) {
  for (int64_t r = 0; r < rows; r++) {
    const float *row = x + r * columns;
    float maximum = maximum_of(row, columns);
    int64_t place = 0;
    while (place < columns && row[place] != maximum) place++;
    out[r] = place < columns ? (float)place : 0.0f;
  }
}

void hourglass_copy_strided(
    const float *x, int64_t rows, int64_t columns, int64_t row_stride, int64_t column_stride,
    float *out, int64_t out_stride) {
  for (int64_t r = 0; r < rows; r++) {
    const float *row = x + r * row_stride;
    float *result = out + r * out_stride;
    if (column_stride == 1) {
      memcpy(result, row, (size_t)columns * sizeof(float));
    } else {
      for (int64_t c = 0; c < columns; c++) result[c] = row[c * column_stride];
    }
  }
}

/// The value that stands at `place` once the values are in falling order: Hoare's selection, with the middle of
/// three as the pivot. The values are moved about.
static float greatest_at(float *values, int64_t count, int64_t place) {
  int64_t low = 0, high = count - 1;
  while (low < high) {
    const float first = values[low], middle = values[low + (high - low) / 2], last = values[high];
    const float pivot = first > middle ? (middle > last ? middle : (first > last ? last : first))
                                       : (first > last ? first : (middle > last ? last : middle));
    int64_t i = low, j = high;
    while (i <= j) {
      while (values[i] > pivot) i++;
      while (values[j] < pivot) j--;
      if (i > j) break;
      const float swapped = values[i];
      values[i++] = values[j];
      values[j--] = swapped;
    }
    if (place <= j) {
      high = j;
    } else if (place >= i) {
      low = i;
    } else {
      return values[place];
    }
  }
  return values[place];
}

void hourglass_mark_greatest(const float *x, int64_t rows, int64_t columns, int64_t count, float *out) {
  for (int64_t r = 0; r < rows; r++) {
    const float *row = x + r * columns;
    float *marks = out + r * columns;
    // The marks' own place serves as the room to select in.
    for (int64_t c = 0; c < columns; c++) marks[c] = row[c] == row[c] ? row[c] : -INFINITY;
    const float least = greatest_at(marks, columns, count - 1);
    int64_t above = 0;
    for (int64_t c = 0; c < columns; c++) above += row[c] > least;
    int64_t equals = count - above;
    for (int64_t c = 0; c < columns; c++) {
      const float value = row[c] == row[c] ? row[c] : -INFINITY;
      marks[c] = value > least ? 1.0f : (value == least && equals-- > 0 ? 1.0f : 0.0f);
    }
  }
}
