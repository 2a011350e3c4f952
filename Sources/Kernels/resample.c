#include "resample.h"

#include <string.h>

#include "loops.h"

typedef float lanes __attribute__((vector_size(64)));
typedef int32_t numbers __attribute__((vector_size(64)));

// Every function with vectors in its signature is put into its caller.
#pragma clang diagnostic ignored "-Wpsabi"

/// Up to 16 channels; what is not there is 0.
INLINE lanes load(const float *x, int64_t channels) {
  lanes v = {0};
  if (channels == 16) {
    memcpy(&v, x, sizeof v);
  } else if (channels == 8) {
    memcpy(&v, x, sizeof v / 2);
  } else {
    memcpy(&v, x, sizeof(float) * channels);
  }
  return v;
}

INLINE void store(float *x, lanes v, int64_t channels) {
  if (channels == 16) {
    memcpy(x, &v, sizeof v);
  } else if (channels == 8) {
    memcpy(x, &v, sizeof v / 2);
  } else {
    memcpy(x, &v, sizeof(float) * channels);
  }
}

INLINE lanes choose(numbers which, lanes a, lanes b) {
  return (lanes)((which & (numbers)a) | (~which & (numbers)b));
}

/// The places of a window's kernel along an axis that see the image.
INLINE void seen(const hourglass_axis *axis, int64_t window, int64_t *first, int64_t *end, int64_t *start) {
  const int64_t begin = window * axis->stride - axis->before;
  *first = begin < 0 ? (-begin + axis->dilation - 1) / axis->dilation : 0;
  const int64_t room = (axis->input - begin + axis->dilation - 1) / axis->dilation;
  *end = room < axis->kernel ? room : axis->kernel;
  *start = begin;
}

enum { picked, placed, greatest_itself };

/// One window: up to 16 of its channels.
INLINE void run_window(
    const hourglass_window *window, const int64_t *rows, const int64_t *columns, const float *x,
    const float *values, float *out, int64_t channels, const int kind) {
  const int64_t row_step = window->columns.input * window->channels;
  lanes greatest = {0}, result = {0};
  numbers place = {0}, number = {0};
  int is_first = 1;
  for (int64_t k = rows[0]; k < rows[1]; k++) {
    const float *line = x + (rows[2] + k * window->rows.dilation) * row_step;
    for (int64_t l = columns[0]; l < columns[1]; l++, number += 1) {
      const int64_t offset = (columns[2] + l * window->columns.dilation) * window->channels;
      lanes value = load(line + offset, channels);
      numbers taken = is_first ? ~(numbers){0} : (value > greatest) | (value != value);
      greatest = choose(taken, value, greatest);
      if (kind == picked) {
        result = choose(taken, load(values + (line - x) + offset, channels), result);
      } else if (kind == placed) {
        place = (taken & number) | (~taken & place);
      }
      is_first = 0;
    }
  }
  if (kind != placed) {
    store(out, kind == picked ? result : greatest, channels);
    return;
  }
  lanes value = load(values, channels);
  number = (numbers){0};
  for (int64_t k = rows[0]; k < rows[1]; k++) {
    float *line = out + (rows[2] + k * window->rows.dilation) * row_step;
    for (int64_t l = columns[0]; l < columns[1]; l++, number += 1) {
      float *to = line + (columns[2] + l * window->columns.dilation) * window->channels;
      store(to, load(to, channels) + choose(place == number, value, (lanes){0}), channels);
    }
  }
}

INLINE void run(
    const hourglass_window *window, const float *x, const float *values, float *out, const int kind) {
  const int64_t all = window->channels;
  for (int64_t i = 0; i < window->rows.output; i++) {
    int64_t rows[3];
    seen(&window->rows, i, &rows[0], &rows[1], &rows[2]);
    for (int64_t j = 0; j < window->columns.output; j++) {
      int64_t columns[3];
      seen(&window->columns, j, &columns[0], &columns[1], &columns[2]);
      const int64_t place = (i * window->columns.output + j) * all;
      for (int64_t c = 0; c < all; c += 16) {
        const float *from = kind == placed ? values + place + c : values + c;
        float *to = kind == placed ? out + c : out + place + c;
        // Sizes that are known make the loads and stores single instructions.
        if (all - c >= 16) {
          run_window(window, rows, columns, x + c, from, to, 16, kind);
        } else if (all - c == 8) {
          run_window(window, rows, columns, x + c, from, to, 8, kind);
        } else {
          run_window(window, rows, columns, x + c, from, to, all - c, kind);
        }
      }
    }
  }
}

CLONES static void maximum(const hourglass_window *window, const float *x, float *out) {
  run(window, x, x, out, greatest_itself);
}

CLONES static void pick(const hourglass_window *window, const float *x, const float *values, float *out) {
  run(window, x, values, out, picked);
}

void hourglass_pick_maximum(
    const hourglass_window *window, const float *x, const float *values, float *out) {
  if (x == values) {
    maximum(window, x, out);
  } else {
    pick(window, x, values, out);
  }
}

CLONES void hourglass_place_maximum(
    const hourglass_window *window, const float *x, const float *values, float *out) {
  memset(out, 0, sizeof(float) * window->rows.input * window->columns.input * window->channels);
  run(window, x, values, out, placed);
}

INLINE void resample(
    const float *x, int64_t outer, int64_t input, int64_t output, const int64_t inner,
    const int32_t *places, const float *shares, float *out) {
  const int32_t *sources = places + output + 1;
  for (int64_t o = 0; o < outer; o++, x += input * inner) {
    for (int64_t t = 0; t < output; t++, out += inner) {
      const int32_t first = places[t], end = places[t + 1];
      if (end - first == 1) {
        const float *from = x + sources[first] * inner, share = shares[first];
        INDEPENDENT
        for (int64_t i = 0; i < inner; i++) out[i] = share * from[i];
      } else if (end - first == 2) {
        const float *from = x + sources[first] * inner, *other = x + sources[first + 1] * inner;
        const float share = shares[first], rest = shares[first + 1];
        INDEPENDENT
        for (int64_t i = 0; i < inner; i++) out[i] = share * from[i] + rest * other[i];
      } else {
        memset(out, 0, sizeof(float) * inner);
        for (int32_t s = first; s < end; s++) {
          const float *from = x + sources[s] * inner, share = shares[s];
          INDEPENDENT
          for (int64_t i = 0; i < inner; i++) out[i] += share * from[i];
        }
      }
    }
  }
}

CLONES void hourglass_resample(
    const float *x, int64_t outer, int64_t input, int64_t output, int64_t inner, const int32_t *places,
    const float *shares, float *out) {
  // A few channels are one or two vectors each: no loop.
  switch (inner) {
    case 8: resample(x, outer, input, output, 8, places, shares, out); break;
    case 16: resample(x, outer, input, output, 16, places, shares, out); break;
    case 32: resample(x, outer, input, output, 32, places, shares, out); break;
    default: resample(x, outer, input, output, inner, places, shares, out);
  }
}
