// The keys that are loaded in this process: threads that want the same one share it.
#pragma once
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "prove.h"

namespace zkserve {

class KeyRegistry {
  struct Entry {
    std::timed_mutex loading;
    std::mutex mutex;
    std::weak_ptr<Prover> prover;
    std::shared_ptr<Prover> live() {
      std::lock_guard<std::mutex> lock(mutex);
      return prover.lock();
    }
  };
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Entry>> entries_;

 public:
  /** Never destroyed, as threads may end after the process' static objects. */
  static KeyRegistry& shared() {
    static auto* registry = new KeyRegistry();
    return *registry;
  }

  /**
   * The key of a name, loaded by `load` where no thread holds it; one thread loads, others wait for it.
   * @param load may give null, which is not kept
   * @param cancelled ends the waiting by {@link Cancelled} when it becomes 1
   */
  template <class Load>
  std::shared_ptr<Prover> get(const std::string& name, const volatile uint8_t* cancelled, Load load) {
    const std::shared_ptr<Entry> entry = entryOf(name);
    std::unique_lock<std::timed_mutex> loading(entry->loading, std::defer_lock);
    while (!loading.try_lock_for(std::chrono::milliseconds(20))) {
      if (*cancelled) throw Cancelled{};
    }
    std::shared_ptr<Prover> prover = entry->live();
    if (!prover && (prover = load())) {
      std::lock_guard<std::mutex> lock(entry->mutex);
      entry->prover = prover;
    }
    return prover;
  }

  /** Number of the loaded keys, and their bytes. */
  std::pair<size_t, uint64_t> loaded() {
    std::lock_guard<std::mutex> lock(mutex_);
    std::pair<size_t, uint64_t> sum{0, 0};
    for (const auto& [name, entry] : entries_) {
      const auto prover = entry->live();
      if (!prover) continue;
      sum.first++;
      sum.second += prover->bytes();
    }
    return sum;
  }

 private:
  std::shared_ptr<Entry> entryOf(const std::string& name) {
    std::lock_guard<std::mutex> lock(mutex_);
    for (auto at = entries_.begin(); at != entries_.end();) {
      // Nobody else can get at an entry of which this is the only owner.
      const bool isForgotten = at->second.use_count() == 1 && !at->second->live();
      at = isForgotten ? entries_.erase(at) : std::next(at);
    }
    auto& entry = entries_[name];
    if (!entry) entry = std::make_shared<Entry>();
    return entry;
  }
};

}  // namespace zkserve
