#include "density.h"

#include <string.h>

#include "loops.h"

// Everything without branches, so that the loops become vectors of doubles.

INLINE double double_of_bits(uint64_t bits) {
  double value;
  memcpy(&value, &bits, 8);
  return value;
}

INLINE uint64_t bits_of_double(double value) {
  uint64_t bits;
  memcpy(&bits, &value, 8);
  return bits;
}

/// e^x, error below 1e-14; x is held within ±700. A NaN stays one.
INLINE double wide_exponential(double x) {
  double clamped = x < -700.0 ? -700.0 : x;
  clamped = clamped > 700.0 ? 700.0 : clamped;
  // Adding 1.5 * 2^52 rounds to a whole number, which then stands in the low bits.
  double sum = clamped * 1.4426950408889634 + 6755399441055744.0;
  double n = sum - 6755399441055744.0;
  double r = clamped - n * 0.693147180369123816490;
  r = r - n * 1.90821492927058770002e-10;
  double p = 1.0 / 39916800.0;
  p = p * r + 1.0 / 3628800.0;
  p = p * r + 1.0 / 362880.0;
  p = p * r + 1.0 / 40320.0;
  p = p * r + 1.0 / 5040.0;
  p = p * r + 1.0 / 720.0;
  p = p * r + 1.0 / 120.0;
  p = p * r + 1.0 / 24.0;
  p = p * r + 1.0 / 6.0;
  p = p * r + 0.5;
  p = p * r + 1.0;
  p = p * r + 1.0;
  return p * double_of_bits((bits_of_double(sum) + 1023) << 52);
}

/// Natural logarithm of a normal number above 0, error below 1e-15 of max(|log x|, 1). A NaN stays one.
INLINE double wide_logarithm(double x) {
  // The exponent of x / sqrt(1/2), as the low bits of 2^52 + 1023 + exponent.
  uint64_t bits = bits_of_double(x);
  uint64_t above = bits - 0x3fe6a09e667f3bcdull + (1023ull << 52);
  double exponent = double_of_bits((above >> 52) | 0x4330000000000000ull) - (4503599627370496.0 + 1023.0);
  double m = double_of_bits(bits - (above & 0xfff0000000000000ull) + (1023ull << 52));
  double f = m - 1.0;
  double s = f / (2.0 + f);
  double z = s * s;
  double p = 1.0 / 19.0;
  p = p * z + 1.0 / 17.0;
  p = p * z + 1.0 / 15.0;
  p = p * z + 1.0 / 13.0;
  p = p * z + 1.0 / 11.0;
  p = p * z + 1.0 / 9.0;
  p = p * z + 1.0 / 7.0;
  p = p * z + 1.0 / 5.0;
  p = p * z + 1.0 / 3.0;
  double y = 2.0 * s * z * p + exponent * 1.90821492927058770002e-10 + 2.0 * s + exponent * 0.693147180369123816490;
  return x != x ? x : y;
}

INLINE double wide_softplus(double x) {
  double e = wide_exponential(x < 0.0 ? x : -x);
  double whole = 1.0 + e;
  // What the sum rounded away is all there is of a small e.
  return (x > 0.0 ? x : 0.0) + (wide_logarithm(whole) + (e - (whole - 1.0)));
}

/// log Γ(y) = stirling - log product: the product is y (y + 1) ... (y + 7) below 8, where Stirling's series is taken
/// at y + 8, else 1. Abramowitz and Stegun 6.1.41; error below 3e-13.
typedef struct {
  double stirling;
  double product;
} gamma_parts;

INLINE gamma_parts parts_of_gamma(double y) {
  gamma_parts parts;
  double product = y * (y + 1.0) * (y + 2.0) * (y + 3.0) * ((y + 4.0) * (y + 5.0) * (y + 6.0) * (y + 7.0));
  parts.product = y < 8.0 ? product : 1.0;
  double x = y < 8.0 ? y + 8.0 : y;
  double inverse = 1.0 / x;
  double square = inverse * inverse;
  double rest = 1.0 / 1188.0;
  rest = 1.0 / 1680.0 - square * rest;
  rest = 1.0 / 1260.0 - square * rest;
  rest = 1.0 / 360.0 - square * rest;
  rest = 1.0 / 12.0 - square * rest;
  parts.stirling = (x - 0.5) * wide_logarithm(x) - x + 0.91893853320467274178 + inverse * rest;
  return parts;
}

