#include <math.h>

#include "mathematics.h"
#include "philox.h"
#include "reduce.h"

enum { blocks_together = 64 };

/// 256 words from 64 counters, word w of block b at [w][b].
CLONES static void philox_blocks(
    uint64_t seed, uint32_t stream, uint32_t step, uint64_t first, uint32_t words[4][blocks_together]) {
#pragma clang loop vectorize(assume_safety)
  for (int b = 0; b < blocks_together; b++) {
    uint32_t w[4];
    philox(seed, stream, step, first + (uint64_t)b, w);
    words[0][b] = w[0], words[1][b] = w[1], words[2][b] = w[2], words[3][b] = w[3];
  }
}

/// Calls for whole chunks of 256 positions, and copies the part that was asked for.
#define CHUNKS(BODY)                                                              \
  const uint64_t chunk = 4 * blocks_together;                                     \
  for (uint64_t done = 0; done < (uint64_t)count;) {                              \
    uint64_t place = (position + done) % chunk, start = position + done - place;  \
    uint64_t length = chunk - place;                                              \
    length = length < (uint64_t)count - done ? length : (uint64_t)count - done;   \
    uint32_t words[4][blocks_together];                                           \
    float values[4 * blocks_together];                                            \
    philox_blocks(seed, stream, step, start / 4, words);                          \
    BODY memcpy(out + done, values + place, length * sizeof(float));              \
    done += length;                                                               \
  }

CLONES static void uniform_values(
    const uint32_t words[4][blocks_together], float *values) {
  for (int b = 0; b < blocks_together; b++) {
    for (int w = 0; w < 4; w++) values[4 * b + w] = (float)(words[w][b] >> 8) * 0x1p-24f;
  }
}

void hourglass_random_uniform(
    uint64_t seed, uint32_t stream, uint32_t step, uint64_t position, int64_t count, float *out) {
  CHUNKS(uniform_values(words, values);)
}

/// cos and sin of 2π u for u in [0, 1): quadrant by the top bits, a polynomial within.
INLINE void circle(float u, float *cosine, float *sine) {
  float quadrant = (u * 4.0f + 12582912.0f) - 12582912.0f;
  float r = (u * 4.0f - quadrant) * 1.57079632679f;
  float z = r * r;
  float s = ((-1.9515296e-4f * z + 8.3321609e-3f) * z - 1.6666655e-1f) * z * r + r;
  float c = (((2.4433157e-5f * z - 1.3887316e-3f) * z + 4.1666646e-2f) * z - 0.5f) * z + 1.0f;
  int q = (int)quadrant & 3;
  float x = (q & 1) ? s : c, y = (q & 1) ? c : s;
  *cosine = (q == 1 || q == 2) ? -x : x;
  *sine = (q >= 2) ? -y : y;
}

CLONES static void normal_values(
    const uint32_t words[4][blocks_together], float *values) {
  float pairs[4][blocks_together];
  for (int half = 0; half < 2; half++) {
#pragma clang loop vectorize(assume_safety)
    for (int b = 0; b < blocks_together; b++) {
      // (0, 1]: the logarithm of 0 is never asked for.
      float u = (float)((words[2 * half][b] >> 8) + 1) * 0x1p-24f;
      float v = (float)(words[2 * half + 1][b] >> 8) * 0x1p-24f;
      float radius = square_root(-2.0f * logarithm(u));
      float cosine, sine;
      circle(v, &cosine, &sine);
      pairs[2 * half][b] = radius * cosine;
      pairs[2 * half + 1][b] = radius * sine;
    }
  }
  for (int b = 0; b < blocks_together; b++) {
    for (int w = 0; w < 4; w++) values[4 * b + w] = pairs[w][b];
  }
}

void hourglass_random_normal(
    uint64_t seed, uint32_t stream, uint32_t step, uint64_t position, int64_t count, float *out) {
  CHUNKS(normal_values(words, values);)
}
