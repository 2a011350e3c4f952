// Elementary functions without branches, so that loops over them become vectors.
// The coefficients are minimax fits (Chebyshev) made for these intervals; the errors stated are relative to the true value.
#ifndef HOURGLASS_MATHEMATICS_H
#define HOURGLASS_MATHEMATICS_H

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "loops.h"

INLINE float float_of_bits(int32_t bits) {
  float value;
  memcpy(&value, &bits, 4);
  return value;
}

INLINE int32_t bits_of_float(float value) {
  int32_t bits;
  memcpy(&bits, &value, 4);
  return bits;
}

/// The C library's sqrtf must set errno, which keeps a loop from becoming vectors.
INLINE float square_root(float x) {
#if __has_builtin(__builtin_elementwise_sqrt)
  return __builtin_elementwise_sqrt(x);
#else
  return __builtin_sqrtf(x);
#endif
}

/// e^r for |r| at most (log 2) / 2, where x = n log 2 + r and the low bits of `rounded` are n. A NaN stays one.
INLINE float reduced_exponential(float x, int32_t *rounded) {
  // Adding 1.5 * 2^23 rounds to a whole number, which then stands in the low bits.
  float sum = x * 1.44269504088896341f + 12582912.0f;
  float n = sum - 12582912.0f;
  float r = x - n * 0.693359375f;
  r = r + n * 2.12194440e-4f;
  float p = 1.3926251e-3f;
  p = p * r + 8.3632329e-3f;
  p = p * r + 4.16665542e-2f;
  p = p * r + 1.66665767e-1f;
  p = p * r + 0.5f;
  *rounded = bits_of_float(sum) - 0x4b400000;
  return p * (r * r) + r + 1.0f;
}

/// 2^n for n from -126 to 127.
INLINE float power_of_two(int32_t n) { return float_of_bits((int32_t)((uint32_t)(n + 127) << 23)); }

/// e^x, error below 2e-7; 0 below -103.97 (through the subnormals), infinity above 88.72.
INLINE float exponential(float x) {
  float clamped = x < -104.0f ? -104.0f : x;
  clamped = clamped > 89.0f ? 89.0f : clamped;
  int32_t n;
  float y = reduced_exponential(clamped, &n);
  // Two factors, so that the exponent of neither overflows.
  int32_t half = n >> 1;
  return y * power_of_two(half) * power_of_two(n - half);
}

/// e^-|x|, error below 2e-7; from |x| = 87.3 on the smallest normal number, where nothing is left to tell it from 0.
INLINE float exponential_of_minus(float x) {
  float negative = -fabsf(x);
  int32_t n;
  float y = reduced_exponential(negative < -87.3f ? -87.3f : negative, &n);
  return y * power_of_two(n);
}

/// log(1 + e) for e in [0, 1], error below 2e-7.
INLINE float logarithm_of_one_plus(float e) {
  float p = -3.17605702e-3f;
  p = p * e + 1.95425273e-2f;
  p = p * e - 5.63736128e-2f;
  p = p * e + 1.05436238e-1f;
  p = p * e - 1.52696671e-1f;
  p = p * e + 1.96632743e-1f;
  p = p * e - 2.49516163e-1f;
  p = p * e + 3.33297105e-1f;
  p = p * e - 4.99998926e-1f;
  p = p * e + 1.0f;
  return p * e;
}

/// Natural logarithm, error below 3e-7 of max(|log x|, 1); -infinity at 0, NaN below. Subnormals count as 0.
INLINE float logarithm(float x) {
  int32_t bits = bits_of_float(x);
  int32_t exponent = (bits - 0x3f3504f3) >> 23;
  float m = float_of_bits(bits - (exponent << 23));
  float f = m - 1.0f;
  float p = -7.6752268e-2f;
  p = p * f + 1.27245713e-1f;
  p = p * f - 1.31278830e-1f;
  p = p * f + 1.42046373e-1f;
  p = p * f - 1.66265929e-1f;
  p = p * f + 2.00012413e-1f;
  p = p * f - 2.50007828e-1f;
  p = p * f + 3.33333300e-1f;
  p = p * f - 4.99999976e-1f;
  float n = (float)exponent;
  float y = p * (f * f) + n * -2.12194440e-4f + f + n * 0.693359375f;
  y = x < 1.17549435e-38f ? -INFINITY : y;
  y = x < 0.0f ? NAN : y;
  y = x == INFINITY ? INFINITY : y;
  return x != x ? x : y;
}

INLINE float sigmoid(float x) {
  // e^-|x| cannot overflow; the other half follows by symmetry.
  float e = exponential_of_minus(x);
  return (x < 0.0f ? e : 1.0f) / (1.0f + e);
}

/// log(1 + e^x), without overflow: max(x, 0) + log(1 + e^-|x|).
INLINE float softplus(float x) {
  float positive = x > 0.0f ? x : 0.0f;
  return positive + logarithm_of_one_plus(exponential_of_minus(x));
}

/// tanh(x) for |x| < 0.64, where a quotient of exponentials would lose figures.
INLINE float small_tangent(float x) {
  float z = x * x;
  float p = -5.99079881e-3f;
  p = p * z + 2.09225888e-2f;
  p = p * z - 5.38347964e-2f;
  p = p * z + 1.33326611e-1f;
  p = p * z - 3.33333278e-1f;
  return p * z * x + x;
}

INLINE float hyperbolic_tangent(float x) {
  float small = small_tangent(x);
  float e = exponential_of_minus(2.0f * x);
  float large = copysignf((1.0f - e) / (1.0f + e), x);
  return fabsf(x) < 0.64f ? small : large;
}

/// erf(x), error below 3e-7. Below 1 an odd polynomial, above 1 - e^(-x²) t P(t) with t = 1 / (1 + |x| / 2).
INLINE float error_function(float x) {
  float a = fabsf(x);
  float bounded = a > 4.2f ? 4.2f : a;
  float z = bounded * bounded;
  float p = 7.87587506e-5f;
  p = p * z - 8.01686429e-4f;
  p = p * z + 5.18908742e-3f;
  p = p * z - 2.68542122e-2f;
  p = p * z + 1.12835947e-1f;
  p = p * z - 3.76126267e-1f;
  p = p * z + 1.12837917f;
  float small = p * bounded;
  float t = 1.0f / (1.0f + 0.5f * bounded);
  float q = 5.43647850e-2f;
  q = q * t - 9.66674284e-2f;
  q = q * t - 9.91361592e-2f;
  q = q * t + 2.00517913e-1f;
  q = q * t + 1.15319930e-1f;
  q = q * t + 2.64055705e-1f;
  q = q * t + 2.79515089e-1f;
  q = q * t + 2.82256226e-1f;
  float large = 1.0f - q * t * exponential_of_minus(z);
  return copysignf(a < 1.0f ? small : large, x);
}

#endif
