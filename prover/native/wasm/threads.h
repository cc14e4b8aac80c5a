// Threads in WebAssembly: the host starts workers on the same memory, each of which runs `help`.
#pragma once
#include <cstdint>

namespace zkserve {

/** Time of the host's clock, in ms: WebAssembly cannot tell a thread's CPU time. */
__attribute__((import_module("host"), import_name("now"))) double hostNow();
inline double wallTime() { return hostNow(); }
inline double threadTime() { return hostNow(); }

/** A lock that waits by turning: what it guards takes microseconds. */
class Lock {
  bool taken_ = false;

 public:
  void lock() {
    while (__atomic_test_and_set(&taken_, __ATOMIC_ACQUIRE)) {
    }
  }
  void unlock() { __atomic_clear(&taken_, __ATOMIC_RELEASE); }
};

/** Holds a lock. */
class Guard {
  Lock& lock_;

 public:
  explicit Guard(Lock& lock) : lock_(lock) { lock_.lock(); }
  ~Guard() { lock_.unlock(); }
};

/** Work that helpers may take part in. */
struct Team {
  uint32_t round = 0;    // changes with each piece of work
  uint32_t places = 0;   // helpers that may still join
  uint32_t running = 0;  // places not yet left
  void (*run)(const void*) = nullptr;
  const void* argument = nullptr;

  bool takePlace() {
    uint32_t left = __atomic_load_n(&places, __ATOMIC_ACQUIRE);
    while (left > 0) {
      if (__atomic_compare_exchange_n(&places, &left, left - 1, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) return true;
    }
    return false;
  }
  void leave() {
    __atomic_fetch_sub(&running, 1, __ATOMIC_ACQ_REL);
    __builtin_wasm_memory_atomic_notify((int*)&running, 1);
  }
  /** A helper's life: it ends with its worker. */
  [[noreturn]] void help() {
    uint32_t seen = 0;
    for (;;) {
      const uint32_t now = __atomic_load_n(&round, __ATOMIC_ACQUIRE);
      if (now == seen) {
        __builtin_wasm_memory_atomic_wait32((int*)&round, (int)seen, -1);
        continue;
      }
      seen = now;
      if (!takePlace()) continue;
      run(argument);
      leave();
    }
  }
};
inline Team team;

/** Runs `work`, which throws nothing, on this thread and on up to `threads` - 1 helpers, and waits for those that joined. */
template <class Work>
void onThreads(int threads, const Work& work) {
  const uint32_t others = threads > 1 ? (uint32_t)threads - 1 : 0;
  team.run = [](const void* argument) { (*(const Work*)argument)(); };
  team.argument = &work;
  __atomic_store_n(&team.running, others, __ATOMIC_RELEASE);
  __atomic_store_n(&team.places, others, __ATOMIC_RELEASE);
  __atomic_fetch_add(&team.round, 1, __ATOMIC_ACQ_REL);
  __builtin_wasm_memory_atomic_notify((int*)&team.round, others);
  work();
  // Helpers that have not come by now are not waited for.
  while (team.takePlace()) __atomic_fetch_sub(&team.running, 1, __ATOMIC_ACQ_REL);
  for (;;) {
    const uint32_t left = __atomic_load_n(&team.running, __ATOMIC_ACQUIRE);
    if (left == 0) return;
    __builtin_wasm_memory_atomic_wait32((int*)&team.running, (int)left, -1);
  }
}

}  // namespace zkserve
