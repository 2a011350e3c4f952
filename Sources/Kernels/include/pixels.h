// Pixels of images: from one set of channels to another, and from one size to another.
#ifndef HOURGLASS_PIXELS_H
#define HOURGLASS_PIXELS_H

#include <stdint.h>

/// Along an axis new pixel i is the sum over k < starts[i + 1] - starts[i] of weights[starts[i] + k] times old
/// pixel firsts[i] + k, added up in that order from 0. `firsts` never falls. `longest` is the most pixels of a sum.
typedef struct {
  int64_t input, output, longest;
  const int32_t *firsts, *starts;
  const float *weights;
} hourglass_pixel_axis;

/// Where the numbers of the result go: a pixel to the next of its row, and a channel to the next. Rows follow
/// each other.
typedef struct {
  int64_t pixel, channel;
} hourglass_pixel_steps;

/// Numbers that the functions below need to work in.
int64_t hourglass_resize_memory(
    const hourglass_pixel_axis *rows, const hourglass_pixel_axis *columns, int64_t channels);

/// Brings an image of 1, 3 or 4 channels, row by row with the channels of a pixel side by side, to another size:
/// columns first, then rows, in single precision without fused operations, rounded once at the end (half up).
/// Of 4 channels the last is opacity: the others are weighted by it.
void hourglass_resize_8(
    const uint8_t *pixels, int64_t channels, const hourglass_pixel_axis *rows,
    const hourglass_pixel_axis *columns, float *memory, uint8_t *out, hourglass_pixel_steps steps);
void hourglass_resize_16(
    const uint16_t *pixels, int64_t channels, const hourglass_pixel_axis *rows,
    const hourglass_pixel_axis *columns, float *memory, uint16_t *out, hourglass_pixel_steps steps);

/// Brings pixels of 1 to 4 channels (2: grey and opacity) to 1, 3 or 4. Colours become grey by
/// 0.299 red + 0.587 green + 0.114 blue, with weights of 16 bits, rounded; where the result has no opacity a
/// pixel is first laid over white. `out` may be `pixels` only where there are no more channels than before.
void hourglass_convert_pixels_8(
    const uint8_t *pixels, int64_t count, int64_t channels, int64_t wanted, uint8_t *out);
void hourglass_convert_pixels_16(
    const uint16_t *pixels, int64_t count, int64_t channels, int64_t wanted, uint16_t *out);

/// Pixels to planes: out[c * count + i] = pixels[i * channels + c].
void hourglass_planes_8(const uint8_t *pixels, int64_t count, int64_t channels, uint8_t *out);
void hourglass_planes_16(const uint16_t *pixels, int64_t count, int64_t channels, uint16_t *out);

#endif
