#include "convolve.h"

#define BODY INLINE
#define VALUE float
#define TOGETHER 1
#define MULTIPLY(SUM, X, WEIGHT) ((SUM) + (X) * (WEIGHT))
#include "convolve_blocks.h"

// A vector is one register, or two, or four: blocks are as large as leaves all sums in registers.
#if defined(__x86_64__) && defined(__linux__) && !defined(ONE_BODY)
#define WIDEST __attribute__((target("arch=x86-64-v4")))
#define WIDER __attribute__((target("arch=x86-64-v3")))
PIECES(widest, WIDEST, MANY PAIRS, MANY BLOCK(14))
PIECES(wider, WIDER, FEW, SOME)
#endif
PIECES(usual, , FEW, SOME)

int32_t hourglass_shared_lanes(int32_t outputs) {
  return outputs > 8 ? 1 : outputs > 4 ? 2 : outputs > 2 ? 4 : outputs > 1 ? 8 : 16;
}

/// 0 for what every processor runs, 1 and 2 for wider vectors.
static int level(void) {
#ifdef WIDEST
  if (__builtin_cpu_supports("x86-64-v4")) return 2;
  if (__builtin_cpu_supports("x86-64-v3")) return 1;
#endif
  return 0;
}

int32_t hourglass_accumulators(void) { return level() == 2 ? 24 : 6; }

static block_function *const *pieces_of_level(void) {
#ifdef WIDEST
  if (level() == 2) return widest_pieces;
  if (level() == 1) return wider_pieces;
#endif
  return usual_pieces;
}

void hourglass_convolve(
    const hourglass_piece *pieces, int64_t count, const float *in, const float *weights, const float *bias,
    int32_t is_rectified, float *out) {
  ending ending = {.is_rectified = is_rectified};
  for (int64_t n = 0; n < count; n++) {
    const hourglass_piece *piece = pieces + n;
    if (bias) set_bias(&ending, piece, bias);
    const int is_wide = piece->outputs > 16, is_widest = level() == 2;
    run_piece(
        piece, pieces_of_level()[is_wide ? 0 : hourglass_shared_lanes(piece->outputs)],
        is_wide ? (is_widest ? 8 : 3) : (is_widest ? 14 : 6), is_wide && is_widest, in + piece->in,
        weights + piece->weights, &ending, out + piece->out);
  }
}

void hourglass_fill_frame(const float *image, const hourglass_frame *frame, float *out) {
  for (int64_t row = 0; row < frame->rows; row++) {
    memcpy(
        out + frame->frame_start + row * frame->frame_row, image + row * frame->row_length,
        sizeof(float) * frame->row_length);
  }
}

#ifdef WIDEST
OUTER_PIECES(
    widest, WIDEST, OUTER_12 OUTER(1, 13) OUTER(1, 14), OUTER_12, OUTER_6 OUTER(1, 7) OUTER(1, 8))
OUTER_PIECES(wider, WIDER, OUTER_6, OUTER_3, OUTER(1, 1) OUTER(1, 2))
#endif
OUTER_PIECES(usual, , OUTER_6, OUTER_3, OUTER(1, 1) OUTER(1, 2))

static outer_function *const *outers_of_level(void) {
#ifdef WIDEST
  if (level() == 2) return widest_outers;
  if (level() == 1) return wider_outers;
#endif
  return usual_outers;
}

void hourglass_convolve_outer(
    const hourglass_outer_piece *pieces, int64_t count, const float *scalars, const float *vectors, float *out) {
  outer_function *const *functions = outers_of_level();
  for (int64_t n = 0; n < count; n++) {
    const hourglass_outer_piece *piece = pieces + n;
    functions[piece->vectors - 1](piece, scalars + piece->scalar, vectors + piece->vector, out + piece->out);
  }
}

CLONES void hourglass_pick(const float *x, const int32_t *table, int64_t count, float *out) {
  for (int64_t i = 0; i < count; i++) out[i] = table[i] < 0 ? 0.0f : x[table[i]];
}
