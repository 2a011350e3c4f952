#include "recurrence.h"

#include <string.h>

#include "mathematics.h"

typedef float lanes __attribute__((vector_size(64)));

#define SUMS HOURGLASS_CELL_SUMS
/// Rows that are worked on together: their sums fill half of the registers.
#define ROWS 4

INLINE int64_t padded(int64_t count) { return (count + 15) / 16 * 16; }

int64_t hourglass_recurrence_space(const hourglass_recurrence *cell, int64_t rows) {
  // Forward: h twice, c, and the sums of a constant input. Back: what h and c carry, and h's cotangent.
  return rows * padded(cell->units) * (3 + SUMS);
}

/// sums[r][to(v)] += sum over k of a[r * a_row + k] b[k][v]: one of `vectors` columns of 16 a step.
/// Where `skips` is set, the last of three columns is added to the fourth sum.
#define ACCUMULATE(NAME, COUNT)                                                                              \
  INLINE void NAME(                                                                                          \
      lanes sums[COUNT][SUMS], const float *a, int64_t a_row, int64_t inner, const float *b, int vectors,   \
      int skips) {                                                                                           \
    for (int64_t k = 0; k < inner; k++) {                                                                    \
      lanes y[SUMS];                                                                                         \
      for (int v = 0; v < vectors; v++) memcpy(&y[v], b + (k * vectors + v) * 16, sizeof(lanes));            \
      for (int r = 0; r < COUNT; r++) {                                                                      \
        float x = a[r * a_row + k];                                                                          \
        for (int v = 0; v < vectors; v++) sums[r][skips && v == 2 ? 3 : v] += x * y[v];                      \
      }                                                                                                      \
    }                                                                                                        \
  }

ACCUMULATE(accumulate_rows, ROWS)
ACCUMULATE(accumulate_row, 1)

/// The first `count` of 16 values.
INLINE void store(float *to, const float *from, int64_t count) {
  if (count == 16) {
    memcpy(to, from, 64);
  } else {
    for (int64_t i = 0; i < count; i++) to[i] = from[i];
  }
}

/// The sigmoid from e^-|x| and 1 / (1 + e^-|x|), which several gates may share a division for.
INLINE float gate_sigmoid(float x, float inverse, float e) { return (x < 0.0f ? e : 1.0f) * inverse; }

/// tanh from e^-2|x| and 1 / (1 + e^-2|x|).
INLINE float tangent(float x, float inverse, float e) {
  float small = small_tangent(x);
  float large = copysignf((1.0f - e) * inverse, x);
  return fabsf(x) < 0.64f ? small : large;
}

/// What a step makes of a few rows' sums: values of sixteen units a row.
typedef struct {
  float sums[SUMS][ROWS * 16];
  float before[ROWS * 16];
  float c[ROWS * 16];
  float h[ROWS * 16];
} cell_values;

/// i, f, o = sigmoid, g = tanh; c = f c + i g; h = o tanh(c).
INLINE void lstm_cell(cell_values *v, int count) {
  INDEPENDENT
  for (int i = 0; i < count; i++) {
    float a = v->sums[0][i], b = v->sums[1][i], g = v->sums[2][i], o = v->sums[3][i];
    float ea = exponential_of_minus(a), eb = exponential_of_minus(b);
    float eg = exponential_of_minus(2.0f * g), eo = exponential_of_minus(o);
    // One division for all four: each factor lies between 1 and 2.
    float pa = 1.0f + ea, pb = 1.0f + eb, pg = 1.0f + eg, po = 1.0f + eo;
    float ab = pa * pb, go = pg * po;
    float inverse = 1.0f / (ab * go);
    float by_ab = inverse * go, by_go = inverse * ab;
    float input = gate_sigmoid(a, by_ab * pb, ea), forget = gate_sigmoid(b, by_ab * pa, eb);
    float gate = tangent(g, by_go * po, eg), output = gate_sigmoid(o, by_go * pg, eo);
    float c = forget * v->c[i] + input * gate;
    float ec = exponential_of_minus(2.0f * c);
    v->sums[0][i] = input;
    v->sums[1][i] = forget;
    v->sums[2][i] = gate;
    v->sums[3][i] = output;
    v->c[i] = c;
    v->h[i] = output * tangent(c, 1.0f / (1.0f + ec), ec);
  }
}

