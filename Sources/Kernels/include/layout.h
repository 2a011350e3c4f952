#ifndef HOURGLASS_LAYOUT_H
#define HOURGLASS_LAYOUT_H

#include <stdint.h>

/// One pass over the edges of a graph whose points are laid out.
typedef struct {
  /// Where the points were before: [count, stride], the values behind the last axis 0.
  const float *before;
  int64_t count;
  /// Values from one point to the next, a multiple of 8.
  int64_t stride;
  /// Where the edges of each point begin, one more than points; their other ends, and their turns a pass in units of 2^-31.
  const int64_t *starts;
  const int32_t *ends;
  const uint32_t *shares;
  uint32_t epoch;
  float rate;
  /// Of the curve 1 / (1 + a d^2b).
  float a;
  float b;
  uint64_t seed;
  uint32_t stream;
} hourglass_layout_pass;

/// Moves the points from `first` to before `last` to `places`, [count, stride]: for every edge that has a turn twice the pull of
/// its end and the pushes of five points drawn at random, all from where the point is then. Draws of a point are the words of the
/// counters point * 2^32, point * 2^32 + 1 and so on at step `epoch`. No force is larger than 4 along an axis.
void hourglass_layout_move(const hourglass_layout_pass *pass, int64_t first, int64_t last, float *places);

#endif
