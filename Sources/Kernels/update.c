#include "update.h"

#include "mathematics.h"

CLONES void hourglass_update_sgd(
    const hourglass_update_numbers *numbers, float *parameters, const float *gradient, float *first,
    float *second, float *third, int64_t count) {
  (void)second, (void)third;
  const float rate = numbers->rate, momentum = numbers->a;
  INDEPENDENT
  for (int64_t i = 0; i < count; i++) {
    float v = momentum * first[i] + gradient[i];
    first[i] = v;
    parameters[i] -= rate * v;
  }
}

CLONES void hourglass_update_adam(
    const hourglass_update_numbers *numbers, float *parameters, const float *gradient, float *first,
    float *second, float *third, int64_t count) {
  (void)third;
  const float a = numbers->a, b = numbers->b, c = numbers->c, d = numbers->d, epsilon = numbers->e;
  const float a1 = 1.0f - a, b1 = 1.0f - b;
  INDEPENDENT
  for (int64_t i = 0; i < count; i++) {
    float g = gradient[i];
    float m = a * first[i] + a1 * g;
    float v = b * second[i] + b1 * g * g;
    first[i] = m;
    second[i] = v;
    parameters[i] -= c * m / (square_root(v) * d + epsilon);
  }
}
