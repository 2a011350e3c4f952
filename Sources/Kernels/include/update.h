// Updates of a block of parameters from its gradient. One function a rule, all of one signature.
#ifndef HOURGLASS_UPDATE_H
#define HOURGLASS_UPDATE_H

#include <stdint.h>

/// The numbers of one step. What each means is the rule's own affair; see the rules below.
typedef struct {
  float rate;
  float a, b, c, d, e, f;
} hourglass_update_numbers;

/// Updates `count` parameters in place. `first`, `second` and `third` are the rule's own blocks, or null.
typedef void (*hourglass_update_rule)(
    const hourglass_update_numbers *numbers, float *parameters, const float *gradient, float *first,
    float *second, float *third, int64_t count);

/// v = a v + g;  p -= rate v.   (a: momentum)
void hourglass_update_sgd(
    const hourglass_update_numbers *numbers, float *parameters, const float *gradient, float *first,
    float *second, float *third, int64_t count);

/// m = a m + (1 - a) g;  v = b v + (1 - b) g²;  p -= c m / (sqrt(v) d + e), where c and d carry
/// the rate and the corrections of the step (a: β1, b: β2, e: ε).
void hourglass_update_adam(
    const hourglass_update_numbers *numbers, float *parameters, const float *gradient, float *first,
    float *second, float *third, int64_t count);

#endif