/// r, z = sigmoid; n = tanh(n + r q); h = (1 - z) n + z h.
INLINE void gru_cell(cell_values *v, int count) {
  INDEPENDENT
  for (int i = 0; i < count; i++) {
    float a = v->sums[0][i], b = v->sums[1][i];
    float ea = exponential_of_minus(a), eb = exponential_of_minus(b);
    float pa = 1.0f + ea, pb = 1.0f + eb;
    float inverse = 1.0f / (pa * pb);
    float reset = gate_sigmoid(a, inverse * pb, ea), update = gate_sigmoid(b, inverse * pa, eb);
    float sum = v->sums[2][i] + reset * v->sums[3][i];
    float en = exponential_of_minus(2.0f * sum);
    float candidate = tangent(sum, 1.0f / (1.0f + en), en);
    v->sums[0][i] = reset;
    v->sums[1][i] = update;
    v->sums[2][i] = candidate;
    v->h[i] = candidate + update * (v->before[i] - candidate);
  }
}

/// Everything a step needs to know that does not change within it.
typedef struct {
  const hourglass_recurrence *cell;
  const float *x;
  int64_t x_row;
  const float *input_weight, *weight, *bias, *mask;
  float *tape;
  float *h, *next, *c, *constant;
  int64_t step;
} step_state;

/// One step of `count` rows from `row` on, for the sixteen units of block `block`.
INLINE void step_units(const step_state *s, int64_t row, int count, int64_t block, int is_gru) {
  const hourglass_recurrence *cell = s->cell;
  int64_t units = cell->units, wide = padded(units), unit = block * 16;
  int vectors = is_gru ? 3 : SUMS;
  const float *bias = s->bias + block * SUMS * 16;
  lanes sums[ROWS][SUMS];
  for (int r = 0; r < count; r++)
    for (int v = 0; v < SUMS; v++) {
      const float *constant = s->constant + ((row + r) * SUMS + v) * wide + unit;
      memcpy(&sums[r][v], cell->is_constant ? constant : bias + v * 16, sizeof(lanes));
    }
  int64_t inputs = cell->is_constant ? 0 : cell->inputs;
  const float *input_weight = s->input_weight + block * cell->inputs * vectors * 16;
  const float *weight = s->weight + block * units * vectors * 16;
  const float *x = s->x + row * s->x_row, *state = s->h + row * wide;
  if (count == ROWS) {
    accumulate_rows(sums, x, s->x_row, inputs, input_weight, vectors, 0);
    accumulate_rows(sums, state, wide, units, weight, vectors, is_gru);
  } else {
    accumulate_row(sums, x, s->x_row, inputs, input_weight, vectors, 0);
    accumulate_row(sums, state, wide, units, weight, vectors, is_gru);
  }
  cell_values values;
  for (int r = 0; r < count; r++) {
    for (int v = 0; v < SUMS; v++) memcpy(values.sums[v] + r * 16, &sums[r][v], sizeof(lanes));
    memcpy(values.before + r * 16, state + r * wide + unit, sizeof(lanes));
    memcpy(values.c + r * 16, s->c + (row + r) * wide + unit, sizeof(lanes));
  }
  if (is_gru) {
    gru_cell(&values, count * 16);
  } else {
    lstm_cell(&values, count * 16);
  }
  int64_t last = units - unit < 16 ? units - unit : 16;
  int64_t width = is_gru ? HOURGLASS_GRU_TAPE : HOURGLASS_LSTM_TAPE;
  for (int r = 0; r < count; r++) {
    float *c = s->c + (row + r) * wide + unit;
    if (s->mask && s->mask[(row + r) * cell->steps + s->step] == 0.0f) {
      memcpy(values.h + r * 16, values.before + r * 16, sizeof(lanes));
      memcpy(values.c + r * 16, c, sizeof(lanes));
    }
    float *tape = s->tape + ((row + r) * cell->steps + s->step) * width * units + unit;
    for (int v = 0; v < SUMS; v++) store(tape + v * units, values.sums[v] + r * 16, last);
    if (!is_gru) store(tape + SUMS * units, values.c + r * 16, last);
    store(tape + (width - 2) * units, values.before + r * 16, last);
    store(tape + (width - 1) * units, values.h + r * 16, last);
    memcpy(c, values.c + r * 16, sizeof(lanes));
    memcpy(s->next + (row + r) * wide + unit, values.h + r * 16, sizeof(lanes));
  }
}

/// The sums of an input that is the same at all steps.
INLINE void sum_constant(const step_state *s, int64_t rows, int is_gru) {
  int64_t wide = padded(s->cell->units), inputs = s->cell->inputs;
  int vectors = is_gru ? 3 : SUMS;
  for (int64_t block = 0; block < wide / 16; block++) {
    const float *weight = s->input_weight + block * inputs * vectors * 16;
    for (int64_t row = 0; row < rows; row++) {
      lanes sums[1][SUMS];
      memcpy(sums, s->bias + block * SUMS * 16, sizeof sums);
      accumulate_row(sums, s->x + row * s->x_row, s->x_row, inputs, weight, vectors, 0);
      for (int v = 0; v < SUMS; v++)
        memcpy(s->constant + (row * SUMS + v) * wide + block * 16, &sums[0][v], sizeof(lanes));
    }
  }
}

