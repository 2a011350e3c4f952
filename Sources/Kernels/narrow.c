#include "narrow.h"

#include <string.h>

#include "loops.h"

CLONES void hourglass_narrow(const float *restrict x, int64_t count, uint16_t *restrict out) {
  INDEPENDENT
  for (int64_t i = 0; i < count; i++) {
    uint32_t bits;
    memcpy(&bits, x + i, sizeof(bits));
    const uint32_t rounded = bits + 0x7FFFu + ((bits >> 16) & 1u);
    // Rounding would carry some NaN over to infinity, or to minus zero.
    const uint32_t quiet = bits | 0x400000u;
    out[i] = (uint16_t)(((bits & 0x7FFFFFFFu) > 0x7F800000u ? quiet : rounded) >> 16);
  }
}
