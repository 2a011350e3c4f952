// What the loops share: the clones, and pragmas that let sums become vectors.
#ifndef HOURGLASS_LOOPS_H
#define HOURGLASS_LOOPS_H

// The thread sanitizer watches the choice of a clone before it is itself awake.
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define ONE_BODY 1
#endif
#endif

#if defined(__x86_64__) && defined(__linux__) && !defined(ONE_BODY)
// One function, three bodies; the loader picks the widest the processor has.
#define CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define CLONES
#endif

#define INLINE static inline __attribute__((always_inline))

/// The iterations that follow do not touch each other's values (a result may be its own argument).
#define INDEPENDENT _Pragma("clang loop vectorize(assume_safety) interleave_count(2)")

#endif
