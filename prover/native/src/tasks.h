// Tasks on threads, and the time that each stage of a proof takes.
#pragma once
#include <algorithm>
#include <atomic>
#include <exception>
#include <functional>
#include <memory>
#include <vector>

#include "threads.h"

namespace zkserve {

struct Cancelled {};

enum Stage { rows, transforms, pointsA, pointsB1, pointsB2, pointsC, pointsH, assembly, stageCount };
constexpr const char* stageNames[stageCount] = {"rows", "transforms", "a", "b1", "b2", "c", "h", "assembly"};

struct Task {
  Stage stage;
  double cost;  // in any unit: the dearest tasks come first, so that all threads end together
  std::function<void()> run;
};

/** Lends things that tasks use one after another, so that there are as many as threads, not as tasks. */
template <class Thing>
class Lender {
  Lock lock_;
  std::vector<std::unique_ptr<Thing>> idle_;

 public:
  struct Return {
    Lender* lender;
    void operator()(Thing* thing) const {
      const Guard guard(lender->lock_);
      lender->idle_.emplace_back(thing);
    }
  };
  std::unique_ptr<Thing, Return> borrow() {
    const Guard guard(lock_);
    if (idle_.empty()) return {new Thing(), Return{this}};
    Thing* thing = idle_.back().release();
    idle_.pop_back();
    return {thing, Return{this}};
  }
};

/**
 * Runs tasks on threads until all are done; the first exception is thrown again.
 * @param times gets each stage's CPU time added, in ms, over all threads
 * @param cancelled ends the work by {@link Cancelled} when it becomes 1
 */
inline void runAll(std::vector<Task> tasks, int threads, const volatile uint8_t* cancelled, double* times) {
  std::stable_sort(tasks.begin(), tasks.end(), [](const Task& a, const Task& b) { return a.cost > b.cost; });
  std::atomic<size_t> next{0};
  std::exception_ptr failure;
  Lock mutex;
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
        const Guard guard(mutex);
        if (!failure) failure = std::current_exception();
        next = tasks.size();
      }
    }
    const Guard guard(mutex);
    for (int stage = 0; stage < stageCount; stage++) times[stage] += spent[stage];
  };
  onThreads(threads, work);
  if (failure) std::rethrow_exception(failure);
}

}  // namespace zkserve
