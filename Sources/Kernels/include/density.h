// Surprises of laws whose logarithms nearly cancel: computed in double precision, value by value.
#ifndef HOURGLASS_DENSITY_H
#define HOURGLASS_DENSITY_H

#include <stdint.h>

/// result = -log p(x | a, b), or its derivative by b, of `n` values.
enum hourglass_density_kind {
  /// Mean e^a; b is not read, and there is no derivative by it.
  HOURGLASS_POISSON = 0,
  /// Mean e^a, variance e^a + e^(2a - b).
  HOURGLASS_NEGATIVE_BINOMIAL,
  HOURGLASS_NEGATIVE_BINOMIAL_SLOPE,
  /// Mean e^a, shape e^b. From x = e^(a + 30) on the exponential of log x - a goes on in a straight line.
  HOURGLASS_GAMMA,
  HOURGLASS_GAMMA_SLOPE,
};

/// The result may lie where one of the arguments lies. a within ±300, b within ±20; x from 0 on.
void hourglass_density(
    int32_t density, const float *x, const float *a, const float *b, float *result, int64_t n);

#endif
