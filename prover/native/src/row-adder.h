// Affine additions of many points, lane by lane, with one inversion (Montgomery's trick).
#pragma once
#include <algorithm>
#include <vector>

#include "point-array.h"

namespace zkserve {

/** `L` is the lanes type of the base field, `C` the group's coordinates over it. */
template <class C, class L>
class RowAdder {
 public:
  using Lanes = typename C::Lanes;
  using Factor = typename C::Factor;
  using Scalar = typename C::Scalar;
  using Mask = typename L::Mask;

  /** A point in each lane; (0, 0) is the neutral element. */
  struct Row {
    Lanes x, y;
  };
  /** Row `left` becomes the sum of both, or the left operand alone, or the right, in the lanes of a mask. */
  struct Pair {
    uint32_t left, right;
    Mask onlyLeft, onlyRight = 0;
  };

  /** Call before additions whose operands are none of the last sums: whether some may be neutral. */
  void expectNeutral(bool expected) { neutralSeen_ = expected; }

  void run(Row* rows, std::vector<Pair>& pairs) {
    run(rows, pairs, [](uint32_t) {});
  }
  /**
   * Adds all pairs, no two of which share a row.
   * @param load makes a row before it is used; where memory is slow the additions before it go on meanwhile
   */
  template <class Load>
  void run(Row* rows, std::vector<Pair>& pairs, Load load) {
    if (pairs.empty()) return;
    // The last vector is filled up by a pair without right operands.
    if (pairs.size() % chains != 0) pairs.push_back({pairs.back().left, pairs.back().left, (Mask)-1});
    for (size_t first = 0; first < pairs.size(); first += batch) {
      const size_t count = std::min(batch, pairs.size() - first);
      if (differences_.size() < count) {
        differences_.resize(count);
        prefixes_.resize(count);
      }
      slow_.clear();
      Factor inverses[chains];
      if (neutralSeen_) {
        multiplyDifferences<true>(rows, &pairs[first], count, inverses, load);
      } else if (!multiplyDifferences<false>(rows, &pairs[first], count, inverses, load)) {
        multiplyDifferences<true>(rows, &pairs[first], count, inverses, [](uint32_t) {});
      }
      addBatch(rows, &pairs[first], count, inverses);
      for (const Slow& each : slow_) write(rows[each.row], each.lane, each.x, each.y);
    }
  }

 private:
  // Two products run beside each other, else each waits for the one before.
  static constexpr size_t chains = 2;
  // What the passes share stays in the second-level cache.
  static constexpr size_t batch = (640 << 10) / (2 * sizeof(Lanes));
  /** A sum that the formula does not give. */
  struct Slow {
    uint32_t row;
    int lane;
    Scalar x, y;
  };
  WipedVector<Factor> differences_, prefixes_;
  WipedVector<Slow> slow_;
  bool neutralSeen_ = false;

  /**
   * Products of x2 - x1 up to each pair, and the inverse of each chain's. Neutral elements, doublings and opposite
   * points are rare: the careful way sets them aside; the other fails where a product shows a difference of 0.
   */
  template <bool careful, class Load>
  bool multiplyDifferences(const Row* rows, Pair* pairs, size_t count, Factor* inverses, Load load) {
    Factor products[chains];
    for (auto& product : products) product = Lanes::one();
    for (size_t v = 0; v < count; v += chains) {
      for (size_t k = 0; k < chains; k++) {
        Pair& pair = pairs[v + k];
        load(pair.left);
        load(pair.right);
        if constexpr (careful) findNeutral(rows, pair);
        Factor difference = rows[pair.right].x - rows[pair.left].x;
        const auto alone = (Mask)(pair.onlyLeft | pair.onlyRight);
        if (careful || alone) {
          const Lanes reduced = C::select(alone, Lanes(rows[pair.right].x - rows[pair.left].x), Lanes::one());
          const auto equal = (Mask)(careful ? reduced.isZero() : 0);
          for (int lane = 0; careful && lane < L::width; lane++) {
            if ((equal >> lane) & 1) addSlow(rows, pair, lane);
          }
          difference = C::select(equal, reduced, Lanes::one());
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

  void addBatch(Row* rows, const Pair* pairs, size_t count, Factor* inverses) {
    for (size_t v = count; v > 0;) {
      v -= chains;
      // Step by step for all chains, so that the processor finds independent work near by.
      Factor slope[chains];
      Lanes x3[chains], y3[chains];
      for (size_t k = 0; k < chains; k++) {
        slope[k] = prefixes_[v + k] * inverses[k];
        inverses[k] = inverses[k] * differences_[v + k];
      }
      for (size_t k = 0; k < chains; k++) slope[k] = (rows[pairs[v + k].right].y - rows[pairs[v + k].left].y) * slope[k];
      for (size_t k = 0; k < chains; k++) {
        x3[k] = slope[k].squared() - rows[pairs[v + k].left].x - rows[pairs[v + k].right].x;
      }
      for (size_t k = 0; k < chains; k++) {
        const Row& left = rows[pairs[v + k].left];
        y3[k] = slope[k] * (left.x - x3[k]) - left.y;
      }
      for (size_t k = 0; k < chains; k++) {
        Row& left = rows[pairs[v + k].left];
        if (const Mask mask = pairs[v + k].onlyLeft) {
          x3[k] = C::select(mask, x3[k], left.x);
          y3[k] = C::select(mask, y3[k], left.y);
        }
        if (const Mask mask = pairs[v + k].onlyRight) {
          x3[k] = C::select(mask, x3[k], rows[pairs[v + k].right].x);
          y3[k] = C::select(mask, y3[k], rows[pairs[v + k].right].y);
        }
        left = {x3[k], y3[k]};
      }
    }
  }

  static Scalar read(const Lanes& lanes, int lane) {
    uint64_t words[L::width * C::words];
    C::scatter(lanes, words, L::consecutive(0, C::words), (Mask)-1);
    return C::unpack(words + lane * C::words);
  }
  static void write(Row& row, int lane, const Scalar& x, const Scalar& y) {
    uint64_t words[L::width * C::words];
    const auto set = [&](Lanes& to, const Scalar& value) {
      C::scatter(to, words, L::consecutive(0, C::words), (Mask)-1);
      C::pack(value, words + lane * C::words);
      to = C::gather(words, L::consecutive(0, C::words));
    };
    set(row.x, x);
    set(row.y, y);
  }

  static void findNeutral(const Row* rows, Pair& pair) {
    const auto neutral = [](const Row& row) { return (Mask)(row.x.isZero() & row.y.isZero()); };
    pair.onlyLeft = (Mask)(pair.onlyLeft | neutral(rows[pair.right]));
    pair.onlyRight = (Mask)(neutral(rows[pair.left]) & ~pair.onlyLeft);
  }

  /** Of points with the same x. */
  void addSlow(const Row* rows, const Pair& pair, int lane) {
    const Scalar x1 = read(rows[pair.left].x, lane), y1 = read(rows[pair.left].y, lane);
    const Scalar y2 = read(rows[pair.right].y, lane);
    Scalar x3 = Scalar::zero(), y3 = Scalar::zero();
    if (y1 == y2) {
      const Scalar square = x1.squared();
      const Scalar slope = (square + square + square) * (y1 + y1).inverted();
      x3 = slope.squared() - x1 - x1;
      y3 = slope * (x1 - x3) - y1;
    }
    neutralSeen_ |= x3.isZero() && y3.isZero();
    slow_.push_back({pair.left, lane, x3, y3});
  }
};

}  // namespace zkserve
