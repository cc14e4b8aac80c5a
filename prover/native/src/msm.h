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
  /** How the scalars of one class are cut into digits. */
  struct Windows {
    int bits = 0, count = 0;
    size_t entries = 0;
    int together = 1;  // in one task: few entries do not fill one
    std::vector<Point> results;
  };
  PointView<C> points_;
  Lender<Buffers>& lender_;
  std::vector<SortedScalars> pieces_;
  Windows windows_[SortedScalars::classCount];
  size_t ones_ = 0;
  Point sumOfOnes_ = Point::zero();

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

  /** The second step's tasks: one sums the ones, the others some windows each. */
  void addTasks(std::vector<Task>& tasks, Stage stage, double weight) {
    for (const auto& sorted : pieces_) ones_ += sorted.ones.size();
    if (ones_ > 0) tasks.push_back({stage, weight * (double)ones_, [this] { sumOnes(); }});
    for (int which = 0; which < SortedScalars::classCount; which++) {
      chooseWindows(which);
      const Windows& windows = windows_[which];
      const double cost = (double)windows.entries + (double)(2 << windows.bits);
      for (int w = 0; w < windows.count; w += windows.together) {
        tasks.push_back({stage, weight * cost * windows.together, [this, which, w] { sumWindows(which, w); }});
      }
    }
  }

  Point result() const {
    Point sum = sumOfOnes_;
    for (const Windows& windows : windows_) {
      Point all = Point::zero();
      for (int w = windows.count; w-- > 0;) {
        for (int i = 0; i < windows.bits; i++) all = add(all, all);
        all = add(all, windows.results[w]);
      }
      sum = add(sum, all);
    }
    return sum;
  }

 private:
  static Point add(const Point& p, const Point& q) {
    return addComplete(p, q, [](const Scalar& x) { return C::timesB3(x); });
  }

  void chooseWindows(int which) {
    Windows& windows = windows_[which];
    U256 any{{0, 0, 0, 0}};
    for (const auto& sorted : pieces_) {
      const ScalarClass& scalars = sorted.classes[which];
      windows.entries += scalars.entries.size();
      for (int k = 0; k < 4; k++) any.limb[k] |= scalars.any.limb[k];
    }
    if (windows.entries == 0) return;
    double best = 0;
    for (int c = 4; c <= 16; c++) {
      const int count = (bitLength(any) + c) / c;
      // In field multiplications: six an addition, twice that a bucket, and what a window takes anyhow.
      const double cost = count * ((double)windows.entries * 6 + (1 << (c - 1)) * 14.0 + 1000);
      if (windows.bits == 0 || cost < best) {
        best = cost;
        windows.bits = c;
        windows.count = count;
      }
    }
    while (windows.entries < (1 << 14) && windows.together < std::min<int>(L::width, windows.count)) windows.together *= 2;
    windows.results.assign((windows.count + L::width - 1) / L::width * L::width, Point::zero());
    for (auto& sorted : pieces_) sorted.classes[which].addOffset(windows.bits, windows.count);
  }

  void sumOnes() {
    const auto buffers = lender_.borrow();
    auto& entries = buffers->entries;
    entries.clear();
    for (const auto& sorted : pieces_) entries.insert(entries.end(), sorted.ones.begin(), sorted.ones.end());
    uint64_t sum[stride];
    buffers->summer.run(points_.data(), entries, {0, (uint32_t)entries.size()}, sum);
    const Scalar x = C::unpack(sum), y = C::unpack(sum + C::words);
    if (!(x.isZero() && y.isZero())) sumOfOnes_ = {x, y, Scalar::one()};
  }

  /** Digits lie between -2^(bits - 1) and 2^(bits - 1); the highest has a bit more, and no sign. */
  void sumWindows(int which, int first) {
    const auto buffers = lender_.borrow();
    auto& [summer, weighted, sums, digits, places, offsets, entries] = *buffers;
    Windows& windows = windows_[which];
    const int count = std::min(windows.together, windows.count - first);
    size_t buckets = (size_t)1 << (windows.bits - 1);
    entries.resize(windows.entries * count);
    offsets.assign(1, 0);
    for (int w = first; w < first + count; w++) {
      const bool isHighest = w + 1 == windows.count;
      digits.resize(windows.entries);
      size_t at = 0;
      for (const auto& sorted : pieces_) {
        const uint64_t mask = ((uint64_t)(isHighest ? 2 : 1) << windows.bits) - 1;
        sorted.classes[which].writeDigits(w * windows.bits, mask, isHighest ? 0 : 1 << (windows.bits - 1), digits.data() + at);
        at += sorted.classes[which].entries.size();
      }
      places.assign(buckets + 1, 0);
      for (const int32_t digit : digits) places[std::abs(digit)]++;
      // The highest digits alone may leave most buckets empty.
      while (windows.together == 1 && buckets > (size_t)L::width &&
             std::all_of(&places[buckets / 2 + 1], &places[buckets] + 1, [](uint32_t n) { return n == 0; })) {
        buckets /= 2;
      }
      // Bucket b holds the digits b + 1 and -(b + 1); digits of 0 are left out.
      for (size_t b = 0; b < buckets; b++) {
        const uint32_t start = offsets.back();
        offsets.push_back(start + places[b + 1]);
        places[b + 1] = start;
      }
      // Digits of 0 go where the next window writes, or nothing is read, which spares a branch.
      places[0] = offsets.back();
      const int32_t* digit = digits.data();
      for (const auto& sorted : pieces_) {
        for (const Entry entry : sorted.classes[which].entries) {
          const uint32_t sign = (uint32_t)(*digit >> 31);
          entries[places[((uint32_t)*digit++ ^ sign) - sign]++] = entry ^ (sign & negated);
        }
      }
    }
    offsets.resize(buckets * windows.together + 1, offsets.back());
    sums.reserve(buckets * windows.together);
    summer.run(points_.data(), entries, offsets, sums.data());
    weighted.run(sums.data(), buckets, (size_t)windows.together, &windows.results[first]);
  }
};

}  // namespace zkserve
