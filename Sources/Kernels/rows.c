#include "rows.h"

#include <string.h>

#include "loops.h"

/// The row that a number names: comparisons are false for NaN, which names the first.
INLINE int64_t row_of(float place, int64_t rows) {
  if (!(place > 0.0f)) return 0;
  return place < (float)(rows - 1) ? (int64_t)(place + 0.5f) : rows - 1;
}

void hourglass_pick_rows(
    const float *places, int64_t count, const float *matrix, int64_t rows, int64_t columns, float *out) {
  for (int64_t i = 0; i < count; i++) {
    memcpy(out + i * columns, matrix + row_of(places[i], rows) * columns, (size_t)columns * sizeof(float));
  }
}

CLONES void hourglass_place_rows(
    const float *places, int64_t count, const float *x, int64_t rows, int64_t columns, int64_t stride,
    float *out) {
  for (int64_t r = 0; r < rows; r++) memset(out + r * stride, 0, (size_t)columns * sizeof(float));
  for (int64_t i = 0; i < count; i++) {
    float *sum = out + row_of(places[i], rows) * stride;
    const float *row = x + i * stride;
    INDEPENDENT
    for (int64_t c = 0; c < columns; c++) sum[c] += row[c];
  }
}

void hourglass_one_hot(const float *places, int64_t count, int64_t columns, float *out) {
  memset(out, 0, (size_t)(count * columns) * sizeof(float));
  for (int64_t i = 0; i < count; i++) out[i * columns + row_of(places[i], columns)] = 1.0f;
}
