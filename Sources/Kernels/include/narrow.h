// Single precision to half as many bits.
#ifndef HOURGLASS_NARROW_H
#define HOURGLASS_NARROW_H

#include <stdint.h>

/// out[i] = the upper 16 bits of x[i] as a float: bf16, rounded to the nearest, of two that are equally near to the
/// one whose last bit is 0. What is too large becomes infinite; NaN stays NaN, and quiet.
void hourglass_narrow(const float *x, int64_t count, uint16_t *out);

#endif
