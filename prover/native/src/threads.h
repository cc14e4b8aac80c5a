// What the platform gives: threads, a lock, a clock. WebAssembly has none of them; its host runs the threads.
#pragma once
#ifdef __wasm__
#include "../wasm/threads.h"
#else
#include <chrono>
#include <ctime>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace zkserve {

using Lock = std::mutex;
using Guard = std::lock_guard<Lock>;

/** Wall time from some moment on, in ms. */
inline double wallTime() {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/** CPU time of this thread, in ms; wall time where the system has no such clock. */
inline double threadTime() {
#ifdef CLOCK_THREAD_CPUTIME_ID
  timespec now;
  if (clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now) == 0) return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
#endif
  return wallTime();
}

/** Runs `work`, which throws nothing, on this thread and on others beside it, and waits for all. */
template <class Work>
void onThreads(int threads, const Work& work) {
  std::vector<std::thread> others;
  others.reserve((size_t)threads);
  try {
    for (int i = 1; i < threads; i++) others.emplace_back(work);
  } catch (const std::exception&) {
    // The system has no more threads, or no memory for them: those that started do the work.
  }
  work();
  for (auto& thread : others) thread.join();
}

}  // namespace zkserve
#endif
