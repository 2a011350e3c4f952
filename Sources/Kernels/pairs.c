#include "pairs.h"

#include <string.h>

#include "loops.h"

#if defined(__x86_64__) && defined(__linux__) && !defined(ONE_BODY)

#include <cpuid.h>
#include <immintrin.h>

#define PAIRED __attribute__((target("arch=x86-64-v4,avx512bf16")))

/// Pairs of terms that are added up before the next rows are taken: so much of b stays in the first cache.
#define TOGETHER 128

int32_t hourglass_multiplies_pairs(void) {
  unsigned a, b, c, d;
  if (!__builtin_cpu_supports("x86-64-v4")) return 0;
  if (!__get_cpuid_count(7, 1, &a, &b, &c, &d) || !(a >> 5 & 1)) return 0;
  if (!__get_cpuid_count(7, 0, &a, &b, &c, &d)) return 0;
  return !(d >> 22 & 1);
}

PAIRED INLINE __mmask16 first_lanes(int64_t count) {
  return count >= 16 ? (__mmask16)0xFFFF : count <= 0 ? 0 : (__mmask16)((1u << count) - 1);
}

PAIRED void hourglass_round_values(const float *x, int64_t count, uint16_t *out) {
  int64_t i = 0;
  for (; i + 32 <= count; i += 32) {
    const __m512bh both = _mm512_cvtne2ps_pbh(_mm512_loadu_ps(x + i + 16), _mm512_loadu_ps(x + i));
    memcpy(out + i, &both, sizeof(both));
  }
  for (; i < count; i += 16) {
    const __mmask16 lanes = first_lanes(count - i);
    const __m256bh values = _mm512_cvtneps_pbh(_mm512_maskz_loadu_ps(lanes, x + i));
    _mm256_mask_storeu_epi16(out + i, lanes, (__m256i)values);
  }
}

/// Sixteen columns of two lines, as pairs.
PAIRED INLINE __m512i pair(__m512 first, __m512 second) {
  const __m512i low = _mm512_cvtepu16_epi32((__m256i)_mm512_cvtneps_pbh(first));
  const __m512i high = _mm512_cvtepu16_epi32((__m256i)_mm512_cvtneps_pbh(second));
  return _mm512_or_si512(low, _mm512_slli_epi32(high, 16));
}

PAIRED void hourglass_round_lines(const float *x, int64_t lines, int64_t columns, uint32_t *out) {
  for (int64_t p = 0; 2 * p < lines; p++) {
    const float *first = x + 2 * p * columns;
    const int isWhole = 2 * p + 1 < lines;
    for (int64_t i = 0; i < columns; i += 16) {
      const __mmask16 lanes = first_lanes(columns - i);
      const __m512 second =
          isWhole ? _mm512_maskz_loadu_ps(lanes, first + columns + i) : _mm512_setzero_ps();
      _mm512_mask_storeu_epi32(out + p * columns + i, lanes, pair(_mm512_maskz_loadu_ps(lanes, first + i), second));
    }
  }
}

PAIRED void hourglass_round_panels(
    const float *b, int64_t inner, int64_t columns, int64_t first, int64_t end, uint32_t *out) {
  const int64_t pairs = (inner + 1) / 2;
  for (int64_t panel = first; panel < end; panel++) {
    const int64_t column = panel * HOURGLASS_PANEL;
    const __mmask16 left = first_lanes(columns - column), right = first_lanes(columns - column - 16);
    uint32_t *to = out + panel * pairs * HOURGLASS_PANEL;
    for (int64_t p = 0; p < pairs; p++, to += HOURGLASS_PANEL) {
      const float *line = b + 2 * p * columns + column;
      const __mmask16 second = 2 * p + 1 < inner ? (__mmask16)0xFFFF : 0;
      _mm512_storeu_si512(
          to, pair(_mm512_maskz_loadu_ps(left, line), _mm512_maskz_loadu_ps(left & second, line + columns)));
      _mm512_storeu_si512(
          to + 16,
          pair(_mm512_maskz_loadu_ps(right, line + 16), _mm512_maskz_loadu_ps(right & second, line + columns + 16)));
    }
  }
}

