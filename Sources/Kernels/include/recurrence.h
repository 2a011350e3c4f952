// Recurrent cells over all steps of sequences: LSTM (Hochreiter and Schmidhuber 1997, with the forget gate of
// Gers et al. 2000) and GRU (Cho et al. 2014, with the reset after the product).
#ifndef HOURGLASS_RECURRENCE_H
#define HOURGLASS_RECURRENCE_H

#include <stdint.h>

/// What the tape of a step holds, each `units` values long: of an LSTM the gates i, f, g, o, then c, the h
/// before, h; of a GRU the gates r, z, n, then q, the h before, h.
#define HOURGLASS_LSTM_TAPE 7
#define HOURGLASS_GRU_TAPE 6

/// Vectors of 16 that lie side by side in packed weights: of the four sums a unit has, the sixteen units of
/// one vector each; of the transposed weight, four vectors of units.
#define HOURGLASS_CELL_SUMS 4

typedef struct {
  int64_t steps;
  int64_t inputs;
  int64_t units;
  /// Whether all steps read the same input, of which there is then one a row.
  int32_t is_constant;
  /// Whether the last step comes first.
  int32_t is_reversed;
  int32_t is_gru;
} hourglass_recurrence;

/// Values of memory that ``hourglass_recur`` and ``hourglass_recur_back`` need for `rows` sequences.
int64_t hourglass_recurrence_space(const hourglass_recurrence *cell, int64_t rows);

/// The tape of each sequence: tape[row, step].
/// Packed for every sixteen units: `input_weight` [inputs][sums][16], `weight` [units][sums][16], `bias`
/// [sums][16], where the sums of an LSTM are its four gates; of a GRU the inputs give r, z, n and the state
/// r, z, q.
/// `mask` [row, step], or NULL: where it is 0 the state stays as it was.
void hourglass_recur(
    const hourglass_recurrence *cell, const float *x, const float *input_weight, const float *weight,
    const float *bias, const float *mask, int64_t rows, float *tape, float *space);

/// What a cotangent [row, step, unit] of h gives to the sums: result[row, step, 4 units], of a GRU r, z, n,
/// q.
/// `transposed` is the weight for every 64 units, the last fewer: [sums of all units][vectors][16].
void hourglass_recur_back(
    const hourglass_recurrence *cell, const float *tape, const float *cotangent, const float *transposed,
    const float *mask, int64_t rows, float *result, float *space);

#endif
