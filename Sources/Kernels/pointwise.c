#include "pointwise.h"

#include <stdbool.h>

#include "density.h"
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
    // A NaN is none of the cases and stays one.
    UNARY(HOURGLASS_SIGN, x > 0.0f ? 1.0f : (x < 0.0f ? -1.0f : x))
    UNARY(HOURGLASS_STEP, x > 0.0f ? 1.0f : (x <= 0.0f ? 0.0f : x))
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

/// A chain under way: where each name's values for the tile lie, or the one value that stands for all of them.
typedef struct {
  float *names[HOURGLASS_REGISTERS];
  float single[HOURGLASS_REGISTERS];
  /// Whether the name is one value under this tile that has not been written out.
  bool is_single[HOURGLASS_REGISTERS];
  /// Whether the values are the same under every tile.
  bool is_constant[HOURGLASS_REGISTERS];
  float *scratch;
  int64_t n;
} chain_state;

static float *spare_of(const chain_state *state, int32_t k) {
  return state->scratch + (int64_t)k * HOURGLASS_REGISTER_STRIDE;
}

/// Finds an operand's values for the tile: in memory where they are consecutive there, one value where one stands
/// for all, else written out.
static void place_operand(chain_state *state, int32_t k, const hourglass_operand *operand, int64_t start) {
  const int64_t length = operand->length, n = state->n;
  switch (operand->pattern) {
    case HOURGLASS_FULL:
      state->names[k] = operand->base + start;
      return;
    case HOURGLASS_ROW_RESULT:
      state->names[k] = operand->base;
      return;
    case HOURGLASS_PERIOD:
      if (start % length + n <= length) {
        state->names[k] = operand->base + start % length;
        return;
      }
      break;
    case HOURGLASS_REPEAT:
      if (start % length + n <= length) {
        state->single[k] = operand->base[start / length];
        state->is_single[k] = true;
        return;
      }
      break;
    default:
      state->single[k] = operand->base[0];
      state->is_single[k] = true;
      return;
  }
  state->names[k] = spare_of(state, k);
  state->is_single[k] = false;
  fill_pattern(operand, start, n, state->names[k]);
}

/// The values of a name, one for each position.
static float *values_of(chain_state *state, uint16_t k) {
  if (state->is_single[k]) {
    hourglass_operand one = {&state->single[k], 1, HOURGLASS_SINGLE};
    state->names[k] = spare_of(state, k);
    fill_pattern(&one, 0, state->n, state->names[k]);
    state->is_single[k] = false;
  }
  return state->names[k];
}

/// A sum or product with one value for all positions needs no values written out.
static bool run_with_single(chain_state *state, const hourglass_step *step) {
  uint16_t operation;
  switch (step->operation) {
    case HOURGLASS_ADD:
      operation = HOURGLASS_ADD_IMMEDIATE;
      break;
    case HOURGLASS_MULTIPLY:
      operation = HOURGLASS_MULTIPLY_IMMEDIATE;
      break;
    default:
      return false;
  }
  bool right = state->is_single[step->right], left = state->is_single[step->left];
  if (right == left) return false;
  hourglass_step form = *step;
  form.operation = operation;
  form.immediate = state->single[right ? step->right : step->left];
  const float *x = values_of(state, right ? step->left : step->right);
  run_step(&form, x, x, state->names[step->result], state->n);
  return true;
}

static void run_one(
    chain_state *state, const hourglass_step *step, const hourglass_operand *operands, int64_t start, int64_t row) {
  if (run_with_single(state, step)) return;
  const float *left = values_of(state, step->left);
  const int64_t n = state->n;
  switch (step->operation) {
    case HOURGLASS_ROW_SUM:
      add_rows(row_sum, left, operands[step->result].base, start, n, row);
      break;
    case HOURGLASS_ROW_SUM_OF_SQUARES:
      add_rows(row_sum_of_squares, left, operands[step->result].base, start, n, row);
      break;
    case HOURGLASS_BERNOULLI_FUSED:
      bernoulli_rows(
          left, values_of(state, step->right), state->names[step->extra], operands[step->result].base, start, n,
          row);
      break;
    case HOURGLASS_DENSITY_POISSON:
    case HOURGLASS_DENSITY_NEGATIVE_BINOMIAL:
    case HOURGLASS_DENSITY_NEGATIVE_BINOMIAL_SLOPE:
    case HOURGLASS_DENSITY_GAMMA:
    case HOURGLASS_DENSITY_GAMMA_SLOPE:
      hourglass_density(
          step->operation - HOURGLASS_DENSITY_POISSON, left, values_of(state, step->right),
          values_of(state, step->extra), state->names[step->result], n);
      break;
    default:
      run_step(step, left, values_of(state, step->right), state->names[step->result], n);
  }
}

void hourglass_pointwise(
    const hourglass_step *steps, int32_t step_count, const hourglass_operand *operands,
    int32_t operand_count, int64_t count, int64_t row, float *scratch) {
  chain_state state;
  state.scratch = scratch;
  const int64_t tile = tile_length(row);
  for (int32_t k = 0; k < HOURGLASS_REGISTERS; k++) {
    state.names[k] = spare_of(&state, k);
    state.is_single[k] = false;
    state.is_constant[k] = false;
  }
  state.n = tile < count ? tile : count;
  for (int32_t k = 0; k < operand_count; k++) {
    // A period that every tile meets at the same place is found, or written out, once.
    if (operands[k].pattern == HOURGLASS_PERIOD && tile % operands[k].length == 0) {
      place_operand(&state, k, operands + k, 0);
      state.is_constant[k] = true;
    }
  }
  for (int64_t start = 0; start < count; start += state.n) {
    int64_t left_in_row = row < HOURGLASS_TILE ? tile : row - start % row;
    int64_t n = tile < left_in_row ? tile : left_in_row;
    state.n = n < count - start ? n : count - start;
    for (int32_t k = 0; k < operand_count; k++) {
      if (!state.is_constant[k]) place_operand(&state, k, operands + k, start);
    }
    for (int32_t s = 0; s < step_count; s++) run_one(&state, steps + s, operands, start, row);
  }
}
