// Multi-scalar multiplication: zeros dropped, ones summed, the rest by signed windows and batch-affine buckets.
#pragma once
#include <algorithm>
#include <memory>

#include "bucket-sums.h"
#include "tasks.h"
#include "weighted-sum.h"

namespace zkserve {

/** What one task needs beside its result; lent from task to task. */
template <class C, class L>
struct MultiplicationBuffers {
  BucketSummer<C, L> summer;
  WeightedSummer<C, L> weighted;
  PointArray<C> sums;
  std::vector<int32_t> digits;
  std::vector<uint32_t> places, offsets;
  std::vector<Entry> entries;
};

/** One multiplication, split into tasks that may run on any thread. */
template <class C, class L>
class Multiplication {
  using Scalar = typename C::Scalar;
  using Point = Projective<Scalar>;
  using Buffers = MultiplicationBuffers<C, L>;
  static constexpr size_t stride = 2 * C::words;
  // Scalars are sorted in pieces, so that every thread has some.
  static constexpr size_t piece = 1 << 14;
  PointView<C> points_;
  Lender<Buffers>& lender_;
  std::vector<SortedScalars> pieces_;
  size_t entries_ = 0, ones_ = 0;
  int window_ = 0, windows_ = 0;
  std::vector<Point> results_;

 public:
  Multiplication(PointView<C> points, Lender<Buffers>& lender) : points_(points), lender_(lender) {}

  /** The first step's tasks: one scalar for each of the first points, each below the group's order. */
  void addSorting(std::vector<Task>& tasks, Stage stage, double cost, const U256* scalars, size_t count) {
    pieces_.resize((count + piece - 1) / piece);
    for (size_t i = 0; i < pieces_.size(); i++) {
      tasks.push_back({stage, cost, [this, scalars, count, i] {
        pieces_[i].sort(scalars, i * piece, std::min(count, (i + 1) * piece), points_.isNeutral);
      }});
    }
  }

  /** The second step's tasks: one sums the ones, the others a window each. */
  void addTasks(std::vector<Task>& tasks, Stage stage, double weight) {
    chooseWindow();
    if (ones_ > 0) tasks.push_back({stage, weight * (double)ones_, [this] { sumOnes(); }});
    const double cost = (double)entries_ + (window_ > 0 ? (double)(2 << window_) : 0);
    for (int w = 0; w < windows_; w++) tasks.push_back({stage, weight * cost, [this, w] { sumWindow(w); }});
  }

  Point result() const {
    Point sum = Point::zero();
    const auto add = [](const Point& p, const Point& q) {
      return addComplete(p, q, [](const Scalar& x) { return C::timesB3(x); });
    };
    for (int w = windows_; w >= 1; w--) {
      for (int i = 0; i < window_; i++) sum = add(sum, sum);
      sum = add(sum, results_[w]);
    }
    return add(sum, results_[0]);
  }

 private:
  void chooseWindow() {
    U256 any{{0, 0, 0, 0}};
    for (const auto& sorted : pieces_) {
      entries_ += sorted.entries.size();
      ones_ += sorted.ones.size();
      for (int k = 0; k < 4; k++) any.limb[k] |= sorted.any.limb[k];
    }
    const int bits = bitLength(any);
    double best = 0;
    for (int c = 4; c <= 16 && entries_ > 0; c++) {
      const int count = (bits + c) / c;
      // In field multiplications: six an addition, twice that a bucket, and what a window takes anyhow.
      const double cost = count * ((double)entries_ * 6 + (1 << (c - 1)) * 14.0 + 4000);
      if (window_ == 0 || cost < best) {
        best = cost;
        window_ = c;
        windows_ = count;
      }
    }
    results_.assign(1 + windows_, Point::zero());
    for (auto& sorted : pieces_) sorted.addOffset(window_, windows_);
  }

  void sumOnes() {
    const auto buffers = lender_.borrow();
    auto& entries = buffers->entries;
    entries.clear();
    for (const auto& sorted : pieces_) entries.insert(entries.end(), sorted.ones.begin(), sorted.ones.end());
    uint64_t sum[stride];
    buffers->summer.run(points_.data(), entries, {0, (uint32_t)entries.size()}, sum);
    const Scalar x = C::unpack(sum), y = C::unpack(sum + C::words);
    if (!(x.isZero() && y.isZero())) results_[0] = {x, y, Scalar::one()};
  }

  /** Digits lie between -2^(window - 1) and 2^(window - 1); the highest has a bit more, and no sign. */
  void sumWindow(int window) {
    const auto buffers = lender_.borrow();
    auto& [summer, weighted, sums, digits, places, offsets, entries] = *buffers;
    const bool isHighest = window + 1 == windows_;
    size_t buckets = (size_t)1 << (window_ - 1);
    digits.resize(entries_);
    places.assign(buckets + 1, 0);
    size_t count = 0;
    for (const auto& sorted : pieces_) {
      const uint64_t mask = ((uint64_t)(isHighest ? 2 : 1) << window_) - 1;
      sorted.writeDigits(window * window_, mask, isHighest ? 0 : 1 << (window_ - 1), &digits[count]);
      count += sorted.entries.size();
    }
    for (const int32_t digit : digits) places[std::abs(digit)]++;
    // The highest digits may leave most buckets empty.
    while (buckets > (size_t)L::width && std::all_of(&places[buckets / 2 + 1], &places[buckets] + 1, [](uint32_t n) { return n == 0; })) {
      buckets /= 2;
    }
    // Bucket b holds the digits b + 1 and -(b + 1); digits of 0 are left out.
    offsets.assign(buckets + 1, 0);
    for (size_t b = 0; b < buckets; b++) {
      offsets[b + 1] = offsets[b] + places[b + 1];
      places[b + 1] = offsets[b];
    }
    // Digits of 0 go where nothing is read, which spares a branch.
    places[0] = offsets[buckets];
    entries.resize(count);
    const int32_t* digit = digits.data();
    for (const auto& sorted : pieces_) {
      for (const Entry entry : sorted.entries) {
        const uint32_t sign = (uint32_t)(*digit >> 31);
        entries[places[((uint32_t)*digit++ ^ sign) - sign]++] = entry ^ (sign & negated);
      }
    }
    sums.reserve(buckets);
    summer.run(points_.data(), entries, offsets, sums.data());
    results_[1 + window] = weighted.run(sums.data(), buckets);
  }
};

}  // namespace zkserve
