#include "layout.h"

#include <string.h>

#include "loops.h"
#include "philox.h"

// All functions that pass vectors are inlined into the clones.
#if defined(__clang__)
#pragma clang diagnostic ignored "-Wpsabi"
#endif

typedef float lanes __attribute__((vector_size(32)));
typedef int32_t bits __attribute__((vector_size(32)));

enum { draws = 5, together = 32, /* a multiple of 4: every round of edges but the last takes whole blocks of words */ blocks_at_most = together * draws / 4 + 1 };

static const float round_bits = 12582912.0f;

INLINE lanes all(float value) { return (lanes){value, value, value, value, value, value, value, value}; }

INLINE lanes load(const float *from) {
  lanes value;
  memcpy(&value, from, sizeof value);
  return value;
}

INLINE float total(lanes v) {
  lanes a = v + __builtin_shufflevector(v, v, 4, 5, 6, 7, 0, 1, 2, 3);
  lanes b = a + __builtin_shufflevector(a, a, 2, 3, 0, 1, 6, 7, 4, 5);
  return b[0] + b[1];
}

/// x^p for normal x > 0, to about six figures: 2^(p log2 x), log2 m = 2 / ln 2 artanh((m - 1) / (m + 1)).
INLINE lanes power(lanes x, float p) {
  bits word = (bits)x;
  bits exponent = (word - 0x3F3504F3) >> 23;
  lanes mantissa = (lanes)(word - (exponent << 23));
  lanes whole = __builtin_convertvector(exponent, lanes);
  lanes z = (mantissa - 1.0f) / (mantissa + 1.0f), square = z * z;
  lanes series = z * (1.0f + square * (0.33333334f + square * (0.2f + square * 0.14285715f)));
  lanes y = p * (whole + 2.8853901f * series);
  y = __builtin_elementwise_min(__builtin_elementwise_max(y, all(-126.0f)), all(126.0f));
  lanes shifted = y + round_bits;
  bits n = (bits)shifted - (bits)all(round_bits);
  lanes f = y - (shifted - round_bits);
  lanes high = 0.05550411f + f * (0.009618129f + f * (0.0013333558f + f * 0.0001540353f));
  lanes value = 1.0f + f * (0.6931472f + f * (0.24022651f + f * high));
  return (lanes)((bits)value + (n << 23));
}

/// How strongly each lane acts for a squared distance: the first pulls, the others push; 0 at distance 0 and where `is_itself`.
INLINE lanes strengths(lanes squares, bits is_itself, float a, float b) {
  bits is_apart = (squares > 1e-30f) & ~is_itself;
  lanes safe = (lanes)(((bits)squares & is_apart) | ((bits)all(1.0f) & ~is_apart));
  lanes raised = power(safe, b);
  lanes numerators = all(2 * b), denominators = (0.001f + safe) * (1.0f + a * raised);
  numerators[0] = -2 * a * b * raised[0];
  denominators[0] = safe[0] * (1.0f + a * raised[0]);
  return (lanes)((bits)(numerators / denominators) & is_apart);
}

/// The pull of the first and the pushes of the next five others on a point.
INLINE void act(const hourglass_layout_pass *pass, const int32_t *others, int32_t point, float *own) {
  lanes squares = all(0);
  bits is_itself = {0};
  const float *rows[draws + 1];
  for (int lane = 0; lane <= draws; lane++) {
    rows[lane] = pass->before + others[lane] * pass->stride;
    lanes sum = all(0);
    for (int64_t block = 0; block < pass->stride; block += 8) {
      lanes off = load(own + block) - load(rows[lane] + block);
      sum += off * off;
    }
    squares[lane] = total(sum);
    is_itself[lane] = others[lane] == point ? -1 : 0;
  }
  lanes strength = strengths(squares, is_itself, pass->a, pass->b);
  for (int64_t block = 0; block < pass->stride; block += 8) {
    lanes start = load(own + block), step = all(0);
    for (int lane = 0; lane <= draws; lane++) {
      lanes force = strength[lane] * (start - load(rows[lane] + block));
      force = __builtin_elementwise_min(__builtin_elementwise_max(force, all(-4.0f)), all(4.0f));
      step += lane == 0 ? 2.0f * force : force;
    }
    lanes moved = start + pass->rate * step;
    memcpy(own + block, &moved, sizeof moved);
  }
}

CLONES static void draw_others(
    const hourglass_layout_pass *pass, uint64_t position, int blocks, int32_t *others) {
#pragma clang loop vectorize(assume_safety)
  for (int block = 0; block < blocks; block++) {
    uint32_t words[4];
    philox(pass->seed, pass->stream, pass->epoch, position + (uint64_t)block, words);
    for (int word = 0; word < 4; word++) {
      others[4 * block + word] = (int32_t)(((uint64_t)words[word] * (uint64_t)pass->count) >> 32);
    }
  }
}

/// Some edges of a point that have a turn, and the points drawn for them.
typedef struct {
  int64_t edge;
  uint64_t position;
  int count;
  int32_t due[together + 1];
  int32_t drawn[4 * blocks_at_most];
} turns;

/// Finds the next edges of a point that have a turn, draws, and asks for all rows: memory is slower than the arithmetic.
CLONES static void find(const hourglass_layout_pass *pass, int64_t end, turns *turn) {
  uint64_t now = pass->epoch;
  int count = 0;
  int64_t edge = turn->edge;
  for (; edge < end && count < together; edge++) {
    // Whenever another whole is full.
    uint64_t share = pass->shares[edge];
    turn->due[count] = pass->ends[edge];
    count += ((now + 1) * share) >> 31 != (now * share) >> 31;
  }
  draw_others(pass, turn->position, (count * draws + 3) / 4, turn->drawn);
  turn->position += (uint64_t)(count * draws / 4);
  for (int place = 0; place < count * (draws + 1); place++) {
    const float *row = pass->before + (place < count ? turn->due[place] : turn->drawn[place - count]) * pass->stride;
    for (int64_t block = 0; block < pass->stride; block += 16) __builtin_prefetch(row + block);
    __builtin_prefetch(row + pass->stride - 1);
  }
  turn->edge = edge;
  turn->count = count;
}

CLONES void hourglass_layout_move(const hourglass_layout_pass *pass, int64_t first, int64_t last, float *places) {
  turns both[2];
  if (first >= last) return;
  both[first & 1] = (turns){.edge = pass->starts[first], .position = (uint64_t)first << 32};
  find(pass, pass->starts[first + 1], &both[first & 1]);
  for (int64_t point = first; point < last; point++) {
    turns *turn = &both[point & 1], *next = &both[(point + 1) & 1];
    if (point + 1 < last) {
      next->edge = pass->starts[point + 1], next->position = (uint64_t)(point + 1) << 32;
      find(pass, pass->starts[point + 2], next);
    }
    float *own = places + point * pass->stride;
    memcpy(own, pass->before + point * pass->stride, (size_t)pass->stride * sizeof(float));
    while (turn->count > 0) {
      for (int number = 0; number < turn->count; number++) {
        int32_t others[draws + 1];
        others[0] = turn->due[number];
        memcpy(others + 1, turn->drawn + number * draws, draws * sizeof(int32_t));
        act(pass, others, (int32_t)point, own);
      }
      if (turn->edge == pass->starts[point + 1]) break;
      find(pass, pass->starts[point + 1], turn);
    }
  }
}
