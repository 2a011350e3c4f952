// Counts what a thread asks the C library's heap for.
#ifndef HOURGLASS_ALLOCATIONS_H
#define HOURGLASS_ALLOCATIONS_H

#include <stdbool.h>
#include <stdint.h>

typedef struct {
  /// By anyone: Swift, C or a library.
  uint64_t all;
  /// By anyone but the libraries that were set apart.
  uint64_t ours;
} allocations_count;

/// Whether this program counts: only where the C library lets its functions be replaced.
bool allocations_are_counted(void);

/// Sets apart the loaded library whose file name contains `name`, for good, beside others: at most four. Returns
/// whether there is one.
bool allocations_set_apart(const char *name);

/// Writes down, at a place in a list of counts, the blocks that the calling thread has asked for so far by malloc and its kin.
void allocations_note(void *counts, int64_t place);

#endif
