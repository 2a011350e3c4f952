// What both kinds of convolution are made of: values as they are, and pairs of bf16. Before it is included:
//
//     BODY                       how its functions are compiled
//     VALUE, TOGETHER            what an image is made of, and how many of it share a lane
//     MULTIPLY(sum, x, weight)   sum + x weight in each lane
#ifndef HOURGLASS_CONVOLVE_BLOCKS_H
#define HOURGLASS_CONVOLVE_BLOCKS_H

#include "convolve.h"

#include <string.h>

#include "loops.h"

typedef float lanes __attribute__((vector_size(64)));
typedef float quarter __attribute__((vector_size(16)));
typedef float half __attribute__((vector_size(32)));
typedef double pairs __attribute__((vector_size(64)));
typedef int32_t mask __attribute__((vector_size(64)));

// Every function with vectors in its signature is put into its caller.
#pragma clang diagnostic ignored "-Wpsabi"

#define UNROLL _Pragma("clang loop unroll(full)")

BODY lanes load(const float *x) {
  lanes v;
  memcpy(&v, x, sizeof v);
  return v;
}

BODY lanes splat(float x) { return (lanes){x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x}; }

/// The first `shared` values, again and again.
BODY lanes repeat(const float *x, const int shared) {
  switch (shared) {
    case 1: return splat(*x);
    case 2: {
      double pair;
      memcpy(&pair, x, sizeof pair);
      pairs v = {pair, pair, pair, pair, pair, pair, pair, pair};
      return (lanes)v;
    }
    case 4: {
      quarter v;
      memcpy(&v, x, sizeof v);
      return __builtin_shufflevector(v, v, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3);
    }
    case 8: {
      half v;
      memcpy(&v, x, sizeof v);
      return __builtin_shufflevector(v, v, 0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7);
    }
    default: return load(x);
  }
}

/// Sums of neighbouring lanes: those of a, then those of b.
BODY lanes neighbours(lanes a, lanes b) {
  return __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30) +
         __builtin_shufflevector(a, b, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
}

/// What follows the sums of a piece: a bias for each lane, and whether values below 0 become 0.
typedef struct {
  float bias[32];
  int is_rectified;
} ending;

/// The comparison keeps a NaN.
BODY lanes end(lanes sums, const ending *ending, const int vector) {
  sums += load(ending->bias + 16 * vector);
  if (!ending->is_rectified) return sums;
  return (lanes)(~(sums < 0.0f) & (mask)sums);
}

/// The sums of `block` neighbouring positions, ended and written down.
BODY void store(
    lanes sums[][2], const ending *ending, const int block, const int vectors, const int shared, int outputs,
    float *out, int64_t out_column) {
  if (vectors == 2) {
    UNROLL for (int p = 0; p < block; p++) {
      lanes low = end(sums[p][0], ending, 0), high = end(sums[p][1], ending, 1);
      memcpy(out + p * out_column, &low, sizeof(lanes));
      memcpy(out + p * out_column + 16, &high, sizeof(lanes));
    }
    return;
  }
  const lanes zero = splat(0.0f);
  const int width = 16 / shared;
  UNROLL for (int first = 0; first < block; first += shared) {
    // Every round halves the vectors: at the end one holds the outputs of `shared` positions, in order.
    lanes tree[16];
    UNROLL for (int k = 0; k < shared; k++) tree[k] = first + k < block ? sums[first + k][0] : zero;
    UNROLL for (int n = shared; n > 1; n /= 2) {
      UNROLL for (int k = 0; k < n / 2; k++) tree[k] = neighbours(tree[2 * k], tree[2 * k + 1]);
    }
    tree[0] = end(tree[0], ending, 0);
    if (outputs == width && out_column == width && first + shared <= block) {
      memcpy(out + first * out_column, &tree[0], sizeof(lanes));
    } else {
      for (int k = 0; k < shared && first + k < block; k++) {
        memcpy(out + (first + k) * out_column, (float *)&tree[0] + k * width, sizeof(float) * outputs);
      }
    }
  }
}

