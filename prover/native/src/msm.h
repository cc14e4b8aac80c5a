// Multi-scalar multiplication: zeros dropped, ones summed, the rest by signed windows and batch-affine buckets.
#pragma once
#include <algorithm>

#include "bucket-sums.h"

namespace zkserve {

/** A point's index, with the top bit set where the point enters negated. */
using Entry = uint32_t;
constexpr Entry negated = 1u << 31;

template <class C, class L>
class BucketSummer {
  using Scalar = typename C::Scalar;
  static constexpr int stride = 2 * C::words;
  PairAdder<C> adder_;
  PairList pairs_;
  PointArray<C> current_, next_;
  std::vector<uint32_t> offsets_, nextOffsets_;

 public:
  /**
   * Sums of the points of each bucket: those of bucket b are entries[offsets[b] … offsets[b+1]).
   * @param sums room for one point a bucket; (0, 0) where it is empty
   */
  void run(const uint64_t* points, const std::vector<Entry>& entries, const std::vector<uint32_t>& offsets, uint64_t* sums) {
    const size_t buckets = offsets.size() - 1;
    offsets_ = offsets;
    const uint64_t* source = points;
    bool isFirst = true;
    for (;;) {
      uint32_t most = 0;
      for (size_t b = 0; b < buckets; b++) most = std::max(most, offsets_[b + 1] - offsets_[b]);
      if (most <= 1) break;
      nextOffsets_.resize(buckets + 1);
      nextOffsets_[0] = 0;
      for (size_t b = 0; b < buckets; b++) {
        nextOffsets_[b + 1] = nextOffsets_[b] + (offsets_[b + 1] - offsets_[b] + 1) / 2;
      }
      next_.reserve(nextOffsets_[buckets]);
      pairs_.start(offsets_[buckets] / 2);
      for (size_t b = 0; b < buckets; b++) {
        uint32_t to = nextOffsets_[b];
        uint32_t at = offsets_[b];
        for (; at + 1 < offsets_[b + 1]; at += 2, to++) {
          if (isFirst) {
            const Entry a = entries[at], b = entries[at + 1];
            pairs_.add(a & ~negated, b & ~negated, to, (uint8_t)((a >> 31) | ((b >> 31) << 1)));
          } else {
            pairs_.add(at, at + 1, to, 0);
          }
        }
        if (at < offsets_[b + 1]) copy(source, isFirst ? entries[at] : at, next_.at(to));
      }
      adder_.template run<L>(source, next_.words.data(), pairs_);
      std::swap(current_.words, next_.words);
      std::swap(offsets_, nextOffsets_);
      source = current_.words.data();
      isFirst = false;
    }
    std::memset(sums, 0, buckets * stride * 8);
    for (size_t b = 0; b < buckets; b++) {
      if (offsets_[b + 1] == offsets_[b]) continue;
      copy(source, isFirst ? entries[offsets_[b]] : offsets_[b], sums + b * stride);
    }
  }

 private:
  void copy(const uint64_t* source, Entry entry, uint64_t* to) {
    const uint64_t* from = source + (size_t)(entry & ~negated) * stride;
    std::memcpy(to, from, stride * 8);
    if (entry & negated) C::pack(C::unpack(from + C::words).negated(), to + C::words);
  }
};

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
  std::vector<Entry> ones;      // scalars 1 and -1
  std::vector<Entry> entries;   // all others, by the smaller of s and r - s
  std::vector<U256> magnitudes;
  int bits = 0;

  template <class ScalarAt, class IsNeutral>
  static SortedScalars of(size_t count, ScalarAt scalarAt, IsNeutral isNeutral) {
    SortedScalars sorted;
    U256 half = ScalarField::modulus;
    for (int i = 0; i < 4; i++) half.limb[i] = (half.limb[i] >> 1) | (i < 3 ? half.limb[i + 1] << 63 : 0);
    for (size_t i = 0; i < count; i++) {
      U256 s = scalarAt(i);
      if (s.isZero() || isNeutral(i)) continue;
      Entry sign = 0;
      if (lessThan(half, s)) {
        uint64_t borrow;
        s = subRaw(ScalarField::modulus, s, borrow);
        sign = negated;
      }
      if (s.limb[0] == 1 && (s.limb[1] | s.limb[2] | s.limb[3]) == 0) {
        sorted.ones.push_back((Entry)i | sign);
        continue;
      }
      sorted.entries.push_back((Entry)i | sign);
      sorted.magnitudes.push_back(s);
      for (int limb = 3; limb >= 0; limb--) {
        if (s.limb[limb] == 0) continue;
        sorted.bits = std::max(sorted.bits, 64 * limb + 64 - __builtin_clzll(s.limb[limb]));
        break;
      }
    }
    return sorted;
  }
};

