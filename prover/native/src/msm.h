// Multi-scalar multiplication: zeros dropped, ones summed, the rest by signed windows and batch-affine buckets.
#pragma once
#include <algorithm>

#include "bucket-sums.h"
#include "fail.h"
#include "tasks.h"

namespace zkserve {

/** Σ (b + 1)·sums[b] over buckets whose number is a multiple of the lanes'. */
template <class C, class L>
Projective<typename C::Scalar> weightedSum(const uint64_t* sums, size_t buckets) {
  using Lanes = typename C::Lanes;
  using Scalar = typename C::Scalar;
  constexpr int stride = 2 * C::words;
  const size_t length = buckets / L::width;
  Projective<Lanes> running = Projective<Lanes>::zero(), total = Projective<Lanes>::zero();
  const Lanes one = Lanes::one(), none = Lanes::zero();
  const auto timesB3 = [](const auto& x) { return C::timesB3(x); };
  uint32_t records[L::width];
  for (size_t step = length; step-- > 0;) {
    for (int lane = 0; lane < L::width; lane++) records[lane] = (uint32_t)(lane * length + step);
    const auto at = L::wordsAt(records, stride);
    const Lanes x = C::gather(sums, at);
    Lanes y = C::gather(sums + C::words, at);
    const auto empty = (typename L::Mask)(x.isZero() & y.isZero());
    y = C::select(empty, y, one);
    running = addComplete(running, {x, y, C::select(empty, one, none)}, timesB3);
    total = addComplete(total, running, timesB3);
  }
  // Lane j lacks j·length times its running sum.
  const auto single = [&](const Projective<Scalar>& p, const Projective<Scalar>& q) {
    return addComplete(p, q, timesB3);
  };
  uint64_t packed[3][L::width * C::words];
  const auto unpackLanes = [&](const Projective<Lanes>& lanes) {
    const Lanes* parts[3] = {&lanes.x, &lanes.y, &lanes.z};
    for (int i = 0; i < 3; i++) {
      C::scatter(*parts[i], packed[i], L::consecutive(0, C::words), (typename L::Mask)((1u << L::width) - 1));
    }
    std::vector<Projective<Scalar>> points;
    for (int lane = 0; lane < L::width; lane++) {
      points.push_back({C::unpack(packed[0] + lane * C::words), C::unpack(packed[1] + lane * C::words),
                        C::unpack(packed[2] + lane * C::words)});
    }
    return points;
  };
  const auto runnings = unpackLanes(running), totals = unpackLanes(total);
  auto sum = Projective<Scalar>::zero(), suffix = Projective<Scalar>::zero(), weighted = Projective<Scalar>::zero();
  for (int lane = L::width; lane-- > 1;) {
    suffix = single(suffix, runnings[lane]);
    weighted = single(weighted, suffix);
  }
  for (size_t bit = 1; bit < length; bit *= 2) weighted = single(weighted, weighted);
  for (const auto& each : totals) sum = single(sum, each);
  return single(sum, weighted);
}

/** Scalars of one multiplication sorted by what they cost. */
struct SortedScalars {
  std::vector<Entry> ones;        // scalars 1 and -1
  std::vector<Entry> entries;     // all others, by the smaller of s and r - s
  std::vector<U256> magnitudes;
  int bits = 0;                   // of the largest magnitude

  /** @param isNeutral by point: those count for nothing */
  SortedScalars(const U256* scalars, size_t count, const uint8_t* isNeutral) {
    U256 half = ScalarField::modulus;
    for (int i = 0; i < 4; i++) half.limb[i] = (half.limb[i] >> 1) | (i < 3 ? half.limb[i + 1] << 63 : 0);
    U256 any{{0, 0, 0, 0}};
    for (size_t i = 0; i < count; i++) {
      U256 s = scalars[i];
      if (s.isZero() || isNeutral[i]) continue;
      // A larger one's highest digit would lie beyond the buckets.
      if (!lessThan(s, ScalarField::modulus)) fail("a scalar exceeds the field");
      Entry sign = 0;
      if (lessThan(half, s)) {
        uint8_t borrow;
        s = subRaw(ScalarField::modulus, s, borrow);
        sign = negated;
      }
      if (s.limb[0] == 1 && (s.limb[1] | s.limb[2] | s.limb[3]) == 0) {
        ones.push_back((Entry)i | sign);
        continue;
      }
      entries.push_back((Entry)i | sign);
      magnitudes.push_back(s);
      for (int k = 0; k < 4; k++) any.limb[k] |= s.limb[k];
    }
    for (int k = 0; k < 4; k++) {
      if (any.limb[k] != 0) bits = 64 * k + 64 - __builtin_clzll(any.limb[k]);
    }
  }
};

/** One multiplication, split into tasks that may run on any thread. */
template <class C, class L>
class Multiplication {
  using Scalar = typename C::Scalar;
  using Point = Projective<Scalar>;
  static constexpr size_t stride = 2 * C::words;
  PointView<C> points_;
  std::unique_ptr<SortedScalars> sorted_;
  int window_ = 0, windows_ = 0;
  std::vector<Point> results_;