INLINE void recur(step_state *s, int64_t rows, int is_gru) {
  const hourglass_recurrence *cell = s->cell;
  int64_t blocks = padded(cell->units) / 16;
  const float *x = s->x;
  if (cell->is_constant) sum_constant(s, rows, is_gru);
  for (int64_t number = 0; number < cell->steps; number++) {
    s->step = cell->is_reversed ? cell->steps - 1 - number : number;
    s->x = cell->is_constant ? x : x + s->step * cell->inputs;
    for (int64_t block = 0; block < blocks; block++) {
      int64_t row = 0;
      for (; row + ROWS <= rows; row += ROWS) step_units(s, row, ROWS, block, is_gru);
      for (; row < rows; row++) step_units(s, row, 1, block, is_gru);
    }
    float *h = s->h;
    s->h = s->next;
    s->next = h;
  }
}

CLONES void hourglass_recur(
    const hourglass_recurrence *cell, const float *x, const float *input_weight, const float *weight,
    const float *bias, const float *mask, int64_t rows, float *tape, float *space) {
  int64_t size = rows * padded(cell->units);
  memset(space, 0, (size_t)(3 * size) * sizeof(float));
  step_state state = {
      .cell = cell,
      .x = x,
      .x_row = cell->is_constant ? cell->inputs : cell->steps * cell->inputs,
      .input_weight = input_weight,
      .weight = weight,
      .bias = bias,
      .mask = mask,
      .tape = tape,
      .h = space,
      .next = space + size,
      .c = space + 2 * size,
      .constant = space + 3 * size,
  };
  if (cell->is_gru) {
    recur(&state, rows, 1);
  } else {
    recur(&state, rows, 0);
  }
}

/// From dh and what c carries, the cotangents of an LSTM's sums; what c carries further.
///     do = dh tanh(c), dc += dh o (1 - tanh(c)²), di = dc g, df = dc c', dg = dc i
INLINE void lstm_cell_back(
    const float *tape, const float *c_before, const float *dh, float *dc, float *result, int64_t units) {
  const float *i = tape, *f = tape + units, *g = tape + 2 * units, *o = tape + 3 * units;
  const float *c = tape + 4 * units;
  INDEPENDENT
  for (int64_t u = 0; u < units; u++) {
    float e = exponential_of_minus(2.0f * c[u]);
    float t = tangent(c[u], 1.0f / (1.0f + e), e);
    float before = c_before ? c_before[u] : 0.0f;
    float d = dc[u] + dh[u] * o[u] * (1.0f - t * t);
    result[u] = d * g[u] * i[u] * (1.0f - i[u]);
    result[units + u] = d * before * f[u] * (1.0f - f[u]);
    result[2 * units + u] = d * i[u] * (1.0f - g[u] * g[u]);
    result[3 * units + u] = dh[u] * t * o[u] * (1.0f - o[u]);
    dc[u] = d * f[u];
  }
}

/// From dh the cotangents of a GRU's sums; what of dh goes to the h before without a product.
///     dn = dh (1 - z), dz = dh (h' - n), dq = dn r, dr = dn q
INLINE void gru_cell_back(const float *tape, const float *dh, float *direct, float *result, int64_t units) {
  const float *r = tape, *z = tape + units, *n = tape + 2 * units, *q = tape + 3 * units;
  const float *h = tape + 4 * units;
  INDEPENDENT
  for (int64_t u = 0; u < units; u++) {
    float d = dh[u] * (1.0f - z[u]) * (1.0f - n[u] * n[u]);
    result[u] = d * q[u] * r[u] * (1.0f - r[u]);
    result[units + u] = dh[u] * (h[u] - n[u]) * z[u] * (1.0f - z[u]);
    result[2 * units + u] = d;
    result[3 * units + u] = d * r[u];
    direct[u] = dh[u] * z[u];
  }
}

/// carry[row] = sum over the sums of their cotangents times the transposed weight, for one group of vectors.
#define CARRY(NAME, COUNT, ACCUMULATE)                                                                     \
  INLINE void NAME(                                                                                        \
      const float *sums, int64_t sums_row, int64_t units, const float *transposed, int vectors,            \
      float *carry, int64_t wide, int is_gru) {                                                            \
    lanes totals[COUNT][SUMS];                                                                             \
    for (int r = 0; r < COUNT; r++)                                                                        \
      for (int v = 0; v < SUMS; v++) totals[r][v] = (lanes){0};                                            \
    int64_t first = is_gru ? 2 * units : 4 * units;                                                        \
    ACCUMULATE(totals, sums, sums_row, first, transposed, vectors, 0);                                     \
    const float *last = transposed + first * vectors * 16;                                                 \
    if (is_gru) ACCUMULATE(totals, sums + 3 * units, sums_row, units, last, vectors, 0);                   \
    for (int r = 0; r < COUNT; r++)                                                                        \
      for (int v = 0; v < vectors; v++) memcpy(carry + r * wide + v * 16, &totals[r][v], sizeof(lanes));   \
  }

