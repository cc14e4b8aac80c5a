// The constraints' rows times the witness.
#pragma once
#include <cstdlib>

#include "key.h"

namespace zkserve {

/** A witness: every signal as a number, and as a machine integer where it is small. */
struct Witness {
  const U256* values;
  std::vector<int32_t> smalls;  // values near 0 on either side; `large` where the value is not
  static constexpr int32_t large = INT32_MIN;

  Witness(const U256* numbers, size_t count) : values(numbers), smalls(count) {
    for (size_t i = 0; i < count; i++) {
      const U256& v = values[i];
      if (!lessThan(v, ScalarField::modulus)) fail("the witness exceeds the field");
      smalls[i] = isSmall(v) ? (int32_t)v.limb[0] : large;
      if (smalls[i] != large) continue;
      uint8_t borrow;
      const U256 opposite = subRaw(ScalarField::modulus, v, borrow);
      if (isSmall(opposite)) smalls[i] = -(int32_t)opposite.limb[0];
    }
    if (count == 0 || smalls[0] != 1) fail("the witness does not begin with 1");
  }
};

/** Row times witness, as a number. */
inline U256 rowValue(const Matrix& matrix, size_t row, const Witness& witness) {
  __int128 sum = 0;
  Fr rest = Fr::zero();
  bool hasRest = false;
  for (uint32_t i = matrix.smallRows[row]; i < matrix.smallRows[row + 1]; i++) {
    const auto& [signal, factor] = matrix.smalls[i];
    const int32_t small = witness.smalls[signal];
    if (small != Witness::large) {
      sum += (int64_t)small * factor;
    } else {
      const Fr magnitude = Fr::of({{(uint64_t)std::abs((int64_t)factor), 0, 0, 0}});
      const Fr product = magnitude * Fr::of(witness.values[signal]);
      rest = factor < 0 ? rest - product : rest + product;
      hasRest = true;
    }
  }
  for (uint32_t i = matrix.largeRows[row]; i < matrix.largeRows[row + 1]; i++) {
    const uint32_t signal = matrix.larges[i].signal;
    if (witness.values[signal].isZero()) continue;
    rest = rest + Fr{matrix.larges[i].factor} * Fr::of(witness.values[signal]);
    hasRest = true;
  }
  const unsigned __int128 magnitude = sum < 0 ? -(unsigned __int128)sum : (unsigned __int128)sum;
  U256 number{{(uint64_t)magnitude, (uint64_t)(magnitude >> 64), 0, 0}};
  if (sum < 0) {
    uint8_t borrow;
    number = subRaw(ScalarField::modulus, number, borrow);
  }
  return hasRest ? (rest + Fr::of(number)).number() : number;
}

}  // namespace zkserve