/// ψ(y), by its series from 8 on and the sum of 1 / (y + j) below. Abramowitz and Stegun 6.3.18.
INLINE double digamma(double y) {
  double numerator = 1.0, denominator = y;
  for (int j = 1; j < 8; j++) {
    numerator = numerator * (y + j) + denominator;
    denominator = denominator * (y + j);
  }
  double sum = y < 8.0 ? numerator / denominator : 0.0;
  double x = y < 8.0 ? y + 8.0 : y;
  double inverse = 1.0 / x;
  double square = inverse * inverse;
  double series = 1.0 / 132.0;
  series = 1.0 / 240.0 - square * series;
  series = 1.0 / 252.0 - square * series;
  series = 1.0 / 120.0 - square * series;
  series = 1.0 / 12.0 - square * series;
  return wide_logarithm(x) - 0.5 * inverse - square * series - sum;
}

CLONES static void poisson(const float *x, const float *a, float *r, int64_t n) {
  INDEPENDENT
  for (int64_t i = 0; i < n; i++) {
    double count = x[i], mean = a[i];
    gamma_parts factorial = parts_of_gamma(count + 1.0);
    r[i] = (float)(wide_exponential(mean) - count * mean + factorial.stirling - wide_logarithm(factorial.product));
  }
}

/// θ log(1 + μ/θ) + x log(1 + θ/μ) - log Γ(x + θ) + log Γ(θ) + log Γ(x + 1)
CLONES static void negative_binomial(const float *x, const float *a, const float *b, float *r, int64_t n) {
  INDEPENDENT
  for (int64_t i = 0; i < n; i++) {
    double count = x[i], apart = (double)a[i] - (double)b[i];
    double theta = wide_exponential(b[i]);
    double both = wide_softplus(apart);
    gamma_parts sum = parts_of_gamma(count + theta), first = parts_of_gamma(theta), second = parts_of_gamma(count + 1.0);
    double products = wide_logarithm(sum.product / (first.product * second.product));
    r[i] = (float)(theta * both + count * (both - apart) + (first.stirling + second.stirling - sum.stirling + products));
  }
}

/// θ (log(1 + μ/θ) - μ / (θ + μ) - ψ(x + θ) + ψ(θ)) + x θ / (θ + μ)
CLONES static void negative_binomial_slope(const float *x, const float *a, const float *b, float *r, int64_t n) {
  INDEPENDENT
  for (int64_t i = 0; i < n; i++) {
    double count = x[i], apart = (double)a[i] - (double)b[i];
    double theta = wide_exponential(b[i]);
    double share = 1.0 / (1.0 + wide_exponential(apart));
    double inner = wide_softplus(apart) - (1.0 - share) - (digamma(count + theta) - digamma(theta));
    r[i] = (float)(theta * inner + count * share);
  }
}

/// e^z to 30, and on from there in a straight line.
INLINE double bounded_exponential(double z) {
  double e = wide_exponential(z > 30.0 ? 30.0 : z);
  return z > 30.0 ? e * (z - 29.0) : e;
}

/// log Γ(k) - k log k + k (eᶻ - z) + log x with z = log x - a and k = e^b
CLONES static void gamma_loss(const float *x, const float *a, const float *b, float *r, int64_t n) {
  INDEPENDENT
  for (int64_t i = 0; i < n; i++) {
    double value = wide_logarithm(x[i] < 1e-30f ? 1e-30f : x[i]);
    double shape = wide_exponential(b[i]), z = value - (double)a[i];
    gamma_parts parts = parts_of_gamma(shape);
    r[i] = (float)(parts.stirling - wide_logarithm(parts.product) + shape * (bounded_exponential(z) - z - (double)b[i]) +
                   value);
  }
}

/// k (ψ(k) - log k - 1 + eᶻ - z)
CLONES static void gamma_slope(const float *x, const float *a, const float *b, float *r, int64_t n) {
  INDEPENDENT
  for (int64_t i = 0; i < n; i++) {
    double value = wide_logarithm(x[i] < 1e-30f ? 1e-30f : x[i]);
    double shape = wide_exponential(b[i]), z = value - (double)a[i];
    r[i] = (float)(shape * (digamma(shape) - (double)b[i] - 1.0 + bounded_exponential(z) - z));
  }
}

void hourglass_density(
    int32_t density, const float *x, const float *a, const float *b, float *result, int64_t n) {
  switch (density) {
    case HOURGLASS_POISSON:
      poisson(x, a, result, n);
      break;
    case HOURGLASS_NEGATIVE_BINOMIAL:
      negative_binomial(x, a, b, result, n);
      break;
    case HOURGLASS_NEGATIVE_BINOMIAL_SLOPE:
      negative_binomial_slope(x, a, b, result, n);
      break;
    case HOURGLASS_GAMMA:
      gamma_loss(x, a, b, result, n);
      break;
    case HOURGLASS_GAMMA_SLOPE:
      gamma_slope(x, a, b, result, n);
      break;
    default:
      break;
  }
}
