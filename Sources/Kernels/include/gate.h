// A number that threads wait on: they look at it for some microseconds, then give their processor away.
#ifndef HOURGLASS_GATE_H
#define HOURGLASS_GATE_H

#include <stdbool.h>
#include <stdint.h>

/// A number and how many threads sleep until it changes. To be put on a cache line of its own.
typedef struct {
  uint32_t value;
  uint32_t sleepers;
} hourglass_gate;

#define HOURGLASS_GATE_LINE 64

/// The number; what was written before it was changed is seen after.
static inline uint32_t hourglass_gate_value(const hourglass_gate *gate) {
  return __atomic_load_n(&gate->value, __ATOMIC_ACQUIRE);
}

/// Wakes all who sleep at the gate.
void hourglass_gate_wake(hourglass_gate *gate);

/// Adds 1 to the number (modulo 2^32) and wakes who sleeps. What this thread wrote before is seen by all who see
/// the sum.
static inline void hourglass_gate_advance(hourglass_gate *gate) {
  __atomic_add_fetch(&gate->value, 1, __ATOMIC_SEQ_CST);
  if (__atomic_load_n(&gate->sleepers, __ATOMIC_SEQ_CST) != 0) hourglass_gate_wake(gate);
}

/// Looks at the number `rounds` times at most; whether it has become another than `seen`.
bool hourglass_gate_look(hourglass_gate *gate, uint32_t seen, int32_t rounds);

/// Sleeps until the number is another than `seen`, at most so many microseconds (0: for ever), or for no reason
/// less; whether it is another now.
bool hourglass_gate_sleep(hourglass_gate *gate, uint32_t seen, int32_t microseconds);

#endif
