#include "product.h"

#include <string.h>

#include "loops.h"

typedef float lanes __attribute__((vector_size(64)));

/// Where the rows of B begin that may not be read as whole vectors, and copies of them that may.
typedef struct {
  int64_t first;
  const float *copies;
} edge;

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

/// ROWS rows by VECTORS vectors of columns of the result, all in registers; step by step along the inner axis.
/// The second vector lies `second` columns behind the first: less than 16 where the columns end there.
#define BLOCK(NAME, ROWS, VECTORS)                                                                       \
  INLINE void NAME(                                                                                      \
      const float *a, int64_t a_row, int64_t a_inner, const float *b, int64_t b_inner, int64_t inner,    \
      float *c, int64_t c_row, int64_t second, int64_t width, edge end) {                                \
    lanes sums[ROWS][VECTORS];                                                                           \
    for (int r = 0; r < ROWS; r++)                                                                       \
      for (int v = 0; v < VECTORS; v++) sums[r][v] = (lanes){0};                                         \
    for (int64_t k = 0; k < end.first; k++) {                                                            \
      lanes y[VECTORS];                                                                                  \
      for (int v = 0; v < VECTORS; v++) memcpy(&y[v], b + k * b_inner + v * second, sizeof(lanes));      \
      for (int r = 0; r < ROWS; r++) {                                                                   \
        float x = a[r * a_row + k * a_inner];                                                            \
        for (int v = 0; v < VECTORS; v++) sums[r][v] += x * y[v];                                        \
      }                                                                                                  \
    }                                                                                                    \
    if (VECTORS == 1) {                                                                                  \
      for (int64_t k = end.first; k < inner; k++) {                                                      \
        lanes y;                                                                                         \
        memcpy(&y, end.copies + (k - end.first) * 16, sizeof(lanes));                                    \
        for (int r = 0; r < ROWS; r++) sums[r][0] += a[r * a_row + k * a_inner] * y;                     \
      }                                                                                                  \
    }                                                                                                    \
    for (int r = 0; r < ROWS; r++) {                                                                     \
      if (VECTORS == 2) {                                                                                \
        memcpy(c + r * c_row, &sums[r][0], sizeof(lanes));                                               \
        memcpy(c + r * c_row + second, &sums[r][VECTORS - 1], sizeof(lanes));                            \
      } else {                                                                                           \
        store(c + r * c_row, (const float *)&sums[r][0], width);                                         \
      }                                                                                                  \
    }                                                                                                    \
  }

BLOCK(block_8_2, 8, 2)
BLOCK(block_4_2, 4, 2)
BLOCK(block_1_2, 1, 2)
BLOCK(block_8_1, 8, 1)
BLOCK(block_4_1, 4, 1)
BLOCK(block_1_1, 1, 1)

#define RUN(BLOCK_OF)                                                                                   \
  BLOCK_OF(a + r * a_row, a_row, a_inner, y, b_inner, inner, c + r * c_row + column, c_row, second, width, end)

/// All rows of some columns; `width` is a constant 16 in the callers but one.
#define ALL_ROWS(EIGHT, FOUR, ONE)               \
  {                                              \
    int64_t r = 0;                               \
    for (; r + 8 <= rows; r += 8) RUN(EIGHT);    \
    if (r + 4 <= rows) { RUN(FOUR); r += 4; }    \
    for (; r < rows; r++) RUN(ONE);              \
  }

CLONES void hourglass_product(
    const float *a, int64_t a_row, int64_t a_inner, const float *b, int64_t b_inner, int64_t rows,
    int64_t columns, int64_t inner, float *c, int64_t c_row) {
  const int64_t whole = 16;
  edge end = {inner, 0};
  int64_t column = 0;
  // Two vectors while more than one is left; the last columns are calculated twice where they fill no vector.
  for (; columns - column > 16; column += 32) {
    const int64_t left = columns - column, second = left < 32 ? left - 16 : 16, width = whole;
    const float *y = b + column;
    ALL_ROWS(block_8_2, block_4_2, block_1_2)
  }
  if (column >= columns) return;
  if (columns >= 16) {
    const int64_t second = 0, width = whole;
    column = columns - 16;
    const float *y = b + column;
    ALL_ROWS(block_8_1, block_4_1, block_1_1)
    return;
  }
  // Narrower than a vector. What lies beside a row is read and not used; behind the last nothing may be read.
  float copies[16 * 16];
  const int64_t second = 0, width = columns;
  const int64_t beyond = (16 - columns + b_inner - 1) / b_inner;
  end.first = inner > beyond ? inner - beyond : 0;
  end.copies = copies;
  for (int64_t k = end.first; k < inner; k++) {
    store(copies + (k - end.first) * 16, b + k * b_inner, columns);
    for (int64_t i = columns; i < 16; i++) copies[(k - end.first) * 16 + i] = 0.0f;
  }
  const float *y = b;
  ALL_ROWS(block_8_1, block_4_1, block_1_1)
}