/// What a block reads and where it writes: pairs of `a` lie `a_row` and `a_pair` bytes apart, rows of b `b_pair`
/// pairs, those of c `c_row` values. `last` are the columns of the last vector.
typedef struct {
  const char *a;
  int64_t a_row, a_pair;
  const uint32_t *b;
  int64_t b_pair;
  int64_t pairs;
  /// Whether the last pair of a is only its first value.
  int is_odd;
  /// Whether sums go on from what is in c.
  int goes_on;
  float *c;
  int64_t c_row;
  __mmask16 last;
} work;

/// ROWS rows by VECTORS vectors of columns, all sums in registers.
#define BLOCK(NAME, ROWS, VECTORS)                                                                            \
  PAIRED INLINE void NAME(const work w) {                                                                     \
    __m512 sums[ROWS][VECTORS];                                                                               \
    for (int r = 0; r < ROWS; r++) {                                                                          \
      for (int v = 0; v < VECTORS; v++) {                                                                     \
        const __mmask16 lanes = v == VECTORS - 1 ? w.last : (__mmask16)0xFFFF;                                \
        sums[r][v] =                                                                                          \
            w.goes_on ? _mm512_maskz_loadu_ps(lanes, w.c + r * w.c_row + 16 * v) : _mm512_setzero_ps();       \
      }                                                                                                       \
    }                                                                                                         \
    const int64_t whole = w.pairs - w.is_odd;                                                                 \
    for (int64_t p = 0; p < whole; p++) {                                                                     \
      __m512bh y[VECTORS];                                                                                    \
      for (int v = 0; v < VECTORS; v++) y[v] = values(w.b + p * w.b_pair + 16 * v, v == VECTORS - 1, w.last); \
      for (int r = 0; r < ROWS; r++) {                                                                        \
        int32_t both;                                                                                         \
        memcpy(&both, w.a + r * w.a_row + p * w.a_pair, sizeof(both));                                        \
        const __m512bh x = (__m512bh)_mm512_set1_epi32(both);                                                 \
        for (int v = 0; v < VECTORS; v++) sums[r][v] = _mm512_dpbf16_ps(sums[r][v], x, y[v]);                 \
      }                                                                                                       \
    }                                                                                                         \
    if (w.is_odd) {                                                                                           \
      for (int r = 0; r < ROWS; r++) {                                                                        \
        uint16_t one;                                                                                         \
        memcpy(&one, w.a + r * w.a_row + whole * w.a_pair, sizeof(one));                                      \
        const __m512bh x = (__m512bh)_mm512_set1_epi32(one);                                                  \
        for (int v = 0; v < VECTORS; v++) {                                                                   \
          const __m512bh y = values(w.b + whole * w.b_pair + 16 * v, v == VECTORS - 1, w.last);               \
          sums[r][v] = _mm512_dpbf16_ps(sums[r][v], x, y);                                                    \
        }                                                                                                     \
      }                                                                                                       \
    }                                                                                                         \
    for (int r = 0; r < ROWS; r++) {                                                                          \
      for (int v = 0; v < VECTORS; v++) {                                                                     \
        const __mmask16 lanes = v == VECTORS - 1 ? w.last : (__mmask16)0xFFFF;                                \
        _mm512_mask_storeu_ps(w.c + r * w.c_row + 16 * v, lanes, sums[r][v]);                                 \
      }                                                                                                       \
    }                                                                                                         \
  }

PAIRED INLINE __m512bh values(const uint32_t *y, int is_last, __mmask16 last) {
  return (__m512bh)(is_last ? _mm512_maskz_loadu_epi32(last, y) : _mm512_loadu_si512(y));
}

BLOCK(block_8_2, 8, 2)
BLOCK(block_4_2, 4, 2)
BLOCK(block_1_2, 1, 2)
BLOCK(block_8_1, 8, 1)
BLOCK(block_4_1, 4, 1)
BLOCK(block_1_1, 1, 1)

