// Small vector loops, compiled for several instruction sets and chosen when the program starts.
// They know pointers and counts and nothing else. Every loop runs on the calling thread and allocates nothing.
#ifndef HOURGLASS_KERNELS_H
#define HOURGLASS_KERNELS_H

#include "convolve.h"
#include "gather.h"
#include "pointwise.h"
#include "reduce.h"
#include "resample.h"
#include "update.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

/// Tells the processor that this thread is waiting for another one.
static inline void hourglass_spin_hint(void) {
#if defined(__x86_64__)
  _mm_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

#endif
