#define _GNU_SOURCE
#include "allocations.h"

#if defined(__linux__) && defined(__GLIBC__)

#include <errno.h>
#include <link.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

// The program's own malloc stands before the C library's for every library it loads; it counts and passes on.
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *block, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

// In the program itself, so that reading it allocates nothing.
static __thread allocations_count asked __attribute__((tls_model("local-exec")));
static _Atomic uintptr_t apart_begin, apart_end;

static inline __attribute__((always_inline)) void count(void *caller) {
  uintptr_t place = (uintptr_t)caller;
  asked.all++;
  bool is_apart = place >= atomic_load_explicit(&apart_begin, memory_order_relaxed) &&
      place < atomic_load_explicit(&apart_end, memory_order_relaxed);
  if (!is_apart) asked.ours++;
}

void *malloc(size_t size) {
  count(__builtin_return_address(0));
  return __libc_malloc(size);
}

void *calloc(size_t number, size_t size) {
  count(__builtin_return_address(0));
  return __libc_calloc(number, size);
}

void *realloc(void *block, size_t size) {
  count(__builtin_return_address(0));
  return __libc_realloc(block, size);
}

void *memalign(size_t alignment, size_t size) {
  count(__builtin_return_address(0));
  return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
  count(__builtin_return_address(0));
  return __libc_memalign(alignment, size);
}

int posix_memalign(void **result, size_t alignment, size_t size) {
  count(__builtin_return_address(0));
  void *block = __libc_memalign(alignment, size);
  if (block == NULL) return ENOMEM;
  *result = block;
  return 0;
}

static int look(struct dl_phdr_info *library, size_t size, void *name) {
  (void)size;
  if (strstr(library->dlpi_name, name) == NULL) return 0;
  for (int k = 0; k < library->dlpi_phnum; k++) {
    const ElfW(Phdr) *part = &library->dlpi_phdr[k];
    if (part->p_type != PT_LOAD || !(part->p_flags & PF_X)) continue;
    atomic_store(&apart_begin, library->dlpi_addr + part->p_vaddr);
    atomic_store(&apart_end, library->dlpi_addr + part->p_vaddr + part->p_memsz);
    return 1;
  }
  return 0;
}

bool allocations_are_counted(void) { return true; }

bool allocations_set_apart(const char *name) { return dl_iterate_phdr(look, (void *)name) == 1; }

void allocations_note(void *counts, int64_t place) { ((allocations_count *)counts)[place] = asked; }

#else

bool allocations_are_counted(void) { return false; }

bool allocations_set_apart(const char *name) {
  (void)name;
  return false;
}

void allocations_note(void *counts, int64_t place) { ((allocations_count *)counts)[place] = (allocations_count){0, 0}; }

#endif