/// `block` neighbouring positions of a row, or of each of two: then a weight is fetched half as often.
BODY void convolve_block(
    const hourglass_piece *piece, const float *in, const float *weights, const ending *ending, float *out,
    const int rows, const int block, const int vectors, const int shared) {
  lanes sums[14][2];
  UNROLL for (int p = 0; p < rows * block; p++) {
    UNROLL for (int v = 0; v < vectors; v++) sums[p][v] = splat(0.0f);
  }
  const int64_t column = piece->in_column;
  const int32_t length = piece->run_length;
  const VALUE *values = (const VALUE *)in;
  for (int32_t r = 0; r < piece->run_rows; r++) {
    for (int32_t c = 0; c < piece->run_columns; c++) {
      const VALUE *x = values + r * piece->run_row + c * piece->run_column;
      for (int32_t k = 0; k < length; k += shared * TOGETHER, x += shared * TOGETHER, weights += 16 * vectors) {
        lanes weight[2];
        UNROLL for (int v = 0; v < vectors; v++) weight[v] = load(weights + 16 * v);
        UNROLL for (int p = 0; p < rows * block; p++) {
          lanes value = repeat((const float *)(x + p / block * piece->in_row + p % block * column), shared);
          UNROLL for (int v = 0; v < vectors; v++) sums[p][v] = MULTIPLY(sums[p][v], value, weight[v]);
        }
      }
    }
  }
  UNROLL for (int r = 0; r < rows; r++) {
    store(
        sums + r * block, ending, block, vectors, shared, piece->outputs, out + r * piece->out_row,
        piece->out_column);
  }
}

/// The sizes that blocks may have.
static inline int is_block(int n) { return n <= 4 || (n >= 6 && n <= 8) || n == 14; }

/// Added to a block's size where it has two rows.
#define PAIR 16

typedef void block_function(
    const hourglass_piece *piece, const float *in, const float *weights, const ending *ending, float *out,
    int block);

#define BLOCK(N)                                                              \
  case N:                                                                     \
    convolve_block(piece, in, weights, ending, out, 1, N, vectors, shared);   \
    break;

/// Two rows of N positions.
#define ROWS(N)                                                               \
  case PAIR + N:                                                              \
    convolve_block(piece, in, weights, ending, out, 2, N, vectors, shared);   \
    break;

#define PIECE(NAME, TARGET, VECTORS, SHARED, BLOCKS)                                                     \
  TARGET static void NAME(                                                                               \
      const hourglass_piece *piece, const float *in, const float *weights, const ending *ending, float *out, \
      int block) {                                                                                       \
    enum { vectors = VECTORS, shared = SHARED };                                                         \
    switch (block) { BLOCKS }                                                                            \
  }

