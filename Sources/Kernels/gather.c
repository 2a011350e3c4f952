#include "gather.h"

#include <string.h>

#include "loops.h"

#define GATHER_ROW(NAME, TYPE)                                                                   \
  CLONES static void NAME(                                                                       \
      const unsigned char *restrict row, int64_t columns, const float *restrict shift,           \
      const float *restrict scale, int64_t parameters, float *restrict out) {                    \
    if (parameters == 0) {                                                                       \
      for (int64_t c = 0; c < columns; c++) {                                                    \
        TYPE x;                                                                                  \
        memcpy(&x, row + c * (int64_t)sizeof(TYPE), sizeof(TYPE));                               \
        out[c] = (float)x;                                                                       \
      }                                                                                          \
    } else if (parameters == 1) {                                                                \
      const float a = shift[0], b = scale[0];                                                    \
      for (int64_t c = 0; c < columns; c++) {                                                    \
        TYPE x;                                                                                  \
        memcpy(&x, row + c * (int64_t)sizeof(TYPE), sizeof(TYPE));                               \
        out[c] = ((float)x - a) * b;                                                             \
      }                                                                                          \
    } else {                                                                                     \
      for (int64_t c = 0; c < columns; c++) {                                                    \
        TYPE x;                                                                                  \
        memcpy(&x, row + c * (int64_t)sizeof(TYPE), sizeof(TYPE));                               \
        out[c] = ((float)x - shift[c]) * scale[c];                                               \
      }                                                                                          \
    }                                                                                            \
  }

// A parameter for all columns is read again and again.
#define GATHER_FAR_ROW(NAME, TYPE)                                                               \
  CLONES static void NAME(                                                                       \
      const unsigned char *restrict row, int64_t columns, const float *restrict shift,           \
      const float *restrict remainder, const float *restrict scale, int64_t parameters,          \
      float *restrict out) {                                                                     \
    const int64_t step = parameters == 1 ? 0 : 1;                                                \
    for (int64_t c = 0; c < columns; c++) {                                                      \
      TYPE x;                                                                                    \
      memcpy(&x, row + c * (int64_t)sizeof(TYPE), sizeof(TYPE));                                 \
      const double difference = ((double)x - (double)shift[c * step]) - (double)remainder[c * step]; \
      out[c] = (float)(difference * (double)scale[c * step]);                                    \
    }                                                                                            \
  }

GATHER_FAR_ROW(far_uint8, uint8_t)
GATHER_FAR_ROW(far_int8, int8_t)
GATHER_FAR_ROW(far_uint16, uint16_t)
GATHER_FAR_ROW(far_int16, int16_t)
GATHER_FAR_ROW(far_int32, int32_t)
GATHER_FAR_ROW(far_int64, int64_t)
GATHER_FAR_ROW(far_float32, float)
GATHER_FAR_ROW(far_float64, double)

typedef void (*far_row_function)(
    const unsigned char *, int64_t, const float *, const float *, const float *, int64_t, float *);

GATHER_ROW(row_uint8, uint8_t)
GATHER_ROW(row_int8, int8_t)
GATHER_ROW(row_uint16, uint16_t)
GATHER_ROW(row_int16, int16_t)
GATHER_ROW(row_int32, int32_t)
GATHER_ROW(row_int64, int64_t)
GATHER_ROW(row_float32, float)
GATHER_ROW(row_float64, double)

typedef void (*row_function)(
    const unsigned char *, int64_t, const float *, const float *, int64_t, float *);

void hourglass_gather(
    const void *base, int32_t element, int64_t columns, const uint32_t *rows, int64_t count,
    const float *shift, const float *remainder, const float *scale, int64_t parameters, float *out) {
  static const int64_t sizes[] = {1, 1, 2, 2, 4, 8, 4, 8};
  const row_function functions[] = {row_uint8, row_int8,  row_uint16,  row_int16,
                                    row_int32, row_int64, row_float32, row_float64};
  const far_row_function far_functions[] = {far_uint8, far_int8,  far_uint16,  far_int16,
                                            far_int32, far_int64, far_float32, far_float64};
  const int64_t stride = columns * sizes[element];
  const row_function function = functions[element];
  const far_row_function far = remainder && parameters > 0 ? far_functions[element] : 0;
  const unsigned char *bytes = base;
  for (int64_t i = 0; i < count; i++) {
    // The rows lie anywhere: ask for the one after next while this one is converted.
    if (rows && i + 2 < count) {
      const unsigned char *ahead = bytes + (int64_t)rows[i + 2] * stride;
      for (int64_t b = 0; b < stride; b += 64) __builtin_prefetch(ahead + b);
    }
    const unsigned char *row = bytes + (rows ? (int64_t)rows[i] : i) * stride;
    if (far) {
      far(row, columns, shift, remainder, scale, parameters, out + i * columns);
    } else {
      function(row, columns, shift, scale, parameters, out + i * columns);
    }
  }
}

void hourglass_gather_sparse(
    const int64_t *starts, const int32_t *entries, const float *values, const float *background,
    int64_t columns, const uint32_t *rows, int64_t count, float *out) {
  for (int64_t i = 0; i < count; i++) {
    const int64_t row = rows ? (int64_t)rows[i] : i;
    float *to = out + i * columns;
    if (background) {
      memcpy(to, background, (size_t)columns * sizeof(float));
    } else {
      memset(to, 0, (size_t)columns * sizeof(float));
    }
    for (int64_t e = starts[row]; e < starts[row + 1]; e++) to[entries[e]] = values[e];
  }
}

// By bits, so that no option about floating point can change what NaN is.
INLINE int is_gap(float x) {
  uint32_t bits;
  memcpy(&bits, &x, sizeof(bits));
  return (bits & 0x7FFFFFFFu) > 0x7F800000u;
}

CLONES void hourglass_fill_gaps(float *x, int64_t count) {
  INDEPENDENT
  for (int64_t i = 0; i < count; i++) x[i] = is_gap(x[i]) ? 0.0f : x[i];
}

CLONES void hourglass_mark_presence(float *x, int64_t count) {
  INDEPENDENT
  for (int64_t i = 0; i < count; i++) x[i] = is_gap(x[i]) ? 0.0f : 1.0f;
}
