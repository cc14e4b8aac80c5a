// Affine additions of many pairs of points with one inversion (Montgomery's trick).
#pragma once
#include <algorithm>
#include <vector>

#include "point-array.h"

namespace zkserve {

/** Additions to make: where the operands lie, whether they are negated, where the sum goes. */
struct PairList {
  std::vector<uint32_t> left, right, target;
  std::vector<uint8_t> signs;  // bit 0: left negated, bit 1: right
  size_t count = 0;
  bool hasSigns = false;
  /** Empties the list and makes room for `most` pairs and those that fill the last vectors. */
  void start(size_t most, size_t padding) {
    count = 0;
    hasSigns = false;
    if (left.size() >= most + padding) return;
    left.resize(most + padding);
    right.resize(most + padding);
    target.resize(most + padding);
    signs.resize(most + padding);
  }
  void add(uint32_t from, uint32_t other, uint32_t to, uint8_t sign) {
    left[count] = from;
    right[count] = other;
    target[count] = to;
    signs[count++] = sign;
    hasSigns |= sign != 0;
  }
};

/** `L` is the lanes type of the base field, `C` the group's coordinates over it. */
template <class C, class L>
class PairAdder {
  using Lanes = typename C::Lanes;
  using Scalar = typename C::Scalar;
  static constexpr size_t stride = 2 * C::words;
  // Two products run beside each other, else each waits for the one before.
  static constexpr size_t chains = 2;
  // What the passes share stays in the second-level cache.
  static constexpr size_t batch = (320 << 10) / (2 * sizeof(Lanes));
  static constexpr size_t ahead = 4;

  std::vector<Lanes> differences_{batch}, prefixes_{batch};
  std::vector<uint32_t> slow_;
  bool neutralSeen_ = false;

 public:
  static constexpr size_t padding = chains * L::width * (1 + ahead);

  /** Call before additions whose operands none of the last sums are: points are never neutral, sums may be. */
  void forgetSums() { neutralSeen_ = false; }

  /** Adds all pairs: target[i] = ±left[i] ± right[i]. */
  void run(const uint64_t* source, uint64_t* sums, PairList& pairs) {
    if (pairs.count == 0) return;
    // The last pair fills the vectors up, and what is prefetched beyond them; its sum is written repeatedly.
    for (size_t i = pairs.count; i < pairs.count + padding; i++) {
      pairs.left[i] = pairs.left[pairs.count - 1];
      pairs.right[i] = pairs.right[pairs.count - 1];
      pairs.target[i] = pairs.target[pairs.count - 1];
      pairs.signs[i] = pairs.signs[pairs.count - 1];
    }
    const size_t vectors = (pairs.count + chains * L::width - 1) / (chains * L::width) * chains;
    for (size_t first = 0; first < vectors; first += batch) {
      const size_t count = std::min(batch, vectors - first);
      slow_.clear();
      Lanes inverses[chains];
      if (neutralSeen_ || !multiplyDifferences<false>(source, pairs, first, count, inverses)) {
        multiplyDifferences<true>(source, pairs, first, count, inverses);
      }
      if (pairs.hasSigns) {
        addBatch<true>(source, sums, pairs, first, count, inverses);
      } else {
        addBatch<false>(source, sums, pairs, first, count, inverses);
      }
      for (const uint32_t i : slow_) addSlow(source, sums, pairs, i);
    }
  }

 private:
  /**
   * Products of x2 - x1 up to each pair, and the inverse of each chain's. Neutral elements, doublings and opposite
   * points are rare: the careful way sets them aside; the other fails where a product shows a difference of 0.
   */
  template <bool careful>
  bool multiplyDifferences(const uint64_t* source, const PairList& pairs, size_t first, size_t count, Lanes* inverses) {
    Lanes products[chains];
    for (auto& product : products) product = Lanes::one();
    for (size_t v = 0; v < count; v += chains) {
      for (size_t k = 0; k < chains; k++) {
        const size_t at = (first + v + k) * L::width;
        for (size_t lane = 0; lane < L::width; lane++) {
          const size_t later = at + ahead * chains * L::width + lane;
          C::prefetch(source + pairs.left[later] * stride);
          C::prefetch(source + pairs.right[later] * stride);
        }
        Lanes x1, x2;
        C::gatherX(source, &pairs.left[at], x1);
        C::gatherX(source, &pairs.right[at], x2);
        Lanes difference = x2 - x1;
        if constexpr (careful) {
          const auto special = x1.isZero() | x2.isZero() | difference.isZero();
          difference = C::select(special, difference, Lanes::one());
          for (int lane = 0; lane < L::width; lane++) {
            if ((special >> lane) & 1) slow_.push_back((uint32_t)(at + lane));
          }
        }
        differences_[v + k] = difference;
        prefixes_[v + k] = products[k];
        products[k] = products[k] * difference;
      }
    }
    const Lanes product = products[0] * products[1];
    if (!careful && product.isZero()) return false;
    const Lanes inverse = product.inverted();
    inverses[0] = inverse * products[1];
    inverses[1] = inverse * products[0];
    return true;
  }