/// What runs pieces of each number of outputs, by the lanes that share a vector; 0 is for 32 outputs.
#define PIECES(NAME, TARGET, WIDE, BLOCKS)                                                                 \
  PIECE(NAME##_32, TARGET, 2, 1, WIDE)                                                                     \
  PIECE(NAME##_16, TARGET, 1, 1, BLOCKS)                                                                   \
  PIECE(NAME##_8, TARGET, 1, 2, BLOCKS)                                                                    \
  PIECE(NAME##_4, TARGET, 1, 4, BLOCKS)                                                                    \
  PIECE(NAME##_2, TARGET, 1, 8, BLOCKS)                                                                    \
  PIECE(NAME##_1, TARGET, 1, 16, BLOCKS)                                                                   \
  static block_function *const NAME##_pieces[17] = {                                                       \
      [0] = NAME##_32, [1] = NAME##_16, [2] = NAME##_8, [4] = NAME##_4, [8] = NAME##_2, [16] = NAME##_1};

#define FEW BLOCK(1) BLOCK(2) BLOCK(3)
#define SOME FEW BLOCK(4) BLOCK(6)
#define MANY SOME BLOCK(7) BLOCK(8)
#define PAIRS ROWS(3) ROWS(4) ROWS(6) ROWS(7)

/// As the lanes lie: outputs again and again where positions share a vector.
static void set_bias(ending *ending, const hourglass_piece *piece, const float *bias) {
  const int width = piece->outputs > 16 ? 32 : 16 / hourglass_shared_lanes(piece->outputs);
  for (int lane = 0; lane < 32; lane++) {
    const int output = lane % width;
    ending->bias[lane] = output < piece->outputs ? bias[piece->channel + output] : 0.0f;
  }
}

/// Runs a piece by blocks of one size, at most `most`; the last one may overlap its neighbour and give the same
/// values again. Two rows at once where registers are many.
static void run_piece(
    const hourglass_piece *piece, block_function *function, int most, int has_rows, const VALUE *in,
    const float *weights, const ending *ending, float *out) {
  int parts = (piece->columns + most - 1) / most;
  while (!is_block((piece->columns + parts - 1) / parts)) parts++;
  const int block = (piece->columns + parts - 1) / parts;
  const int pairs = has_rows && (block == 3 || block == 4 || block == 6 || block == 7);
  int32_t row = 0;
  while (row < piece->rows) {
    const int rows = pairs && row + 2 <= piece->rows ? 2 : 1;
    for (int part = 0; part < parts; part++) {
      int column = part * block;
      if (column + block > piece->columns) column = piece->columns - block;
      function(
          piece, (const float *)(in + row * piece->in_row + column * piece->in_column), weights, ending,
          out + row * piece->out_row + column * piece->out_column, rows == 2 ? PAIR + block : block);
    }
    row += rows;
  }
}

BODY void outer_block(
    const hourglass_outer_piece *piece, const float *scalars, const float *vectors, float *out,
    const int scalar_rows, const int scalar_columns, const int width) {
  lanes sums[4][14][3];
  UNROLL for (int r = 0; r < scalar_rows; r++) {
    UNROLL for (int c = 0; c < scalar_columns; c++) {
      UNROLL for (int v = 0; v < width; v++) {
        sums[r][c][v] = load(out + r * piece->out_scalar_row + c * piece->out_scalar_column + 16 * v);
      }
    }
  }
  for (int32_t row = 0; row < piece->rows; row++) {
    const float *s = scalars + row * piece->scalar_row, *u = vectors + row * piece->vector_row;
    for (int32_t column = 0; column < piece->columns;
         column += TOGETHER, s += TOGETHER * piece->scalar_column, u += TOGETHER * piece->vector_column) {
      lanes vector[3];
      UNROLL for (int v = 0; v < width; v++) vector[v] = load(u + 16 * v);
      UNROLL for (int r = 0; r < scalar_rows; r++) {
        UNROLL for (int c = 0; c < scalar_columns; c++) {
          lanes scalar = splat(s[r * piece->scalar_row_step + c]);
          UNROLL for (int v = 0; v < width; v++) sums[r][c][v] = MULTIPLY(sums[r][c][v], scalar, vector[v]);
        }
      }
    }
  }
  UNROLL for (int r = 0; r < scalar_rows; r++) {
    UNROLL for (int c = 0; c < scalar_columns; c++) {
      UNROLL for (int v = 0; v < width; v++) {
        memcpy(
            out + r * piece->out_scalar_row + c * piece->out_scalar_column + 16 * v, &sums[r][c][v],
            sizeof(lanes));
      }
    }
  }
}

typedef void outer_function(
    const hourglass_outer_piece *piece, const float *scalars, const float *vectors, float *out);

#define OUTER(ROWS, COLUMNS)                                                       \
  case 16 * ROWS + COLUMNS:                                                        \
    outer_block(piece, scalars, vectors, out, ROWS, COLUMNS, width);               \
    break;

#define OUTER_PIECE(NAME, TARGET, WIDTH, BLOCKS)                                                     \
  TARGET static void NAME(                                                                           \
      const hourglass_outer_piece *piece, const float *scalars, const float *vectors, float *out) {  \
    enum { width = WIDTH };                                                                          \
    switch (16 * piece->scalar_rows + piece->scalar_columns) { BLOCKS }                              \
  }

#define OUTER_PIECES(NAME, TARGET, ONE, TWO, THREE)                                                  \
  OUTER_PIECE(NAME##_outer_1, TARGET, 1, ONE)                                                        \
  OUTER_PIECE(NAME##_outer_2, TARGET, 2, TWO)                                                        \
  OUTER_PIECE(NAME##_outer_3, TARGET, 3, THREE)                                                      \
  static outer_function *const NAME##_outers[3] = {NAME##_outer_1, NAME##_outer_2, NAME##_outer_3};

#define OUTER_3 OUTER(1, 1) OUTER(1, 2) OUTER(1, 3) OUTER(2, 1) OUTER(3, 1)
#define OUTER_6 OUTER_3 OUTER(1, 4) OUTER(1, 5) OUTER(1, 6) OUTER(2, 2) OUTER(2, 3) OUTER(3, 2) OUTER(4, 1)
#define OUTER_12                                                                                     \
  OUTER_6 OUTER(1, 7) OUTER(1, 8) OUTER(1, 9) OUTER(1, 10) OUTER(1, 11) OUTER(1, 12) OUTER(2, 4)     \
  OUTER(3, 3) OUTER(3, 4) OUTER(4, 2) OUTER(4, 3)


#endif
