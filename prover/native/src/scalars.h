// Scalars sorted by what they cost: zeros dropped, ones apart, the rest cut into signed digits.
#pragma once
#include <vector>

#include "fail.h"
#include "field.h"

namespace zkserve {

/** A point's index, with the top bit set where the point enters negated. */
using Entry = uint32_t;
constexpr Entry negated = 1u << 31;

/** Scalars of like length, by limb, as a digit needs two limbs at most. */
struct ScalarClass {
  std::vector<Entry> entries;
  std::vector<uint64_t> magnitudes[4];
  U256 any{{0, 0, 0, 0}};  // bits that some magnitude has

  void add(Entry entry, const U256& magnitude) {
    entries.push_back(entry);
    for (int k = 0; k < 4; k++) {
      magnitudes[k].push_back(magnitude.limb[k]);
      any.limb[k] |= magnitude.limb[k];
    }
  }

  /**
   * Adds half a digit's range to every digit but the highest, so that a signed digit is a plain one less that half,
   * whatever the digits below. The sum stays below 2^256, as magnitudes lie below 2^253.
   */
  void addOffset(int window, int windows) {
    U256 offset{{0, 0, 0, 0}};
    for (int w = 0; w + 1 < windows; w++) {
      const int bit = w * window + window - 1;
      offset.limb[bit / 64] |= (uint64_t)1 << (bit % 64);
    }
    for (size_t i = 0; i < entries.size(); i++) {
      uint8_t carry = 0;
      for (int k = 0; k < 4; k++) magnitudes[k][i] = addCarry(magnitudes[k][i], offset.limb[k], carry);
    }
  }

  /** Digits of `mask`'s length from bit `from` on, less `half`. */
  void writeDigits(int from, uint64_t mask, int32_t half, int32_t* to) const {
    const size_t count = entries.size();
    const int shift = from % 64;
    const uint64_t* low = magnitudes[from / 64].data();
    if (from / 64 == 3 || (mask << shift) >> shift == mask) {
      for (size_t i = 0; i < count; i++) to[i] = (int32_t)((low[i] >> shift) & mask) - half;
      return;
    }
    const uint64_t* high = magnitudes[from / 64 + 1].data();
    for (size_t i = 0; i < count; i++) to[i] = (int32_t)(((low[i] >> shift) | (high[i] << (64 - shift))) & mask) - half;
  }
};

struct SortedScalars {
  static constexpr int classCount = 2;
  std::vector<Entry> ones;          // scalars 1 and -1
  ScalarClass classes[classCount];  // all others, by the smaller of s and r - s: below 2^32, and longer ones

  /**
   * Scalars first … end, each below the group's order.
   * @param isNeutral by point: those count for nothing
   */
  void sort(const U256* scalars, size_t first, size_t end, const uint8_t* isNeutral) {
    U256 half = ScalarField::modulus;
    for (int i = 0; i < 4; i++) half.limb[i] = (half.limb[i] >> 1) | (i < 3 ? half.limb[i + 1] << 63 : 0);
    ones.resize(end - first);
    size_t oneCount = 0;
    for (size_t i = first; i < end; i++) {
      U256 s = scalars[i];
      // Bits come at random: no branch parts zeros from ones.
      ones[oneCount] = (Entry)i;
      if (s.limb[0] <= 1 && (s.limb[1] | s.limb[2] | s.limb[3]) == 0) {
        oneCount += s.limb[0] & (isNeutral[i] ^ 1u);
        continue;
      }
      if (isNeutral[i]) continue;
      // A larger one's highest digit would lie beyond the buckets.
      if (!lessThan(s, ScalarField::modulus)) fail("a scalar exceeds the field");
      Entry entry = (Entry)i;
      if (lessThan(half, s)) {
        uint8_t borrow;
        s = subRaw(ScalarField::modulus, s, borrow);
        entry |= negated;
      }
      if (s.limb[0] == 1 && (s.limb[1] | s.limb[2] | s.limb[3]) == 0) {
        ones[oneCount++] = entry;
        continue;
      }
      classes[bitLength(s) > 32].add(entry, s);
    }
    ones.resize(oneCount);
  }
};

}  // namespace zkserve