  template <bool isSigned>
  void addBatch(const uint64_t* source, uint64_t* sums, const PairList& pairs, size_t first, size_t count, Lanes* inverses) {
    for (size_t v = count; v > 0;) {
      v -= chains;
      // Step by step for all chains, so that the processor finds independent work near by.
      Lanes x1[chains], y1[chains], x2[chains], y2[chains], slope[chains], x3[chains];
      typename L::Mask negated[chains];
      for (size_t k = 0; k < chains; k++) {
        const size_t at = (first + v + k) * L::width;
        C::gatherPoints(source, &pairs.left[at], x1[k], y1[k]);
        C::gatherPoints(source, &pairs.right[at], x2[k], y2[k]);
        negated[k] = isSigned ? L::bits(&pairs.signs[at], 0) : 0;
      }
      for (size_t k = 0; k < chains; k++) {
        slope[k] = prefixes_[v + k] * inverses[k];
        inverses[k] = inverses[k] * differences_[v + k];
      }
      for (size_t k = 0; k < chains; k++) {
        if constexpr (isSigned) {
          const auto other = L::bits(&pairs.signs[(first + v + k) * L::width], 1);
          slope[k] = (C::withSign(other, y2[k]) - C::withSign(negated[k], y1[k])) * slope[k];
        } else {
          slope[k] = (y2[k] - y1[k]) * slope[k];
        }
      }
      for (size_t k = 0; k < chains; k++) x3[k] = slope[k].squared() - x1[k] - x2[k];
      for (size_t k = 0; k < chains; k++) {
        const auto product = slope[k] * (x1[k] - x3[k]);
        Lanes y3;
        if constexpr (isSigned) {
          y3 = product - C::withSign(negated[k], y1[k]);
        } else {
          y3 = product - y1[k];
        }
        C::scatterPoints(sums, &pairs.target[(first + v + k) * L::width], x3[k], y3);
      }
    }
  }

  void addSlow(const uint64_t* source, uint64_t* sums, const PairList& pairs, size_t i) {
    const uint64_t* a = source + (size_t)pairs.left[i] * stride;
    const uint64_t* b = source + (size_t)pairs.right[i] * stride;
    Scalar x1 = C::unpack(a), y1 = C::unpack(a + C::words), x2 = C::unpack(b), y2 = C::unpack(b + C::words);
    if (pairs.signs[i] & 1) y1 = y1.negated();
    if (pairs.signs[i] & 2) y2 = y2.negated();
    Scalar x3 = Scalar::zero(), y3 = Scalar::zero();
    if (x1.isZero() && y1.isZero()) {
      x3 = x2;
      y3 = y2;
    } else if (x2.isZero() && y2.isZero()) {
      x3 = x1;
      y3 = y1;
    } else if (!(x1 == x2) || y1 == y2) {
      const bool doubling = x1 == x2;
      const Scalar square = x1.squared();
      const Scalar slope =
          doubling ? (square + square + square) * (y1 + y1).inverted() : (y2 - y1) * (x2 - x1).inverted();
      x3 = slope.squared() - x1 - x2;
      y3 = slope * (x1 - x3) - y1;
    }
    neutralSeen_ |= x3.isZero() && y3.isZero();
    uint64_t* to = sums + (size_t)pairs.target[i] * stride;
    C::pack(x3, to);
    C::pack(y3, to + C::words);
  }
};

}  // namespace zkserve
