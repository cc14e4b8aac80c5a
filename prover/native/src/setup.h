// The points of a Groth16 key from a circuit and the set-up's secrets.
#pragma once
#include "fixed-base.h"
#include "setup-scalars.h"

namespace zkserve {

/** Where a set-up's points come from and go to: snarkjs' form, 64 bytes in G1 and 128 in G2. */
struct SetupBuffers {
  const uint8_t *generatorG1, *generatorG2;
  uint8_t *g1, *g2;
};

/** Multiplications of one group, done by threads batch by batch. */
template <class C, class L>
class GroupPoints {
  using Scalar = typename C::Scalar;
  // A batch's sums stay in the second-level cache.
  static constexpr size_t batch = 1024;
  static constexpr size_t pointBytes = 2 * C::words * 8;
  const WipedVector<U256>& scalars_;
  uint8_t* to_;
  FixedBaseTable<C, L> table_;
  std::atomic<size_t> next_{0};

 public:
  GroupPoints(const WipedVector<U256>& scalars, uint8_t* to)
      : scalars_(scalars), to_(to), table_(FixedBaseTable<C, L>::bestWindow(scalars.size())) {}

  void fill(const uint8_t* generator, std::vector<std::function<void()>>& works) {
    Scalar coordinates[2];
    std::memcpy((void*)coordinates, generator, pointBytes);
    table_.fillPowers(coordinates[0], coordinates[1]);
    for (int w = 0; w < table_.windows; w++) works.push_back([this, w] { table_.fillWindow(w); });
  }

  /** Does batches until none is left; other threads do the same. */
  void drain(const volatile uint8_t* cancelled, uint32_t* done) {
    FixedBaseMultiplier<C, L> multiplier(table_);
    for (;;) {
      const size_t first = next_.fetch_add(batch);
      if (first >= scalars_.size()) return;
      if (*cancelled) throw Cancelled{};
      const size_t count = std::min(batch, scalars_.size() - first);
      multiplier.run(scalars_.data() + first, count, to_ + first * pointBytes);
      __atomic_fetch_add(done, (uint32_t)count, __ATOMIC_RELAXED);
    }
  }
};

/**
 * @param power of two: the domain
 * @param committed the last public signals, for which a commitment key is made
 * @param done gets the number of points made so far
 */
template <template <class> class Lanes>
void makeKeyPoints(const Circuit& circuit, const Secrets& secrets, int power, size_t committed,
                   const SetupBuffers& buffers, int threads, const volatile uint8_t* cancelled, uint32_t* done) {
  using Base = Lanes<BaseField>;
  KeyScalars scalars(circuit, secrets, power, committed);
  scalars.run(threads, cancelled);
  GroupPoints<G1Coordinate<Base>, Base> g1(scalars.g1, buffers.g1);
  GroupPoints<G2Coordinate<Base>, Base> g2(scalars.g2, buffers.g2);
  double times[stageCount] = {};
  const auto all = [&](std::vector<std::function<void()>>& works) {
    std::vector<Task> tasks;
    for (auto& work : works) tasks.push_back({assembly, 1, std::move(work)});
    runAll(std::move(tasks), threads, cancelled, times);
    works.clear();
  };
  std::vector<std::function<void()>> works;
  g1.fill(buffers.generatorG1, works);
  g2.fill(buffers.generatorG2, works);
  all(works);
  for (int i = 0; i < threads; i++) {
    works.push_back([&] {
      g2.drain(cancelled, done);
      g1.drain(cancelled, done);
    });
  }
  all(works);
}

}  // namespace zkserve
