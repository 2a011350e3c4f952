#define _GNU_SOURCE
#include "allocations.h"

// Sanitizers bring a malloc of their own.
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define HAS_OTHER_MALLOC 1
#endif
#endif

#if defined(__linux__) && defined(__GLIBC__) && !defined(HAS_OTHER_MALLOC)

#include <errno.h>
#include <link.h>
#include <pthread.h>
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
#define MOST_APART 4
static _Atomic uintptr_t apart_begin[MOST_APART], apart_end[MOST_APART];
static _Atomic int apart_count;

static inline __attribute__((always_inline)) void count(void *caller) {
  uintptr_t place = (uintptr_t)caller;
  asked.all++;
  int libraries = atomic_load_explicit(&apart_count, memory_order_acquire);
  for (int k = 0; k < libraries; k++) {
    if (place >= atomic_load_explicit(&apart_begin[k], memory_order_relaxed) &&
        place < atomic_load_explicit(&apart_end[k], memory_order_relaxed)) return;
  }
  asked.ours++;
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
    uintptr_t begin = library->dlpi_addr + part->p_vaddr;
    int libraries = atomic_load(&apart_count);
    for (int k = 0; k < libraries; k++) {
      if (atomic_load(&apart_begin[k]) == begin) return 1;
    }
    if (libraries == MOST_APART) return 2;
    atomic_store(&apart_begin[libraries], begin);
    atomic_store(&apart_end[libraries], begin + part->p_memsz);
    atomic_store(&apart_count, libraries + 1);
    return 1;
  }
  return 0;
}

bool allocations_are_counted(void) { return true; }

bool allocations_set_apart(const char *name) {
  // Tests run side by side.
  static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  pthread_mutex_lock(&mutex);
  bool is_found = dl_iterate_phdr(look, (void *)name) == 1;
  pthread_mutex_unlock(&mutex);
  return is_found;
}

void allocations_note(void *counts, int64_t place) { ((allocations_count *)counts)[place] = asked; }

#else

bool allocations_are_counted(void) { return false; }

bool allocations_set_apart(const char *name) {
  (void)name;
  return false;
}

void allocations_note(void *counts, int64_t place) { ((allocations_count *)counts)[place] = (allocations_count){0, 0}; }

#endif
