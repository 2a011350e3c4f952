#include "convolve_pairs.h"

#include "pairs.h"

#include "loops.h"

#if defined(__x86_64__) && defined(__linux__) && !defined(ONE_BODY)

#include <immintrin.h>

#define PAIRED __attribute__((target("arch=x86-64-v4,avx512bf16")))
#define BODY PAIRED INLINE
#define VALUE uint16_t
#define TOGETHER 2
#define MULTIPLY(SUM, X, WEIGHT) \
  ((lanes)_mm512_dpbf16_ps((__m512)(SUM), (__m512bh)(X), (__m512bh)(WEIGHT)))
#include "convolve_blocks.h"

PIECES(paired, PAIRED, MANY PAIRS, MANY BLOCK(14))
OUTER_PIECES(
    paired, PAIRED, OUTER_12 OUTER(1, 13) OUTER(1, 14), OUTER_12, OUTER_6 OUTER(1, 7) OUTER(1, 8))

void hourglass_convolve_pairs(
    const hourglass_piece *pieces, int64_t count, const uint16_t *in, const uint32_t *weights, const float *bias,
    int32_t is_rectified, float *out) {
  ending ending = {.is_rectified = is_rectified};
  for (int64_t n = 0; n < count; n++) {
    const hourglass_piece *piece = pieces + n;
    if (bias) set_bias(&ending, piece, bias);
    const int is_wide = piece->outputs > 16;
    run_piece(
        piece, paired_pieces[is_wide ? 0 : hourglass_shared_lanes(piece->outputs)], is_wide ? 8 : 14, is_wide,
        in + piece->in, (const float *)weights + piece->weights, &ending, out + piece->out);
  }
}

void hourglass_convolve_outer_pairs(
    const hourglass_outer_piece *pieces, int64_t count, const uint32_t *scalars, const uint32_t *vectors,
    float *out) {
  for (int64_t n = 0; n < count; n++) {
    const hourglass_outer_piece *piece = pieces + n;
    paired_outers[piece->vectors - 1](
        piece, (const float *)scalars + piece->scalar, (const float *)vectors + piece->vector, out + piece->out);
  }
}

PAIRED void hourglass_round_picked(const float *x, const int32_t *table, int64_t count, uint16_t *out) {
  for (int64_t i = 0; i < count; i += 16) {
    float values[16];
    for (int lane = 0; lane < 16; lane++) values[lane] = table[i + lane] < 0 ? 0.0f : x[table[i + lane]];
    const __m256bh rounded = _mm512_cvtneps_pbh(_mm512_loadu_ps(values));
    memcpy(out + i, &rounded, sizeof(rounded));
  }
}

void hourglass_round_frame(const float *image, const hourglass_frame *frame, uint16_t *out) {
  for (int64_t row = 0; row < frame->rows; row++) {
    hourglass_round_values(
        image + row * frame->row_length, frame->row_length, out + frame->frame_start + row * frame->frame_row);
  }
}

PAIRED void hourglass_pair_neighbours(
    const float *x, int64_t rows, int64_t row, int64_t distance, uint32_t *out) {
  for (int64_t r = 0; r < rows; r++, x += row, out += row) {
    for (int64_t i = 0; i < row; i += 16) {
      const int64_t left = row - i, behind = left - distance;
      const __mmask16 lanes = left >= 16 ? 0xFFFF : (__mmask16)((1u << left) - 1);
      const __mmask16 others = behind >= 16 ? 0xFFFF : behind <= 0 ? 0 : (__mmask16)((1u << behind) - 1);
      const __m512i low = _mm512_cvtepu16_epi32((__m256i)_mm512_cvtneps_pbh(_mm512_maskz_loadu_ps(lanes, x + i)));
      const __m512i high = _mm512_cvtepu16_epi32(
          (__m256i)_mm512_cvtneps_pbh(_mm512_maskz_loadu_ps(others, x + i + distance)));
      _mm512_mask_storeu_epi32(out + i, lanes, _mm512_or_si512(low, _mm512_slli_epi32(high, 16)));
    }
  }
}

#else

// Where no processor multiplies pairs nobody calls what follows.
void hourglass_convolve_pairs(
    const hourglass_piece *pieces, int64_t count, const uint16_t *in, const uint32_t *weights, const float *bias,
    int32_t is_rectified, float *out) {
  (void)pieces, (void)count, (void)in, (void)weights, (void)bias, (void)is_rectified, (void)out;
}
void hourglass_convolve_outer_pairs(
    const hourglass_outer_piece *pieces, int64_t count, const uint32_t *scalars, const uint32_t *vectors,
    float *out) {
  (void)pieces, (void)count, (void)scalars, (void)vectors, (void)out;
}
void hourglass_round_picked(const float *x, const int32_t *table, int64_t count, uint16_t *out) {
  (void)x, (void)table, (void)count, (void)out;
}
void hourglass_round_frame(const float *image, const hourglass_frame *frame, uint16_t *out) {
  (void)image, (void)frame, (void)out;
}
void hourglass_pair_neighbours(
    const float *x, int64_t rows, int64_t row, int64_t distance, uint32_t *out) {
  (void)x, (void)rows, (void)row, (void)distance, (void)out;
}

#endif
