// Chains of pointwise operations, run tile by tile so that what lies between them never leaves the L1 cache.
#ifndef HOURGLASS_POINTWISE_H
#define HOURGLASS_POINTWISE_H

#include <stdint.h>

/// One operation of a chain: result = operation(left, right). `immediate` is the constant of those that have one.
enum hourglass_operation {
  HOURGLASS_COPY = 0,
  HOURGLASS_CONSTANT,
  HOURGLASS_NEGATE,
  HOURGLASS_ABSOLUTE,
  HOURGLASS_SIGN,
  HOURGLASS_STEP,
  HOURGLASS_SQUARE,
  HOURGLASS_SQUARE_ROOT,
  HOURGLASS_RECIPROCAL,
  HOURGLASS_EXPONENTIAL,
  HOURGLASS_LOGARITHM,
  HOURGLASS_SINE,
  HOURGLASS_COSINE,
  HOURGLASS_RECTIFIER,
  HOURGLASS_SIGMOID,
  HOURGLASS_HYPERBOLIC_TANGENT,
  HOURGLASS_SOFTPLUS,
  HOURGLASS_ERROR_FUNCTION,
  HOURGLASS_ADD,
  HOURGLASS_SUBTRACT,
  HOURGLASS_MULTIPLY,
  HOURGLASS_DIVIDE,
  HOURGLASS_MAXIMUM,
  HOURGLASS_MINIMUM,
  HOURGLASS_GREATER,
  HOURGLASS_BERNOULLI_LOSS,
  HOURGLASS_ADD_IMMEDIATE,
  HOURGLASS_SUBTRACT_FROM_IMMEDIATE,
  HOURGLASS_MULTIPLY_IMMEDIATE,
  HOURGLASS_MAXIMUM_IMMEDIATE,
  HOURGLASS_MINIMUM_IMMEDIATE,
  /// result[row] = sum of left over the row; `result` names an operand of one value a row.
  HOURGLASS_ROW_SUM,
  /// The same of left squared.
  HOURGLASS_ROW_SUM_OF_SQUARES,
  /// Loss and gradient of the Bernoulli likelihood from one exponential:
  /// operand result[row] = sum over the row of softplus(left) - left * right, register extra = sigmoid(left) - right.
  HOURGLASS_BERNOULLI_FUSED,
  /// Of three values, left, right and extra: those of `hourglass_density`, in its order.
  HOURGLASS_DENSITY_POISSON,
  HOURGLASS_DENSITY_NEGATIVE_BINOMIAL,
  HOURGLASS_DENSITY_NEGATIVE_BINOMIAL_SLOPE,
  HOURGLASS_DENSITY_GAMMA,
  HOURGLASS_DENSITY_GAMMA_SLOPE,
};

typedef struct {
  uint16_t operation;
  uint16_t result;
  uint16_t left;
  uint16_t right;
  uint16_t extra;
  float immediate;
} hourglass_step;

/// How the values of an operand lie under the positions of the chain.
enum hourglass_pattern {
  HOURGLASS_FULL = 0,    // one value a position
  HOURGLASS_REPEAT = 1,  // value position / length: one value a row
  HOURGLASS_PERIOD = 2,  // value position % length: one row for all
  HOURGLASS_SINGLE = 3,  // one value for all
  HOURGLASS_ROW_RESULT = 4,  // written by a sum over the row, never read
};

typedef struct {
  float *base;
  int64_t length;
  uint8_t pattern;
} hourglass_operand;

/// Positions a tile holds at most.
#define HOURGLASS_TILE 1024
/// Values from one register to the next: not a power of two, or the same place in all of them would fall into the same set of the
/// L1 cache, and a load would wait for a store that only looks like its own.
#define HOURGLASS_REGISTER_STRIDE (HOURGLASS_TILE + 80)
/// Operands and registers a chain may name together.
#define HOURGLASS_REGISTERS 48

/// Runs the chain on `count` positions. Names below `operand_count` are operands (read or written in memory);
/// the others are registers, which live in `scratch`: HOURGLASS_REGISTERS * HOURGLASS_REGISTER_STRIDE floats, 64-byte aligned.
/// `row` is the number of positions a ROW_SUM adds up; it divides `count`.
void hourglass_pointwise(
    const hourglass_step *steps, int32_t step_count, const hourglass_operand *operands,
    int32_t operand_count, int64_t count, int64_t row, float *scratch);

#endif
