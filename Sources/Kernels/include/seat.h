// On which processor a worker's thread is to run, while others wait for it.
//
// A machine that does other work too takes a thread's processor away for milliseconds, in the middle of what it
// does. Threads that wait for it sleep, but the system leaves it in the queue of its old processor, behind the other
// work, while theirs stand idle. So who waits fetches it: the thread may run on the waiting one's processor alone
// until it has finished what it does, and then goes back. Only on Linux; elsewhere nothing is fetched.
#ifndef HOURGLASS_SEAT_H
#define HOURGLASS_SEAT_H

#include <stdbool.h>
#include <stdint.h>

/// A thread as those see it who wait for it. To be put on cache lines of its own; all zero at first.
typedef struct {
  int32_t thread;
  /// Of the time that the thread has had a processor.
  int32_t clock;
  /// Whether the thread is in the middle of something that others wait for.
  uint32_t busy;
  /// 0: where the system wants it; 1: somebody is about to fetch it; 2: fetched, a guest; 3: fetched and stays.
  uint32_t fetched;
  /// Processors it may run on when it is not fetched.
  uint64_t processors[16];
} hourglass_seat;

#define HOURGLASS_SEAT_LINES 192

/// The calling thread is the one of this seat from here on.
void hourglass_seat_take(hourglass_seat *seat);

/// Others wait for what the calling thread does from here on.
static inline void hourglass_seat_begin(hourglass_seat *seat) {
  __atomic_store_n(&seat->busy, 1, __ATOMIC_RELEASE);
}

/// Nobody waits for the calling thread any more.
static inline void hourglass_seat_end(hourglass_seat *seat) { __atomic_store_n(&seat->busy, 0, __ATOMIC_SEQ_CST); }

/// Whether the thread was fetched and is to go back as soon as nobody waits for it.
static inline bool hourglass_seat_is_guest(const hourglass_seat *seat) {
  return __atomic_load_n(&seat->fetched, __ATOMIC_ACQUIRE) == 2;
}

/// To be called after the end: a guest goes to the other processors it may run on, one that stays may run
/// anywhere again. Returns whether the thread was a guest.
bool hourglass_seat_go_back(hourglass_seat *seat);

/// If the thread is in the middle of something and has no processor, moves it to the processor of the calling
/// thread; whether it was moved. It costs some microseconds to find out. One that stays changes places with the
/// calling thread; for one that does not, the calling thread is to sleep at once.
bool hourglass_seat_fetch(hourglass_seat *seat, bool stays);

/// Threads of the whole machine that could run and have no processor; -1 where that cannot be known.
int32_t hourglass_waiting_threads(void);

#endif
