#include "pointwise.h"

#include <stdbool.h>

#include "mathematics.h"

#define UNARY(NAME, EXPRESSION)      \
  case NAME:                         \
    INDEPENDENT                      \
    for (int64_t i = 0; i < n; i++) { \
      float x = a[i];                \
      r[i] = (EXPRESSION);           \
    }                                \
    break;

#define BINARY(NAME, EXPRESSION)     \
  case NAME:                         \
    INDEPENDENT                      \
    for (int64_t i = 0; i < n; i++) { \
      float x = a[i], y = b[i];      \
      r[i] = (EXPRESSION);           \
    }                                \
    break;

/// One operation on one tile.
CLONES static void run_step(
    const hourglass_step *step, const float *a, const float *b, float *r, int64_t n) {
  const float immediate = step->immediate;
  switch (step->operation) {
    UNARY(HOURGLASS_COPY, x)
    case HOURGLASS_CONSTANT:
      for (int64_t i = 0; i < n; i++) r[i] = immediate;
      break;
    UNARY(HOURGLASS_NEGATE, -x)
    UNARY(HOURGLASS_ABSOLUTE, fabsf(x))
    UNARY(HOURGLASS_SIGN, x > 0.0f ? 1.0f : (x < 0.0f ? -1.0f : 0.0f))
    UNARY(HOURGLASS_STEP, x > 0.0f ? 1.0f : 0.0f)
    UNARY(HOURGLASS_SQUARE, x *x)
    UNARY(HOURGLASS_SQUARE_ROOT, square_root(x))
    UNARY(HOURGLASS_RECIPROCAL, 1.0f / x)
    UNARY(HOURGLASS_EXPONENTIAL, exponential(x))
    UNARY(HOURGLASS_LOGARITHM, logarithm(x))
    case HOURGLASS_SINE:
      for (int64_t i = 0; i < n; i++) r[i] = sinf(a[i]);
      break;
    case HOURGLASS_COSINE:
      for (int64_t i = 0; i < n; i++) r[i] = cosf(a[i]);
      break;
    // The comparison keeps a NaN: it must reach the loss, where it is noticed.
    UNARY(HOURGLASS_RECTIFIER, x < 0.0f ? 0.0f : x)
    UNARY(HOURGLASS_SIGMOID, sigmoid(x))
    UNARY(HOURGLASS_HYPERBOLIC_TANGENT, hyperbolic_tangent(x))
    UNARY(HOURGLASS_SOFTPLUS, softplus(x))
    UNARY(HOURGLASS_ERROR_FUNCTION, error_function(x))
    BINARY(HOURGLASS_ADD, x + y)
    BINARY(HOURGLASS_SUBTRACT, x - y)
    BINARY(HOURGLASS_MULTIPLY, x *y)
    BINARY(HOURGLASS_DIVIDE, x / y)
    BINARY(HOURGLASS_MAXIMUM, x > y ? x : (y != y ? y : (x != x ? x : y)))
    BINARY(HOURGLASS_MINIMUM, x < y ? x : (y != y ? y : (x != x ? x : y)))
    BINARY(HOURGLASS_GREATER, x > y ? 1.0f : 0.0f)
    BINARY(HOURGLASS_BERNOULLI_LOSS, softplus(x) - x * y)
    UNARY(HOURGLASS_ADD_IMMEDIATE, x + immediate)
    UNARY(HOURGLASS_SUBTRACT_FROM_IMMEDIATE, immediate - x)
    UNARY(HOURGLASS_MULTIPLY_IMMEDIATE, x *immediate)
    UNARY(HOURGLASS_MAXIMUM_IMMEDIATE, x < immediate ? immediate : x)
    UNARY(HOURGLASS_MINIMUM_IMMEDIATE, x > immediate ? immediate : x)
    default:
      break;
  }
}

CLONES static float row_sum(const float *x, int64_t n) {
#pragma clang fp reassociate(on)
  float sum = 0.0f;
#pragma clang loop vectorize(enable) interleave_count(4)
  for (int64_t i = 0; i < n; i++) sum += x[i];
  return sum;
}

CLONES static float row_sum_of_squares(const float *x, int64_t n) {
#pragma clang fp reassociate(on)
  float sum = 0.0f;
#pragma clang loop vectorize(enable) interleave_count(4)
  for (int64_t i = 0; i < n; i++) sum += x[i] * x[i];
  return sum;
}

/// Loss of the row, gradient in `gradient`. Of eight factors 1 + e^-|x|, each in (1, 2], one logarithm is taken:
/// the loss costs a product a value instead of a logarithm.
CLONES static float bernoulli_row(const float *x, const float *t, float *gradient, int64_t n) {
#pragma clang fp reassociate(on)
  enum { lanes = 32, together = 8 };
  float sum = 0.0f;
  int64_t i = 0;
  for (; i + lanes <= n;) {
    float product[lanes];
    for (int lane = 0; lane < lanes; lane++) product[lane] = 1.0f;
    for (int round = 0; round < together && i + lanes <= n; round++, i += lanes) {
#pragma clang loop vectorize(assume_safety)
      for (int lane = 0; lane < lanes; lane++) {
        float logit = x[i + lane], target = t[i + lane];
        float e = exponential_of_minus(logit);
        float one = 1.0f + e;
        gradient[i + lane] = (logit < 0.0f ? e : 1.0f) / one - target;
        product[lane] *= one;
        sum += (logit < 0.0f ? 0.0f : logit) - logit * target;
      }
    }
    for (int lane = 0; lane < lanes; lane++) sum += logarithm(product[lane]);
  }
#pragma clang loop vectorize(assume_safety)
  for (int64_t j = i; j < n; j++) {
    float logit = x[j], target = t[j];
    float e = exponential_of_minus(logit);
    gradient[j] = (logit < 0.0f ? e : 1.0f) / (1.0f + e) - target;
    sum += (logit < 0.0f ? 0.0f : logit) - logit * target + logarithm_of_one_plus(e);
  }
  return sum;
}