 public:
  explicit Multiplication(PointView<C> points) : points_(points) {}

  /** The first step: one scalar for each of the first points, each below the group's order. */
  void sort(const U256* scalars, size_t count) {
    sorted_ = std::make_unique<SortedScalars>(scalars, count, points_.isNeutral);
    const double entries = (double)sorted_->entries.size();
    double best = 0;
    for (int c = 4; c <= 16 && entries > 0; c++) {
      const int count = (sorted_->bits + c) / c;
      // In field multiplications: six an addition, 24 a bucket, and what a window takes anyhow.
      const double cost = count * (entries * 6 + (1 << (c - 1)) * 24.0 + 3000);
      if (window_ == 0 || cost < best) {
        best = cost;
        window_ = c;
        windows_ = count;
      }
    }
    results_.assign(1 + windows_, Point::zero());
    addOffset();
  }

  /** The second step's tasks: one sums the ones, the others a window each. */
  void addTasks(std::vector<Task>& tasks, Stage stage, double weight) {
    tasks.push_back({stage, weight * (double)sorted_->ones.size(), [this] { sumOnes(); }});
    const double cost = (double)sorted_->entries.size() + (window_ > 0 ? (double)(4 << window_) : 0);
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
  /** Buffers that serve every task of a thread. */
  struct Scratch {
    BucketSummer<C, L> summer;
    PointArray<C> sums;
    std::vector<int32_t> digits;
    std::vector<uint32_t> places, offsets;
    std::vector<Entry> entries;
  };
  static Scratch& scratch() {
    thread_local Scratch scratch;
    return scratch;
  }

  void sumOnes() {
    if (sorted_->ones.empty()) return;
    uint64_t sum[stride];
    scratch().summer.run(points_.data(), sorted_->ones, {0, (uint32_t)sorted_->ones.size()}, sum);
    const Scalar x = C::unpack(sum), y = C::unpack(sum + C::words);
    if (!(x.isZero() && y.isZero())) results_[0] = {x, y, Scalar::one()};
  }

  void sumWindow(int window) {
    const size_t buckets = (size_t)1 << (window_ - 1);
    const size_t count = sorted_->entries.size();
    auto& [summer, sums, digits, places, offsets, entries] = scratch();
    digits.resize(count);
    places.assign(buckets + 1, 0);
    for (size_t i = 0; i < count; i++) {
      digits[i] = digitOf(sorted_->magnitudes[i], window);
      places[std::abs(digits[i])]++;
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
    for (size_t i = 0; i < count; i++) {
      const uint32_t sign = (uint32_t)(digits[i] >> 31);
      entries[places[((uint32_t)digits[i] ^ sign) - sign]++] = sorted_->entries[i] ^ (sign & negated);
    }
    sums.reserve(buckets);
    summer.run(points_.data(), entries, offsets, sums.data());
    results_[1 + window] = weightedSum<C, L>(sums.data(), buckets);
  }

  /**
   * Adds half a digit's range to every digit but the highest, so that a signed digit is a plain one less that half,
   * whatever the digits below. The sum stays below 2^256, as magnitudes lie below 2^253.
   */
  void addOffset() {
    U256 offset{{0, 0, 0, 0}};
    for (int w = 0; w + 1 < windows_; w++) {
      const int bit = w * window_ + window_ - 1;
      offset.limb[bit / 64] |= (uint64_t)1 << (bit % 64);
    }
    for (auto& magnitude : sorted_->magnitudes) magnitude = addRaw(magnitude, offset);
  }

  /** From -2^(window - 1) to 2^(window - 1). */
  int32_t digitOf(const U256& s, int window) const {
    const int from = window * window_;
    uint64_t value = s.limb[from / 64] >> (from % 64);
    if (from % 64 + window_ > 64 && from / 64 < 3) value |= s.limb[from / 64 + 1] << (64 - from % 64);
    const bool isHighest = window + 1 == windows_;
    const uint64_t digit = value & (isHighest ? ((uint64_t)2 << window_) - 1 : ((uint64_t)1 << window_) - 1);
    return (int32_t)digit - (isHighest ? 0 : 1 << (window_ - 1));
  }
};

}  // namespace zkserve
