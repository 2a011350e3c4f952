// Pooling and resampling of images whose channels lie together.
#ifndef HOURGLASS_RESAMPLE_H
#define HOURGLASS_RESAMPLE_H

#include <stdint.h>

/// Window i looks, at place k, at position i * stride + k * dilation - before, if the image has it.
typedef struct {
  int64_t input, kernel, stride, dilation, before, output;
} hourglass_axis;

typedef struct {
  hourglass_axis rows, columns;
  int64_t channels;
} hourglass_window;

/// out[window, c] = values[place, c] for the place where x is greatest in the window: of equals the first; a NaN
/// is greatest. 0 where a window sees nothing. `values` may be x.
void hourglass_pick_maximum(const hourglass_window *window, const float *x, const float *values, float *out);

/// out[place, c] = sum of values[window, c] over the windows in which x is greatest at that place.
void hourglass_place_maximum(const hourglass_window *window, const float *x, const float *values, float *out);

/// out[o, t, i] = sum over the shares s of t: shares[s] x[o, source of s, i].
/// `places` holds where each target's shares begin, `output` + 1 numbers, then the source of each share.
void hourglass_resample(
    const float *x, int64_t outer, int64_t input, int64_t output, int64_t inner, const int32_t *places,
    const float *shares, float *out);

#endif