CARRY(carry_rows, ROWS, accumulate_rows)
CARRY(carry_row, 1, accumulate_row)

INLINE void carry_group(
    const float *sums, int64_t sums_row, int64_t units, const float *transposed, int vectors, float *carry,
    int64_t wide, int64_t rows, int is_gru) {
  int64_t row = 0;
  for (; row + ROWS <= rows; row += ROWS)
    carry_rows(sums + row * sums_row, sums_row, units, transposed, vectors, carry + row * wide, wide, is_gru);
  for (; row < rows; row++)
    carry_row(sums + row * sums_row, sums_row, units, transposed, vectors, carry + row * wide, wide, is_gru);
}

/// carry = the sums' cotangents of one step times the transposed weight.
INLINE void carry_back(
    const float *sums, int64_t sums_row, int64_t units, const float *transposed, float *carry, int64_t rows,
    int is_gru) {
  int64_t wide = padded(units), inner = (is_gru ? 3 : 4) * units;
  for (int64_t first = 0; first < wide / 16; first += SUMS) {
    int64_t left = wide / 16 - first;
    const float *group = transposed + first * 16 * inner;
    float *to = carry + first * 16;
    switch (left < SUMS ? left : SUMS) {
      case 1: carry_group(sums, sums_row, units, group, 1, to, wide, rows, is_gru); break;
      case 2: carry_group(sums, sums_row, units, group, 2, to, wide, rows, is_gru); break;
      case 3: carry_group(sums, sums_row, units, group, 3, to, wide, rows, is_gru); break;
      default: carry_group(sums, sums_row, units, group, 4, to, wide, rows, is_gru); break;
    }
  }
}

INLINE void recur_back(
    const hourglass_recurrence *cell, const float *tape, const float *cotangent, const float *transposed,
    const float *mask, int64_t rows, float *result, float *space, int is_gru) {
  int64_t units = cell->units, steps = cell->steps, wide = padded(units), size = rows * wide;
  int64_t width = (is_gru ? HOURGLASS_GRU_TAPE : HOURGLASS_LSTM_TAPE) * units;
  // What goes back to the h before is a product, and what passes it by.
  float *carry = space, *direct = space + size, *dc = space + 2 * size, *dh = space + 3 * size;
  memset(space, 0, (size_t)(4 * size) * sizeof(float));
  for (int64_t number = steps - 1; number >= 0; number--) {
    int64_t step = cell->is_reversed ? steps - 1 - number : number;
    int64_t before = cell->is_reversed ? step + 1 : step - 1;
    for (int64_t row = 0; row < rows; row++) {
      const float *g = cotangent + (row * steps + step) * units;
      float *d = dh + row * wide, *passing = direct + row * wide, *from = carry + row * wide;
      INDEPENDENT
      for (int64_t u = 0; u < units; u++) d[u] = g[u] + from[u] + passing[u];
      float *sums = result + (row * steps + step) * 4 * units;
      if (mask && mask[row * steps + step] == 0.0f) {
        memset(sums, 0, (size_t)(4 * units) * sizeof(float));
        memcpy(passing, d, (size_t)units * sizeof(float));
        continue;
      }
      const float *values = tape + (row * steps + step) * width;
      if (is_gru) {
        gru_cell_back(values, d, passing, sums, units);
      } else {
        const float *c = tape + (row * steps + before) * width + 4 * units;
        lstm_cell_back(values, number > 0 ? c : NULL, d, dc + row * wide, sums, units);
        memset(passing, 0, (size_t)units * sizeof(float));
      }
    }
    if (number == 0) break;
    carry_back(result + step * 4 * units, steps * 4 * units, units, transposed, carry, rows, is_gru);
  }
}

CLONES void hourglass_recur_back(
    const hourglass_recurrence *cell, const float *tape, const float *cotangent, const float *transposed,
    const float *mask, int64_t rows, float *result, float *space) {
  if (cell->is_gru) {
    recur_back(cell, tape, cotangent, transposed, mask, rows, result, space, 1);
  } else {
    recur_back(cell, tape, cotangent, transposed, mask, rows, result, space, 0);
  }
}
