// Sums of points by bucket: a tree of pairwise affine additions, many side by side with one inversion.
#pragma once
#include <vector>

#include "curve.h"

namespace zkserve {

/**
 * Points of one group in memory: x, y packed as the lanes have them; (0, 0) is the neutral element, which is on
 * neither curve.
 */
template <class C>
struct PointArray {
  static constexpr int stride = 2 * C::words;
  std::vector<uint64_t> words;
  uint64_t* at(size_t i) { return words.data() + i * stride; }
  void reserve(size_t count) {
    if (words.size() < count * stride) words.resize(count * stride);
  }
};

/** One addition of a level of the tree: where its operands lie, whether they are negated, where the sum goes. */
struct PairList {
  std::vector<uint32_t> left, right, target;
  std::vector<uint8_t> signs;  // bit 0: left negated, bit 1: right
  size_t count = 0;
  bool hasSigns = false;
  size_t size() const { return count; }
  /** Empties the list and makes room. */
  void start(size_t most) {
    count = 0;
    hasSigns = false;
    if (left.size() >= most) return;
    left.resize(most);
    right.resize(most);
    target.resize(most);
    signs.resize(most);
  }
  void add(uint32_t from, uint32_t other, uint32_t to, uint8_t sign) {
    left[count] = from;
    right[count] = other;
    target[count] = to;
    signs[count++] = sign;
    hasSigns |= sign != 0;
  }
};

template <class C>
struct PairAdder {
  using Lanes = typename C::Lanes;
  using Scalar = typename C::Scalar;
  static constexpr int stride = 2 * C::words;
  static constexpr size_t batch = 512;

  std::vector<Lanes> differences{batch}, prefixes{batch};
  std::vector<uint32_t> slow;

  /** Adds all pairs: target[i] = ±left[i] ± right[i]. `L` is the lanes type of the base field. */
  template <class L>
  void run(const uint64_t* source, uint64_t* sums, const PairList& pairs) {
    const size_t vectors = pairs.size() / L::width;
    for (size_t first = 0; first < vectors; first += batch) {
      runBatch<L>(source, sums, pairs, first, std::min(batch, vectors - first));
    }
    for (size_t i = vectors * L::width; i < pairs.size(); i++) addSlow(source, sums, pairs, i);
  }

 private:
  template <class L>
  void runBatch(const uint64_t* source, uint64_t* sums, const PairList& pairs, size_t first, size_t count) {
    slow.clear();
    Lanes product = Lanes::one();
    for (size_t v = 0; v < count; v++) {
      const size_t at = (first + v) * L::width;
      const Lanes x1 = C::gather(source, L::wordsAt(&pairs.left[at], stride));
      const Lanes x2 = C::gather(source, L::wordsAt(&pairs.right[at], stride));
      Lanes difference = x2 - x1;
      // Neutral elements, doublings and opposite points are rare: they are added one by one afterwards.
      const auto special = x1.isZero() | x2.isZero() | difference.isZero();
      if (special) {
        difference = C::select(special, difference, Lanes::one());
        for (int lane = 0; lane < L::width; lane++) {
          if ((special >> lane) & 1) slow.push_back((uint32_t)(at + lane));
        }
      }
      differences[v] = difference;
      prefixes[v] = product;
      product = product * difference;
    }
    Lanes inverse = product.inverted();
    for (size_t v = count; v-- > 0;) {
      const size_t at = (first + v) * L::width;
      Lanes x1, y1, x2, y2;
      C::gatherPoints(source, &pairs.left[at], x1, y1);
      C::gatherPoints(source, &pairs.right[at], x2, y2);
      if (pairs.hasSigns) {
        typename L::Mask leftSigns = 0, rightSigns = 0;
        for (int lane = 0; lane < L::width; lane++) {
          leftSigns |= (typename L::Mask)((pairs.signs[at + lane] & 1) << lane);
          rightSigns |= (typename L::Mask)((pairs.signs[at + lane] >> 1) << lane);
        }
        y1 = C::select(leftSigns, y1, y1.negated());
        y2 = C::select(rightSigns, y2, y2.negated());
      }
      const Lanes slope = (y2 - y1) * (prefixes[v] * inverse);
      inverse = inverse * differences[v];
      const Lanes x3 = slope.squared() - x1 - x2;
      const Lanes y3 = slope * (x1 - x3) - y1;
      C::scatterPoints(sums, &pairs.target[at], x3, y3);
    }
    for (const uint32_t i : slow) addSlow(source, sums, pairs, i);
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
    uint64_t* to = sums + (size_t)pairs.target[i] * stride;
    C::pack(x3, to);
    C::pack(y3, to + C::words);
  }
};

}  // namespace zkserve
