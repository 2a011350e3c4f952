#include "loops.h"
#include "reduce.h"

#include <string.h>

typedef float lanes __attribute__((vector_size(64)));

#define EXCHANGE(A, B, LOW, HIGH)                    \
  {                                                  \
    lanes low = __builtin_shufflevector(A, B, LOW);  \
    lanes high = __builtin_shufflevector(A, B, HIGH); \
    A = low, B = high;                               \
  }
#define BY_1_LOW 0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30
#define BY_1_HIGH 1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31
#define BY_2_LOW 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29
#define BY_2_HIGH 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31
#define BY_4_LOW 0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27
#define BY_4_HIGH 4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31
#define BY_8_LOW 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23
#define BY_8_HIGH 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31

/// A block of 16 by 16: four rounds exchange what lies 1, 2, 4 and 8 places off the diagonal.
CLONES static void transpose_block(const float *x, int64_t row_stride, float *out, int64_t out_stride) {
  lanes rows[16];
  for (int r = 0; r < 16; r++) memcpy(&rows[r], x + r * row_stride, sizeof(lanes));
#pragma clang loop unroll(full)
  for (int r = 0; r < 16; r += 2) EXCHANGE(rows[r], rows[r + 1], BY_1_LOW, BY_1_HIGH)
#pragma clang loop unroll(full)
  for (int r = 0; r < 16; r += 4) {
#pragma clang loop unroll(full)
    for (int k = 0; k < 2; k++) EXCHANGE(rows[r + k], rows[r + k + 2], BY_2_LOW, BY_2_HIGH)
  }
#pragma clang loop unroll(full)
  for (int r = 0; r < 16; r += 8) {
#pragma clang loop unroll(full)
    for (int k = 0; k < 4; k++) EXCHANGE(rows[r + k], rows[r + k + 4], BY_4_LOW, BY_4_HIGH)
  }
#pragma clang loop unroll(full)
  for (int k = 0; k < 8; k++) EXCHANGE(rows[k], rows[k + 8], BY_8_LOW, BY_8_HIGH)
  for (int r = 0; r < 16; r++) memcpy(out + r * out_stride, &rows[r], sizeof(lanes));
}

void hourglass_transpose(
    const float *x, int64_t rows, int64_t columns, int64_t row_stride, float *out, int64_t out_stride) {
  const int64_t whole_rows = rows / 16 * 16, whole_columns = columns / 16 * 16;
  for (int64_t r = 0; r < whole_rows; r += 16) {
    for (int64_t c = 0; c < whole_columns; c += 16) {
      transpose_block(x + r * row_stride + c, row_stride, out + c * out_stride + r, out_stride);
    }
  }
  for (int64_t r = 0; r < rows; r++) {
    for (int64_t c = r < whole_rows ? whole_columns : 0; c < columns; c++) {
      out[c * out_stride + r] = x[r * row_stride + c];
    }
  }
}
