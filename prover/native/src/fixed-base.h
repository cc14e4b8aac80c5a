// Multiples of one point by many scalars: a table of d·2^(w·c)·P for every window w and digit d, whose entries are then
// summed, as buckets are (Brickell, Gordon, McCurley, Wilson 1992, with signed digits).
#pragma once
#include "bucket-sums.h"
#include "overwrite.h"

namespace zkserve {

/** Bits of the scalar field's order, and so of any scalar. */
constexpr int scalarBits = 254;

template <class C, class L>
class FixedBaseTable {
  using Scalar = typename C::Scalar;
  static constexpr size_t stride = 2 * C::words;
  PointArray<C> points_;

 public:
  const int window, windows;
  /** Points of a window: the digits 1 … half. */
  const size_t half;

  /** The window with the fewest additions for table and scalars together. Beyond 14 bits nothing was gained. */
  static int bestWindow(size_t scalars) {
    int best = 2;
    double least = 0;
    for (int c = 2; c <= 14; c++) {
      const double additions = (double)(scalarBits / c + 1) * ((double)scalars + (double)((size_t)1 << (c - 1)));
      if (c > 2 && additions >= least) continue;
      best = c;
      least = additions;
    }
    return best;
  }

  /** The top window has room for the last carry. */
  explicit FixedBaseTable(int bits) : window(bits), windows(scalarBits / bits + 1), half((size_t)1 << (bits - 1)) {
    points_.reserve(windows * half);
  }
  const uint64_t* points() const { return points_.data(); }

  /** The first step: multiples by powers of two, all windows', by complete additions. */
  void fillPowers(const Scalar& x, const Scalar& y) {
    Projective<Scalar> power{x, y, Scalar::one()};
    for (int bit = 0; bit < windows * window; bit++) {
      const Scalar inverse = power.z.inverted();
      uint64_t* to = at(bit / window, (size_t)1 << (bit % window));
      C::pack(power.x * inverse, to);
      C::pack(power.y * inverse, to + C::words);
      power = addComplete(power, power, [](const Scalar& value) { return C::timesB3(value); });
    }
  }

  /** The second step, for every window, on any thread: [m + d] = [m] + [d] for each power of two m and d < m. */
  void fillWindow(int w) {
    BucketSummer<C, L> summer;
    std::vector<Entry> entries;
    std::vector<uint32_t> offsets;
    for (size_t m = 2; m < half; m *= 2) {
      entries.clear();
      offsets.assign(1, 0);
      for (size_t d = 1; d < m; d++) {
        entries.push_back(indexOf(w, d));
        entries.push_back(indexOf(w, m));
        offsets.push_back((uint32_t)entries.size());
      }
      summer.run(points_.data(), entries, offsets, at(w, m + 1));
    }
  }

  /** Appends the entries that sum to the multiple by a scalar below the order. */
  void addEntries(const U256& scalar, WipedVector<Entry>& entries) const {
    int64_t carry = 0;
    for (int w = 0; w < windows; w++) {
      const int from = w * window;
      uint64_t value = scalar.limb[from / 64] >> (from % 64);
      if (from % 64 + window > 64 && from / 64 < 3) value |= scalar.limb[from / 64 + 1] << (64 - from % 64);
      int64_t digit = (int64_t)(value & (2 * half - 1)) + carry;
      carry = digit > (int64_t)half;
      if (carry) digit -= (int64_t)(2 * half);
      if (digit > 0) entries.push_back(indexOf(w, (size_t)digit));
      if (digit < 0) entries.push_back(indexOf(w, (size_t)-digit) | negated);
    }
  }

 private:
  uint32_t indexOf(int w, size_t digit) const { return (uint32_t)((size_t)w * half + digit - 1); }
  uint64_t* at(int w, size_t digit) { return points_.at(indexOf(w, digit)); }
};

/** Multiplies on one thread. What tells the scalars is overwritten when it ends. */
template <class C, class L>
class FixedBaseMultiplier {
  using Scalar = typename C::Scalar;
  static constexpr size_t stride = 2 * C::words;
  const FixedBaseTable<C, L>& table_;
  BucketSummer<C, L> summer_;
  PointArray<C> sums_;
  WipedVector<Entry> entries_;
  std::vector<uint32_t> offsets_;

 public:
  explicit FixedBaseMultiplier(const FixedBaseTable<C, L>& table) : table_(table) {}

  /** @param to receives affine points of elements in Montgomery form with 2^256; the neutral element is all zero */
  void run(const U256* scalars, size_t count, uint8_t* to) {
    sums_.reserve(count);
    entries_.clear();
    offsets_.assign(1, 0);
    for (size_t i = 0; i < count; i++) {
      table_.addEntries(scalars[i], entries_);
      offsets_.push_back((uint32_t)entries_.size());
    }
    summer_.run(table_.points(), entries_, offsets_, sums_.data());
    for (size_t i = 0; i < count; i++) {
      const Scalar coordinates[2] = {C::unpack(sums_.at(i)), C::unpack(sums_.at(i) + C::words)};
      static_assert(sizeof coordinates == stride * 8, "coordinates without padding");
      std::memcpy(to + i * sizeof coordinates, coordinates, sizeof coordinates);
    }
  }
};

}  // namespace zkserve
