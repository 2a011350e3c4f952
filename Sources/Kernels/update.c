#include "update.h"

#include "mathematics.h"

/// The frame of every rule: decay first, then the body, which sees g and changes p and the blocks at i.
#define RULE(NAME, NUMBERS, ...)                                                                      \
  CLONES void hourglass_update_##NAME(                                                                \
      const hourglass_update_numbers *numbers, float *parameters, const float *gradient, float *first, \
      float *second, float *third, int64_t count) {                                                   \
    (void)first, (void)second, (void)third;                                                           \
    const float rate = numbers->rate, keep = numbers->keep;                                           \
    (void)rate;                                                                                       \
    NUMBERS                                                                                           \
    INDEPENDENT                                                                                       \
    for (int64_t i = 0; i < count; i++) {                                                             \
      float g = gradient[i];                                                                          \
      float p = parameters[i] * keep;                                                                 \
      __VA_ARGS__                                                                                     \
      parameters[i] = p;                                                                              \
    }                                                                                                 \
  }

RULE(
    sgd, const float a = numbers->a;, float v = a * first[i] + g; first[i] = v; p -= rate * v;)

RULE(
    nesterov, const float a = numbers->a;, float v = a * first[i] + g; first[i] = v;
    p -= rate * (g + a * v);)

RULE(
    adagrad, const float e = numbers->e;, float s = first[i] + g * g; first[i] = s;
    p -= rate * g / (square_root(s) + e);)

RULE(
    adadelta, const float a = numbers->a; const float a1 = 1.0f - a; const float e = numbers->e;
    , float s = a * first[i] + a1 * g * g; float u = second[i];
    float d = square_root(u + e) / square_root(s + e) * g; first[i] = s; second[i] = a * u + a1 * d * d;
    p -= rate * d;)

RULE(
    rmsprop, const float a = numbers->a; const float a1 = 1.0f - a; const float b = numbers->b;
    const float e = numbers->e;
    , float s = a * first[i] + a1 * g * g; first[i] = s;
    float v = b * second[i] + g / (square_root(s) + e); second[i] = v; p -= rate * v;)

#define MOMENTS                                     \
  const float a = numbers->a; const float b = numbers->b; \
  const float c = numbers->c; const float d = numbers->d; \
  const float e = numbers->e; const float a1 = 1.0f - a;  \
  const float b1 = 1.0f - b;

RULE(
    adam, MOMENTS, float m = a * first[i] + a1 * g; float v = b * second[i] + b1 * g * g; first[i] = m;
    second[i] = v; p -= c * m / (square_root(v) * d + e);)

RULE(
    nadam, MOMENTS const float f = numbers->f;
    , float m = a * first[i] + a1 * g; float v = b * second[i] + b1 * g * g; first[i] = m; second[i] = v;
    p -= (c * m + f * g) / (square_root(v) * d + e);)

RULE(
    lion, const float a = numbers->a; const float b = numbers->b; const float a1 = 1.0f - a; const float b1 = 1.0f - b;
    , float m = first[i]; float u = a * m + a1 * g; first[i] = b * m + b1 * g;
    p -= rate * (u > 0.0f ? 1.0f : (u < 0.0f ? -1.0f : (u != u ? u : 0.0f)));)

RULE(none, , )

RULE(descent, , p -= rate * g;)

RULE(blend, const float a = numbers->a; const float a1 = 1.0f - a;, p = a * p + a1 * g;)

RULE(
    look_ahead, const float a = numbers->a; const float a1 = 1.0f - a;
    , float m = a * first[i] + a1 * g; first[i] = m; p = a1 * g + a * m;)

RULE(
    adam_step, MOMENTS (void)a1; (void)a;
    , float v = b * second[i] + b1 * g * g; second[i] = v; p = c * first[i] / (square_root(v) * d + e);)

CLONES void hourglass_update_schedule_free(
    const hourglass_update_numbers *numbers, float *parameters, const float *gradient, float *first,
    float *second, float *third, int64_t count) {
  MOMENTS
  const float rate = numbers->rate, weight = numbers->f;
  INDEPENDENT
  for (int64_t i = 0; i < count; i++) {
    float g = gradient[i];
    float v = b * second[i] + b1 * g * g;
    float z = first[i] - rate * g / (square_root(v) * d + e) - c * parameters[i];
    float x = third[i] + weight * (z - third[i]);
    second[i] = v;
    first[i] = z;
    third[i] = x;
    parameters[i] = a1 * z + a * x;
  }
}

CLONES void hourglass_scale(float *x, float factor, int64_t count) {
  INDEPENDENT
  for (int64_t i = 0; i < count; i++) x[i] *= factor;
}

CLONES void hourglass_clamp(float *x, float limit, int64_t count) {
  INDEPENDENT
  for (int64_t i = 0; i < count; i++) {
    float low = x[i] < -limit ? -limit : x[i];
    x[i] = low > limit ? limit : low;
  }
}

CLONES void hourglass_average(float *average, const float *x, float decay, int64_t count) {
  const float rest = 1.0f - decay;
  INDEPENDENT
  for (int64_t i = 0; i < count; i++) average[i] = decay * average[i] + rest * x[i];
}

CLONES void hourglass_limit_columns(
    float *x, int64_t rows, int64_t columns, float limit, float *norms) {
  for (int64_t c = 0; c < columns; c++) norms[c] = 0.0f;
  for (int64_t r = 0; r < rows; r++) {
    INDEPENDENT
    for (int64_t c = 0; c < columns; c++) norms[c] += x[r * columns + c] * x[r * columns + c];
  }
  INDEPENDENT
  for (int64_t c = 0; c < columns; c++) {
    float norm = square_root(norms[c]);
    norms[c] = norm > limit ? limit / norm : 1.0f;
  }
  for (int64_t r = 0; r < rows; r++) {
    INDEPENDENT
    for (int64_t c = 0; c < columns; c++) x[r * columns + c] *= norms[c];
  }
}
