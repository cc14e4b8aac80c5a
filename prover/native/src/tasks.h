// Tasks on threads, and the time that each stage of a proof takes.
#pragma once
#include <algorithm>
#include <atomic>
#include <chrono>
#include <ctime>
#include <functional>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace zkserve {

struct Cancelled {};

enum Stage { rows, transforms, pointsA, pointsB1, pointsB2, pointsC, pointsH, assembly, stageCount };
constexpr const char* stageNames[stageCount] = {"rows", "transforms", "a", "b1", "b2", "c", "h", "assembly"};

struct Task {
  Stage stage;
  double cost;  // in any unit: the dearest tasks come first, so that all threads end together
  std::function<void()> run;
};

/** CPU time of this thread, in ms; wall time where the system has no such clock. */
inline double threadTime() {
#ifdef CLOCK_THREAD_CPUTIME_ID
  timespec now;
  if (clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now) == 0) return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
#endif
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/**
 * Runs tasks on threads until all are done; the first exception is thrown again.
 * @param times gets each stage's CPU time added, in ms, over all threads
 * @param cancelled ends the work by {@link Cancelled} when it becomes 1
 */
inline void runAll(std::vector<Task> tasks, int threads, const volatile uint8_t* cancelled, double* times) {
  std::stable_sort(tasks.begin(), tasks.end(), [](const Task& a, const Task& b) { return a.cost > b.cost; });
  std::atomic<size_t> next{0};
  std::exception_ptr failure;
  std::mutex mutex;
  const auto work = [&] {
    double spent[stageCount] = {};
    for (;;) {
      const size_t index = next++;
      if (index >= tasks.size()) break;
      try {
        if (*cancelled) throw Cancelled{};
        const double start = threadTime();
        tasks[index].run();
        spent[tasks[index].stage] += threadTime() - start;
      } catch (...) {
        std::lock_guard<std::mutex> lock(mutex);
        if (!failure) failure = std::current_exception();
        next = tasks.size();
      }
    }
    std::lock_guard<std::mutex> lock(mutex);
    for (int stage = 0; stage < stageCount; stage++) times[stage] += spent[stage];
  };
  std::vector<std::thread> others;
  try {
    for (int i = 1; i < threads; i++) others.emplace_back(work);
  } catch (const std::system_error&) {
    // The system has no more threads: those that started do the work.
  }
  work();
  for (auto& thread : others) thread.join();
  if (failure) std::rethrow_exception(failure);
}

}  // namespace zkserve
