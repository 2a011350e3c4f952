#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE
#endif
#include "kernels.h"

#if defined(__linux__)
#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

void hourglass_gate_wake(hourglass_gate *gate) {
  syscall(SYS_futex, &gate->value, FUTEX_WAKE_PRIVATE, INT32_MAX, 0, 0, 0);
}

static void sleep_while(hourglass_gate *gate, uint32_t seen, int32_t microseconds) {
  struct timespec limit = {microseconds / 1000000, (long)(microseconds % 1000000) * 1000};
  syscall(SYS_futex, &gate->value, FUTEX_WAIT_PRIVATE, seen, microseconds > 0 ? &limit : 0, 0, 0);
}
#else
#include <pthread.h>

// One place to sleep for all gates: who is woken for another gate's sake looks again.
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;

void hourglass_gate_wake(hourglass_gate *gate) {
  (void)gate;
  pthread_mutex_lock(&mutex);
  pthread_cond_broadcast(&condition);
  pthread_mutex_unlock(&mutex);
}

static void sleep_while(hourglass_gate *gate, uint32_t seen, int32_t microseconds) {
  (void)microseconds;
  pthread_mutex_lock(&mutex);
  if (__atomic_load_n(&gate->value, __ATOMIC_SEQ_CST) == seen) pthread_cond_wait(&condition, &mutex);
  pthread_mutex_unlock(&mutex);
}
#endif

bool hourglass_gate_look(hourglass_gate *gate, uint32_t seen, int32_t rounds) {
  for (int32_t round = 0; round < rounds; ++round) {
    if (hourglass_gate_value(gate) != seen) return true;
    hourglass_spin_hint();
  }
  return false;
}

bool hourglass_gate_sleep(hourglass_gate *gate, uint32_t seen, int32_t microseconds) {
  // Either who changes the number sees that somebody sleeps, or the sleeper sees the number changed: both write
  // before they read the other's, in one order for all.
  __atomic_add_fetch(&gate->sleepers, 1, __ATOMIC_SEQ_CST);
  if (__atomic_load_n(&gate->value, __ATOMIC_SEQ_CST) == seen) sleep_while(gate, seen, microseconds);
  __atomic_sub_fetch(&gate->sleepers, 1, __ATOMIC_SEQ_CST);
  return hourglass_gate_value(gate) != seen;
}