CLONES static void fill_pattern(
    const hourglass_operand *operand, int64_t start, int64_t n, float *out) {
  const float *base = operand->base;
  const int64_t length = operand->length;
  switch (operand->pattern) {
    case HOURGLASS_REPEAT: {
      int64_t value = start / length, left = length - start % length;
      for (int64_t i = 0; i < n; value++, left = length) {
        int64_t end = i + left < n ? i + left : n;
        float x = base[value];
        for (; i < end; i++) out[i] = x;
      }
      break;
    }
    case HOURGLASS_PERIOD: {
      int64_t value = start % length;
      for (int64_t i = 0; i < n; value = 0) {
        int64_t end = i + (length - value) < n ? i + (length - value) : n;
        for (; i < end; i++, value++) out[i] = base[value];
      }
      break;
    }
    default: {
      float x = base[0];
      for (int64_t i = 0; i < n; i++) out[i] = x;
    }
  }
}

/// The tile length: whole rows where several fit, else a part of one, so that no tile straddles rows unevenly.
static int64_t tile_length(int64_t row) {
  return row < HOURGLASS_TILE ? HOURGLASS_TILE / row * row : HOURGLASS_TILE;
}

static void add_rows(
    float (*sum_of)(const float *, int64_t), const float *values, float *sums, int64_t start, int64_t n,
    int64_t row) {
  for (int64_t i = 0; i < n;) {
    int64_t place = (start + i) % row;
    int64_t length = row - place < n - i ? row - place : n - i;
    float sum = sum_of(values + i, length);
    int64_t index = (start + i) / row;
    sums[index] = place == 0 ? sum : sums[index] + sum;
    i += length;
  }
}

static void bernoulli_rows(
    const float *x, const float *t, float *gradient, float *sums, int64_t start, int64_t n, int64_t row) {
  for (int64_t i = 0; i < n;) {
    int64_t place = (start + i) % row;
    int64_t length = row - place < n - i ? row - place : n - i;
    float sum = bernoulli_row(x + i, t + i, gradient + i, length);
    int64_t index = (start + i) / row;
    sums[index] = place == 0 ? sum : sums[index] + sum;
    i += length;
  }
}

/// Where the operand's values for the tile lie: in memory where they are consecutive there, else in `spare`.
static float *under_tile(const hourglass_operand *operand, int64_t start, int64_t n, float *spare) {
  switch (operand->pattern) {
    case HOURGLASS_FULL:
      return operand->base + start;
    case HOURGLASS_PERIOD:
      if (start % operand->length + n <= operand->length) return operand->base + start % operand->length;
      break;
    case HOURGLASS_ROW_RESULT:
      return operand->base;
    default:
      break;
  }
  fill_pattern(operand, start, n, spare);
  return spare;
}

void hourglass_pointwise(
    const hourglass_step *steps, int32_t step_count, const hourglass_operand *operands,
    int32_t operand_count, int64_t count, int64_t row, float *scratch) {
  float *names[HOURGLASS_REGISTERS];
  const int64_t tile = tile_length(row);
  bool constant[HOURGLASS_REGISTERS];
  for (int32_t k = 0; k < HOURGLASS_REGISTERS; k++) {
    names[k] = scratch + (int64_t)k * HOURGLASS_TILE;
    constant[k] = false;
  }
  for (int32_t k = 0; k < operand_count; k++) {
    const hourglass_operand *operand = operands + k;
    // A pattern that every tile meets at the same place is written out once.
    bool single = operand->pattern == HOURGLASS_SINGLE;
    bool fits = operand->pattern == HOURGLASS_PERIOD && tile % operand->length == 0;
    if (single || fits) {
      fill_pattern(operand, 0, tile < count ? tile : count, names[k]);
      constant[k] = true;
    }
  }
  int64_t n;
  for (int64_t start = 0; start < count; start += n) {
    int64_t left_in_row = row < HOURGLASS_TILE ? tile : row - start % row;
    n = tile < left_in_row ? tile : left_in_row;
    n = n < count - start ? n : count - start;
    for (int32_t k = 0; k < operand_count; k++) {
      if (!constant[k]) names[k] = under_tile(operands + k, start, n, scratch + (int64_t)k * HOURGLASS_TILE);
    }
    for (int32_t s = 0; s < step_count; s++) {
      const hourglass_step *step = steps + s;
      if (step->operation == HOURGLASS_ROW_SUM) {
        add_rows(row_sum, names[step->left], operands[step->result].base, start, n, row);
      } else if (step->operation == HOURGLASS_ROW_SUM_OF_SQUARES) {
        add_rows(row_sum_of_squares, names[step->left], operands[step->result].base, start, n, row);
      } else if (step->operation == HOURGLASS_BERNOULLI_FUSED) {
        bernoulli_rows(
            names[step->left], names[step->right], names[step->extra], operands[step->result].base, start, n, row);
      } else {
        run_step(step, names[step->left], names[step->right], names[step->result], n);
      }
    }
  }
}
