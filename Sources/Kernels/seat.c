#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE
#endif
#include "kernels.h"

#if defined(__linux__)
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static _Thread_local int32_t own_thread;
static _Thread_local clockid_t own_clock;

void hourglass_seat_take(hourglass_seat *seat) {
  if (own_thread == 0) {
    if (pthread_getcpuclockid(pthread_self(), &own_clock) != 0) return;
    own_thread = (int32_t)syscall(SYS_gettid);
  }
  seat->thread = own_thread;
  seat->clock = own_clock;
}

static int64_t nanoseconds(clockid_t clock) {
  struct timespec time;
  return clock_gettime(clock, &time) == 0 ? time.tv_sec * 1000000000ll + time.tv_nsec : -1;
}

/// Whether the thread's clock stands still for some microseconds.
static bool stands_still(clockid_t clock) {
  int64_t before = nanoseconds(clock), start = nanoseconds(CLOCK_MONOTONIC);
  while (nanoseconds(CLOCK_MONOTONIC) - start < 3000) hourglass_spin_hint();
  return before >= 0 && nanoseconds(clock) == before;
}

/// Moves the calling thread away from its processor, if it may run on others.
static void move_away(const cpu_set_t *usual) {
  cpu_set_t others = *usual;
  int processor = sched_getcpu();
  if (processor >= 0 && processor < CPU_SETSIZE) CPU_CLR(processor, &others);
  if (CPU_COUNT(&others) > 0) sched_setaffinity(0, sizeof others, &others);
  sched_setaffinity(0, sizeof *usual, usual);
}

bool hourglass_seat_fetch(hourglass_seat *seat, bool stays) {
  if (seat->thread == 0 || !__atomic_load_n(&seat->busy, __ATOMIC_ACQUIRE)) return false;
  uint32_t free = 0;
  if (!stands_still(seat->clock)
      || !__atomic_compare_exchange_n(&seat->fetched, &free, 1, false, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED))
    return false;
  // From here on the thread waits before it goes on to something else.
  cpu_set_t here;
  CPU_ZERO(&here);
  int processor = sched_getcpu();
  bool moved = processor >= 0 && processor < CPU_SETSIZE && __atomic_load_n(&seat->busy, __ATOMIC_SEQ_CST)
    && sched_getaffinity(seat->thread, sizeof here, (cpu_set_t *)seat->processors) == 0;
  if (moved) {
    CPU_SET(processor, &here);
    moved = sched_setaffinity(seat->thread, sizeof here, &here) == 0;
  }
  cpu_set_t own;
  bool swaps = moved && stays && sched_getaffinity(0, sizeof own, &own) == 0;
  __atomic_store_n(&seat->fetched, moved ? (stays ? 3 : 2) : 0, __ATOMIC_SEQ_CST);
  if (swaps) move_away(&own);
  return moved;
}

bool hourglass_seat_go_back(hourglass_seat *seat) {
  uint32_t fetched;
  while ((fetched = __atomic_load_n(&seat->fetched, __ATOMIC_SEQ_CST)) == 1) sched_yield();
  if (fetched == 0) return false;
  cpu_set_t usual;
  memcpy(&usual, seat->processors, sizeof usual);
  if (fetched == 2) {
    move_away(&usual);
  } else {
    sched_setaffinity(0, sizeof usual, &usual);
  }
  __atomic_store_n(&seat->fetched, 0, __ATOMIC_SEQ_CST);
  return fetched == 2;
}

static int load = -1, processors = 1;

static void open_load(void) {
  processors = (int)sysconf(_SC_NPROCESSORS_ONLN);
  load = open("/proc/loadavg", O_RDONLY | O_CLOEXEC);
}

int32_t hourglass_waiting_threads(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, open_load);
  // Three averages, then the threads that could run now, a slash, and all there are.
  char text[96];
  ssize_t length = load < 0 ? -1 : pread(load, text, sizeof text - 1, 0);
  if (length <= 0) return -1;
  text[length] = 0;
  const char *slash = strchr(text, '/');
  if (!slash) return -1;
  while (slash > text && slash[-1] >= '0' && slash[-1] <= '9') --slash;
  long waiting = strtol(slash, 0, 10) - processors;
  return waiting < 0 ? 0 : waiting > INT32_MAX ? INT32_MAX : (int32_t)waiting;
}
#else
void hourglass_seat_take(hourglass_seat *seat) { (void)seat; }

bool hourglass_seat_fetch(hourglass_seat *seat, bool stays) {
  (void)seat;
  (void)stays;
  return false;
}

bool hourglass_seat_go_back(hourglass_seat *seat) {
  (void)seat;
  return false;
}

int32_t hourglass_waiting_threads(void) { return -1; }
#endif
