// Small vector loops, compiled for several instruction sets and chosen when the program starts.
// They know pointers and counts and nothing else. Every loop runs on the calling thread and allocates nothing.
#ifndef HOURGLASS_KERNELS_H
#define HOURGLASS_KERNELS_H

#include "convolve.h"
#include "convolve_pairs.h"
#include "density.h"
#include "eigenbasis.h"
#include "gate.h"
#include "gather.h"
#include "layout.h"
#include "narrow.h"
#include "pairs.h"
#include "pixels.h"
#include "pointwise.h"
#include "product.h"
#include "recurrence.h"
#include "reduce.h"
#include "resample.h"
#include "rows.h"
#include "seat.h"
#include "update.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

/// From here on this thread takes subnormal numbers (below 1.2e-38) for 0 and gives 0 for them; returns how it
/// was before. The moments of a parameter whose gradient has become 0 shrink into that range, where each
/// operation costs some processors a hundred times as long.
static inline uint64_t hourglass_flush_subnormals(void) {
#if defined(__x86_64__)
  unsigned before = _mm_getcsr();
  _mm_setcsr(before | 0x8040);
  return before;
#elif defined(__aarch64__)
  uint64_t before;
  __asm__ volatile("mrs %0, fpcr" : "=r"(before));
  __asm__ volatile("msr fpcr, %0" : : "r"(before | (1ull << 24)));
  return before;
#else
  return 0;
#endif
}

/// Makes this thread calculate as it did before.
static inline void hourglass_restore_subnormals(uint64_t before) {
#if defined(__x86_64__)
  _mm_setcsr((unsigned)before);
#elif defined(__aarch64__)
  __asm__ volatile("msr fpcr, %0" : : "r"(before));
#else
  (void)before;
#endif
}

/// Tells the processor that this thread is waiting for another one.
static inline void hourglass_spin_hint(void) {
#if defined(__x86_64__)
  _mm_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

#endif
