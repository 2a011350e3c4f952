#include "product.h"

#include <string.h>

#include "loops.h"

typedef float lanes __attribute__((vector_size(64)));

/// Longest sum whose last, narrower columns find room in the copy below.
#define LONGEST HOURGLASS_PRODUCT_INNER

/// The first `count` of 16 values, in two copies that may overlap: a copy of any length is a call.
INLINE void store(float *to, const float *from, int64_t count) {
  if (count == 16) {
    memcpy(to, from, 64);
  } else if (count >= 8) {
    memcpy(to, from, 32);
    memcpy(to + count - 8, from + count - 8, 32);
  } else if (count >= 4) {
    memcpy(to, from, 16);
    memcpy(to + count - 4, from + count - 4, 16);
  } else {
    for (int64_t i = 0; i < count; i++) to[i] = from[i];
  }
}

/// ROWS rows by VECTORS times 16 columns of the result, all in registers; step by step along the inner axis.
#define BLOCK(NAME, ROWS, VECTORS)                                                                       \
  INLINE void NAME(                                                                                      \
      const float *a, int64_t a_row, int64_t a_inner, const float *b, int64_t b_inner, int64_t inner,    \
      float *c, int64_t c_row, int64_t last) {                                                           \
    lanes sums[ROWS][VECTORS];                                                                           \
    for (int r = 0; r < ROWS; r++)                                                                       \
      for (int v = 0; v < VECTORS; v++) sums[r][v] = (lanes){0};                                         \
    for (int64_t k = 0; k < inner; k++) {                                                                \
      lanes y[VECTORS];                                                                                  \
      for (int v = 0; v < VECTORS; v++) memcpy(&y[v], b + k * b_inner + v * 16, sizeof(lanes));          \
      for (int r = 0; r < ROWS; r++) {                                                                   \
        float x = a[r * a_row + k * a_inner];                                                            \
        for (int v = 0; v < VECTORS; v++) sums[r][v] += x * y[v];                                        \
      }                                                                                                  \
    }                                                                                                    \
    for (int r = 0; r < ROWS; r++)                                                                       \
      for (int v = 0; v < VECTORS; v++)                                                                  \
        store(c + r * c_row + v * 16, (const float *)&sums[r][v], v == VECTORS - 1 ? last : 16);         \
  }

BLOCK(block_8_2, 8, 2)
BLOCK(block_1_2, 1, 2)
BLOCK(block_8_1, 8, 1)
BLOCK(block_1_1, 1, 1)

#define ALL_ROWS(EIGHT, ONE)                                                                   \
  {                                                                                            \
    int64_t r = 0;                                                                             \
    for (; r + 8 <= rows; r += 8) {                                                            \
      EIGHT(a + r * a_row, a_row, a_inner, y, y_inner, inner, c + r * c_row + column, c_row, last); \
    }                                                                                          \
    for (; r < rows; r++) {                                                                    \
      ONE(a + r * a_row, a_row, a_inner, y, y_inner, inner, c + r * c_row + column, c_row, last); \
    }                                                                                          \
  }

CLONES void hourglass_product(
    const float *a, int64_t a_row, int64_t a_inner, const float *b, int64_t b_inner, int64_t rows,
    int64_t columns, int64_t inner, float *c, int64_t c_row) {
  float narrow[LONGEST * 16];
  int64_t column = 0;
  int64_t last = 16;
  int64_t y_inner = b_inner;
  for (; column + 32 <= columns; column += 32) {
    const float *y = b + column;
    ALL_ROWS(block_8_2, block_1_2)
  }
  for (; column + 16 <= columns; column += 16) {
    const float *y = b + column;
    ALL_ROWS(block_8_1, block_1_1)
  }
  if (column == columns) return;
  // The columns that are left.
  last = columns - column;
  const float *end = b + (inner - 1) * b_inner + columns;
  for (int64_t k = 0; k < inner; k++) {
    // What lies beside them is read and not used; behind the matrix nothing may be read.
    const float *row = b + k * b_inner + column;
    memcpy(narrow + k * 16, row, row + 16 <= end ? sizeof(lanes) : (size_t)last * sizeof(float));
  }
  const float *y = narrow;
  y_inner = 16;
  ALL_ROWS(block_8_1, block_1_1)
}
