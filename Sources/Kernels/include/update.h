// Updates of a block of parameters from its gradient. One function a rule, all of one signature.
#ifndef HOURGLASS_UPDATE_H
#define HOURGLASS_UPDATE_H

#include <stdint.h>

/// The numbers of one step. What each letter means is the rule's own affair; see the rules below.
typedef struct {
  float rate;
  float a, b, c, d, e, f;
  /// 1 - rate · decay: what every parameter is multiplied by first, 1 for none.
  float keep;
} hourglass_update_numbers;

/// Updates `count` parameters p in place from their gradient g. `first`, `second` and `third` are the rule's own
/// blocks, or null.
typedef void (*hourglass_update_rule)(
    const hourglass_update_numbers *numbers, float *parameters, const float *gradient, float *first,
    float *second, float *third, int64_t count);

#define HOURGLASS_UPDATE(NAME)                                                                       \
  void hourglass_update_##NAME(                                                                      \
      const hourglass_update_numbers *numbers, float *parameters, const float *gradient, float *first, \
      float *second, float *third, int64_t count)

/// v = a v + g;  p -= rate v.   (a: momentum, first: v)
HOURGLASS_UPDATE(sgd);
/// v = a v + g;  p -= rate (g + a v).
HOURGLASS_UPDATE(nesterov);
/// s = s + g²;  p -= rate g / (sqrt(s) + e).   (first: s)
HOURGLASS_UPDATE(adagrad);
/// s = a s + (1 - a) g²;  d = sqrt(u + e) / sqrt(s + e) g;  u = a u + (1 - a) d²;  p -= rate d.   (first: s, second: u)
HOURGLASS_UPDATE(adadelta);
/// s = a s + (1 - a) g²;  v = b v + g / (sqrt(s) + e);  p -= rate v.   (first: s, second: v)
HOURGLASS_UPDATE(rmsprop);
/// m = a m + (1 - a) g;  v = b v + (1 - b) g²;  p -= c m / (sqrt(v) d + e), where c and d carry
/// the rate and the corrections of the step.   (a: β1, b: β2, e: ε, first: m, second: v)
HOURGLASS_UPDATE(adam);
/// As adam, with p -= (c m + f g) / (sqrt(v) d + e).
HOURGLASS_UPDATE(nadam);
/// p -= rate sign(a m + (1 - a) g);  m = b m + (1 - b) g.   (first: m)
HOURGLASS_UPDATE(lion);
/// v = b v + (1 - b) g²;  z -= rate g / (sqrt(v) d + e) + c p;  x += f (z - x);  p = (1 - a) z + a x, where d carries
/// the correction of the step, c the decay and f the weight of z in the mean; p is not multiplied by `keep`.
/// (a: β1, b: β2, e: ε, first: z, second: v, third: x)
HOURGLASS_UPDATE(schedule_free);
/// p stays.
HOURGLASS_UPDATE(none);
/// p -= rate g.
HOURGLASS_UPDATE(descent);
/// p = a p + (1 - a) g: the blocks of an optimizer that works on matrices take the place of p.
HOURGLASS_UPDATE(blend);
/// m = a m + (1 - a) g;  p = (1 - a) g + a m, what momentum gives one step ahead.   (first: m)
HOURGLASS_UPDATE(look_ahead);
/// v = b v + (1 - b) g²;  p = c m / (sqrt(v) d + e), where c and d carry the corrections of the step.
/// (first: m, which stays, second: v)
HOURGLASS_UPDATE(adam_step);

/// Scales `count` values.
void hourglass_scale(float *x, float factor, int64_t count);
/// Cuts `count` values at -limit and limit; a NaN stays one.
void hourglass_clamp(float *x, float limit, int64_t count);
/// average = decay average + (1 - decay) x
void hourglass_average(float *average, const float *x, float decay, int64_t count);
/// Scales each column of a matrix [rows, columns] whose norm is above `limit` down to it. `norms` has room for `columns`.
void hourglass_limit_columns(float *x, int64_t rows, int64_t columns, float limit, float *norms);

#endif