/** One multiplication, split into tasks that may run on any thread. */
template <class C, class L>
class Multiplication {
  using Scalar = typename C::Scalar;
  using Point = Projective<Scalar>;
  static constexpr int stride = 2 * C::words;
  const uint64_t* points_;
  SortedScalars sorted_;
  int window_ = 0, windows_ = 0;
  std::vector<Point> results_;

 public:
  Multiplication(const uint64_t* points, SortedScalars sorted) : points_(points), sorted_(std::move(sorted)) {
    if (!sorted_.entries.empty()) {
      double best = 0;
      for (int c = 4; c <= 16; c++) {
        const int count = (sorted_.bits + 1 + c - 1) / c;
        const double cost = (double)count * ((double)sorted_.entries.size() * 6 + (1 << (c - 1)) * 28.0 + 3000);
        if (window_ == 0 || cost < best) {
          best = cost;
          window_ = c;
          windows_ = count;
        }
      }
    }
    results_.assign(1 + windows_, Point::zero());
  }
  /** Task 0 sums the ones, the others a window each. */
  int tasks() const { return 1 + windows_; }

  void run(int task) {
    // Its buffers serve every task of the thread.
    thread_local BucketSummer<C, L> summer;
    if (task == 0) {
      if (sorted_.ones.empty()) return;
      uint64_t sum[stride];
      summer.run(points_, sorted_.ones, {0, (uint32_t)sorted_.ones.size()}, sum);
      const Scalar x = C::unpack(sum), y = C::unpack(sum + C::words);
      if (!(x.isZero() && y.isZero())) results_[0] = {x, y, Scalar::one()};
      return;
    }
    const size_t buckets = (size_t)1 << (window_ - 1);
    const size_t count = sorted_.entries.size();
    std::vector<int32_t> digits(count);
    std::vector<uint32_t> offsets(buckets + 1, 0);
    for (size_t i = 0; i < count; i++) {
      const int digit = digitOf(sorted_.magnitudes[i], task - 1);
      digits[i] = digit;
      if (digit != 0) offsets[std::abs(digit)]++;
    }
    for (size_t b = 0; b < buckets; b++) offsets[b + 1] += offsets[b];
    std::vector<uint32_t> places(offsets.begin(), offsets.end() - 1);
    std::vector<Entry> entries(offsets[buckets]);
    for (size_t i = 0; i < count; i++) {
      if (digits[i] == 0) continue;
      entries[places[std::abs(digits[i]) - 1]++] = sorted_.entries[i] ^ (digits[i] < 0 ? negated : 0);
    }
    std::vector<uint64_t> sums(buckets * stride);
    summer.run(points_, entries, offsets, sums.data());
    results_[task] = weightedSum<C, L>(sums.data(), buckets);
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
  /** Signed digit: from -2^(c-1) + 1 to 2^(c-1), with the carry out of all digits below. */
  int digitOf(const U256& s, int window) const {
    const int c = window_;
    const auto bitsAt = [&](int from, int width) -> uint64_t {
      if (from >= 256) return 0;
      uint64_t value = s.limb[from / 64] >> (from % 64);
      if (from % 64 != 0 && from / 64 < 3) value |= s.limb[from / 64 + 1] << (64 - from % 64);
      return value & ((1ull << width) - 1);
    };
    // A digit above the half carries; one of exactly half does not, but does if the digit below carries into it.
    uint64_t carry = 0;
    const uint64_t half = 1ull << (c - 1);
    for (int w = window - 1; w >= 0; w--) {
      const uint64_t below = bitsAt(w * c, c);
      if (below == half) continue;
      carry = below > half;
      break;
    }
    const uint64_t digit = bitsAt(window * c, c) + carry;
    return digit > half ? (int)digit - (1 << c) : (int)digit;
  }
};

}  // namespace zkserve
