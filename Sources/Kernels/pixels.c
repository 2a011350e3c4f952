#include "pixels.h"

#include <string.h>

#include "loops.h"

// A model must be given the same pixels by every processor: no product and sum become one operation.
#pragma STDC FP_CONTRACT OFF

typedef float four __attribute__((vector_size(16)));
typedef float lanes __attribute__((vector_size(64)));

#pragma clang diagnostic ignored "-Wpsabi"

/// Rows that are narrowed together, so that each lane of a vector has one of them: a number for each of 16 rows of
/// grey, or for each channel of 4 rows of colours.
INLINE int64_t rows_together(int64_t channels) { return channels == 1 ? 16 : 4; }

/// Room behind a row for the part of a vector that is not used.
enum { spare = 4 };

static int64_t row_memory(int64_t pixels, int64_t channels) { return pixels * channels + spare; }

/// Narrowed rows that are kept: those that a new row needs, and those that were made ahead.
static int64_t ring_rows(const hourglass_pixel_axis *rows, int64_t channels) {
  return rows->longest + rows_together(channels) - 1;
}

int64_t hourglass_resize_memory(
    const hourglass_pixel_axis *rows, const hourglass_pixel_axis *columns, int64_t channels) {
  return 16 * columns->input + (ring_rows(rows, channels) + 1) * row_memory(columns->output, channels);
}

/// Some rows side by side, each pixel a weighted sum, into the ring from row `first` of the image on.
INLINE void narrow_rows(
    const hourglass_pixel_axis *columns, const float *side, const int64_t channels, int64_t first, int64_t count,
    float *ring, int64_t capacity, int64_t stride) {
  float *out[16];
  for (int64_t r = 0; r < count; r++) out[r] = ring + (first + r) % capacity * stride;
  for (int64_t i = 0; i < columns->output; i++) {
    const float *weights = columns->weights + columns->starts[i], *from = side + columns->firsts[i] * 16;
    lanes sum = {0};
    for (int64_t k = 0; k < columns->starts[i + 1] - columns->starts[i]; k++) {
      lanes value;
      memcpy(&value, from + k * 16, sizeof value);
      sum += weights[k] * value;
    }
    float numbers[16];
    memcpy(numbers, &sum, sizeof sum);
    for (int64_t r = 0; r < count; r++) {
      if (channels == 1) {
        out[r][i] = numbers[r];
      } else {
        // Of 3 channels the fourth number is nothing, and the next pixel is written over it.
        memcpy(out[r] + i * channels, numbers + r * 4, sizeof(four));
      }
    }
  }
}

/// Adds the rows of a new row.
INLINE void add_rows(
    const hourglass_pixel_axis *rows, int64_t i, const float *ring, int64_t capacity, int64_t stride, int64_t width,
    float *sums) {
  const float *weights = rows->weights + rows->starts[i];
  memset(sums, 0, sizeof(float) * width);
  for (int64_t k = 0; k < rows->starts[i + 1] - rows->starts[i]; k++) {
    const float *row = ring + (rows->firsts[i] + k) % capacity * stride, weight = weights[k];
    INDEPENDENT
    for (int64_t j = 0; j < width; j++) sums[j] += weight * row[j];
  }
}