INLINE work below(work w, int64_t row) {
  w.a += row * w.a_row;
  w.c += row * w.c_row;
  return w;
}

#define ALL_ROWS(EIGHT, FOUR, ONE)                                  \
  {                                                                 \
    int64_t r = 0;                                                  \
    for (; r + 8 <= rows; r += 8) EIGHT(below(w, r));               \
    if (r + 4 <= rows) { FOUR(below(w, r)); r += 4; }               \
    for (; r < rows; r++) ONE(below(w, r));                         \
  }

/// All rows of at most 32 columns.
PAIRED static void strip(work w, int64_t rows, int64_t columns) {
  const int64_t pairs = w.pairs;
  const int is_odd = w.is_odd;
  w.last = first_lanes(columns > 16 ? columns - 16 : columns);
  for (int64_t first = 0; first < pairs; first += TOGETHER) {
    const int ends = first + TOGETHER >= pairs;
    w.pairs = ends ? pairs - first : TOGETHER;
    w.is_odd = ends && is_odd;
    w.goes_on = first > 0;
    if (columns > 16) ALL_ROWS(block_8_2, block_4_2, block_1_2) else ALL_ROWS(block_8_1, block_4_1, block_1_1)
    w.a += w.pairs * w.a_pair;
    w.b += w.pairs * w.b_pair;
  }
}

void hourglass_product_of_pairs(
    const uint16_t *a, const uint32_t *b, int64_t rows, int64_t columns, int64_t inner, float *c) {
  work w = {
      .a = (const char *)a, .a_row = 2 * inner, .a_pair = 4, .b_pair = HOURGLASS_PANEL,
      .pairs = (inner + 1) / 2, .is_odd = inner & 1, .c_row = columns};
  for (int64_t column = 0; column < columns; column += HOURGLASS_PANEL) {
    w.b = b + column * w.pairs;
    w.c = c + column;
    strip(w, rows, columns - column < HOURGLASS_PANEL ? columns - column : HOURGLASS_PANEL);
  }
}

void hourglass_contraction_of_pairs(
    const uint32_t *x, int64_t x_pair, const uint32_t *y, int64_t y_pair, int64_t rows, int64_t columns,
    int64_t pairs, float *c, int64_t c_row) {
  work w = {
      .a = (const char *)x, .a_row = 4, .a_pair = 4 * x_pair, .b_pair = y_pair, .pairs = pairs, .c_row = c_row};
  for (int64_t column = 0; column < columns; column += HOURGLASS_PANEL) {
    w.b = y + column;
    w.c = c + column;
    strip(w, rows, columns - column < HOURGLASS_PANEL ? columns - column : HOURGLASS_PANEL);
  }
}

#else

// Where no processor multiplies pairs nobody calls what follows.
int32_t hourglass_multiplies_pairs(void) { return 0; }
void hourglass_round_values(const float *x, int64_t count, uint16_t *out) {
  (void)x, (void)count, (void)out;
}
void hourglass_round_lines(const float *x, int64_t lines, int64_t columns, uint32_t *out) {
  (void)x, (void)lines, (void)columns, (void)out;
}
void hourglass_round_panels(
    const float *b, int64_t inner, int64_t columns, int64_t first, int64_t end, uint32_t *out) {
  (void)b, (void)inner, (void)columns, (void)first, (void)end, (void)out;
}
void hourglass_product_of_pairs(
    const uint16_t *a, const uint32_t *b, int64_t rows, int64_t columns, int64_t inner, float *c) {
  (void)a, (void)b, (void)rows, (void)columns, (void)inner, (void)c;
}
void hourglass_contraction_of_pairs(
    const uint32_t *x, int64_t x_pair, const uint32_t *y, int64_t y_pair, int64_t rows, int64_t columns,
    int64_t pairs, float *c, int64_t c_row) {
  (void)x, (void)x_pair, (void)y, (void)y_pair, (void)rows, (void)columns, (void)pairs, (void)c, (void)c_row;
}

#endif