#define FOR_LEVELS(LEVEL, BITS)                                                                                       \
  INLINE four pixel_##BITS(const LEVEL *from, const int64_t channels) {                                               \
    LEVEL part __attribute__((vector_size(4 * sizeof(LEVEL))));                                                       \
    memcpy(&part, from, sizeof part);                                                                                 \
    four value = __builtin_convertvector(part, four);                                                                 \
    if (channels == 4) {                                                                                              \
      float opacity = value[3] / (float)(LEVEL)~0;                                                                    \
      value *= (four){opacity, opacity, opacity, 1};                                                                  \
    }                                                                                                                 \
    return value;                                                                                                     \
  }                                                                                                                   \
                                                                                                                      \
  /* Rows side by side as numbers, colours times their opacity. */                                                    \
  INLINE void spread_##BITS(const LEVEL *pixels, int64_t count, int64_t width, const int64_t channels, float *side) { \
    for (int64_t r = 0; r < count; r++, pixels += width * channels) {                                                 \
      if (channels == 1) {                                                                                            \
        for (int64_t i = 0; i < width; i++) side[i * 16 + r] = (float)pixels[i];                                      \
        continue;                                                                                                     \
      }                                                                                                               \
      for (int64_t i = 0; i < width; i++) {                                                                           \
        four value;                                                                                                   \
        if (channels == 3 && i == width - 1) {                                                                        \
          /* Behind the last pixel there may be nothing. */                                                           \
          LEVEL last[4] = {pixels[i * 3], pixels[i * 3 + 1], pixels[i * 3 + 2], 0};                                   \
          value = pixel_##BITS(last, 3);                                                                              \
        } else {                                                                                                      \
          value = pixel_##BITS(pixels + i * channels, channels);                                                      \
        }                                                                                                             \
        memcpy(side + i * 16 + r * 4, &value, sizeof value);                                                          \
      }                                                                                                               \
    }                                                                                                                 \
  }                                                                                                                   \
                                                                                                                      \
  INLINE void round_##BITS(                                                                                           \
      float *sums, int64_t width, int64_t channels, LEVEL *out, hourglass_pixel_steps steps) {                        \
    const float highest = (float)(LEVEL)~0;                                                                           \
    for (int64_t i = 0; channels == 4 && i < width * 4; i += 4) {                                                     \
      float opacity = sums[i + 3];                                                                                    \
      for (int64_t c = 0; c < 3; c++) sums[i + c] = opacity > 0 ? sums[i + c] * highest / opacity : 0;                \
    }                                                                                                                 \
    for (int64_t c = 0; c < channels; c++) {                                                                          \
      LEVEL *to = out + c * steps.channel;                                                                            \
      for (int64_t i = 0; i < width; i++) {                                                                           \
        float value = sums[i * channels + c] + 0.5f;                                                                  \
        value = value > 0 ? value : 0;                                                                                \
        to[i * steps.pixel] = (LEVEL)(value < highest ? value : highest);                                             \
      }                                                                                                               \
    }                                                                                                                 \
  }                                                                                                                   \
                                                                                                                      \
  INLINE void resize_##BITS(                                                                                          \
      const LEVEL *pixels, const int64_t channels, const hourglass_pixel_axis *rows,                                  \
      const hourglass_pixel_axis *columns, float *memory, LEVEL *out, hourglass_pixel_steps steps) {                  \
    const int64_t width = columns->output * channels, stride = row_memory(columns->output, channels);                 \
    const int64_t capacity = ring_rows(rows, channels), line = columns->input * channels;                             \
    float *side = memory, *sums = side + 16 * columns->input, *ring = sums + stride;                                  \
    memset(side, 0, sizeof(float) * 16 * columns->input);                                                             \
    int64_t next = 0;                                                                                                 \
    for (int64_t i = 0; i < rows->output; i++) {                                                                      \
      const int64_t end = rows->firsts[i] + rows->starts[i + 1] - rows->starts[i];                                    \
      while (next < end) {                                                                                            \
        const int64_t left = rows->input - next, most = rows_together(channels), count = left < most ? left : most;   \
        spread_##BITS(pixels + next * line, count, columns->input, channels, side);                                   \
        narrow_rows(columns, side, channels, next, count, ring, capacity, stride);                                    \
        next += count;                                                                                                \
      }                                                                                                               \
      add_rows(rows, i, ring, capacity, stride, width, sums);                                                         \
      round_##BITS(sums, columns->output, channels, out + i * columns->output * steps.pixel, steps);                  \
    }                                                                                                                 \
  }                                                                                                                   \
                                                                                                                      \
  CLONES void hourglass_resize_##BITS(                                                                                \
      const LEVEL *pixels, int64_t channels, const hourglass_pixel_axis *rows,                                        \
      const hourglass_pixel_axis *columns, float *memory, LEVEL *out, hourglass_pixel_steps steps) {                  \
    switch (channels) {                                                                                               \
      case 1: resize_##BITS(pixels, 1, rows, columns, memory, out, steps); break;                                     \
      case 3: resize_##BITS(pixels, 3, rows, columns, memory, out, steps); break;                                     \
      case 4: resize_##BITS(pixels, 4, rows, columns, memory, out, steps); break;                                     \
    }                                                                                                                 \
  }                                                                                                                   \
                                                                                                                      \
  INLINE LEVEL over_white_##BITS(LEVEL value, LEVEL opacity) {                                                        \
    const uint32_t white = (LEVEL)~0;                                                                                 \
    return (LEVEL)(((uint32_t)value * opacity + white * (white - opacity) + white / 2) / white);                      \
  }                                                                                                                   \
                                                                                                                      \
  INLINE LEVEL grey_##BITS(LEVEL red, LEVEL green, LEVEL blue) {                                                      \
    return (LEVEL)(((uint32_t)19595 * red + (uint32_t)38470 * green + (uint32_t)7471 * blue + 0x8000) >> 16);         \
  }                                                                                                                   \
                                                                                                                      \
  INLINE void convert_##BITS(                                                                                         \
      const LEVEL *pixels, int64_t count, const int64_t channels, const int64_t wanted, LEVEL *out) {                 \
    for (int64_t i = 0; i < count; i++, pixels += channels, out += wanted) {                                          \
      LEVEL light[3] = {pixels[0], pixels[channels < 3 ? 0 : 1], pixels[channels < 3 ? 0 : 2]};                       \
      LEVEL opacity = channels % 2 == 0 ? pixels[channels - 1] : (LEVEL)~0;                                           \
      if (channels % 2 == 0 && wanted < 4) {                                                                          \
        for (int64_t c = 0; c < 3; c++) light[c] = over_white_##BITS(light[c], opacity);                              \
      }                                                                                                               \
      if (wanted == 1) {                                                                                              \
        out[0] = channels < 3 ? light[0] : grey_##BITS(light[0], light[1], light[2]);                                 \
      } else {                                                                                                        \
        for (int64_t c = 0; c < 3; c++) out[c] = light[c];                                                            \
        if (wanted == 4) out[3] = opacity;                                                                            \
      }                                                                                                               \
    }                                                                                                                 \
  }                                                                                                                   \
                                                                                                                      \
  CLONES void hourglass_convert_pixels_##BITS(                                                                        \
      const LEVEL *pixels, int64_t count, int64_t channels, int64_t wanted, LEVEL *out) {                             \
    switch (channels * 8 + wanted) {                                                                                  \
      case 1 * 8 + 3: convert_##BITS(pixels, count, 1, 3, out); break;                                                \
      case 1 * 8 + 4: convert_##BITS(pixels, count, 1, 4, out); break;                                                \
      case 2 * 8 + 1: convert_##BITS(pixels, count, 2, 1, out); break;                                                \
      case 2 * 8 + 3: convert_##BITS(pixels, count, 2, 3, out); break;                                                \
      case 2 * 8 + 4: convert_##BITS(pixels, count, 2, 4, out); break;                                                \
      case 3 * 8 + 1: convert_##BITS(pixels, count, 3, 1, out); break;                                                \
      case 3 * 8 + 4: convert_##BITS(pixels, count, 3, 4, out); break;                                                \
      case 4 * 8 + 1: convert_##BITS(pixels, count, 4, 1, out); break;                                                \
      case 4 * 8 + 3: convert_##BITS(pixels, count, 4, 3, out); break;                                                \
      default: memmove(out, pixels, sizeof(LEVEL) * count * channels);                                                \
    }                                                                                                                 \
  }                                                                                                                   \
                                                                                                                      \
  CLONES void hourglass_planes_##BITS(const LEVEL *pixels, int64_t count, int64_t channels, LEVEL *out) {             \
    if (channels == 1) {                                                                                              \
      memcpy(out, pixels, sizeof(LEVEL) * count);                                                                     \
    } else if (channels == 3) {                                                                                       \
      INDEPENDENT                                                                                                     \
      for (int64_t i = 0; i < count; i++) {                                                                           \
        out[i] = pixels[3 * i];                                                                                       \
        out[count + i] = pixels[3 * i + 1];                                                                           \
        out[2 * count + i] = pixels[3 * i + 2];                                                                       \
      }                                                                                                               \
    } else {                                                                                                          \
      for (int64_t i = 0; i < count; i++) {                                                                           \
        for (int64_t c = 0; c < channels; c++) out[c * count + i] = pixels[i * channels + c];                         \
      }                                                                                                               \
    }                                                                                                                 \
  }

FOR_LEVELS(uint8_t, 8)
FOR_LEVELS(uint16_t, 16)
