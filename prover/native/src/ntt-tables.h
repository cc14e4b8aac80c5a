// Factors of the transforms of one size, in the order of their use.
#pragma once
#include <vector>

#include "field.h"

namespace zkserve {

/** A generator of the roots of unity of order 2^power (snarkjs' choice: 5 is the non-residue). */
inline Fr rootOfUnity(int power) {
  U256 exponent = ScalarField::modulus;
  exponent.limb[0] -= 1;
  for (int i = 0; i < 28; i++) {
    for (int k = 0; k < 4; k++) exponent.limb[k] = (exponent.limb[k] >> 1) | (k < 3 ? exponent.limb[k + 1] << 63 : 0);
  }
  Fr root = Fr::of({{5, 0, 0, 0}}).power(exponent);
  for (int i = 28; i > power; i--) root = root.squared();
  return root;
}

/** Where the factors lie in memory that is aligned to 64 bytes; positions depend on the power alone. */
template <class L>
struct TransformTables {
  using Constant = typename L::Constant;
  /** Changes whenever the same power gets other bytes. */
  static constexpr uint32_t version = 1;
  /** What one direction needs; inwards by the inverse of the root. */
  struct Direction {
    const L* crossing;         // between the steps across lanes and those inside, of `width` vectors transposed
    const Constant* across;    // powers of the root of order `width`
    const Constant* steps;     // w^2j, w^j, w^3j for each j, by level, the longest first
    const Constant* fourth;    // the root of order 4
  };
  Direction in, out;
  const Constant* shift;       // of the coset, and 1/N, by vector

  TransformTables(int power, const uint8_t* from) {
    const Sizes sizes(power);
    const L* lanes = (const L*)from;
    const Constant* constants = (const Constant*)(lanes + 2 * sizes.crossing);
    for (Direction* direction : {&in, &out}) {
      *direction = {lanes, constants, constants + sizes.across, constants + sizes.across + sizes.steps};
      lanes += sizes.crossing;
      constants += sizes.across + sizes.steps + 1;
    }
    shift = constants;
  }

  static size_t bytes(int power) {
    const Sizes sizes(power);
    const size_t constants = 2 * (sizes.across + sizes.steps + 1) + sizes.inner;
    return (2 * sizes.crossing * sizeof(L) + constants * sizeof(Constant) + 63) / 64 * 64;
  }

  static void write(int power, uint8_t* to) {
    const Sizes sizes(power);
    const Fr root = rootOfUnity(power), shift = rootOfUnity(power + 1);
    L* lanes = (L*)to;
    Constant* constants = (Constant*)(lanes + 2 * sizes.crossing);
    const auto put = [&](const Fr& factor) { *constants++ = L::constant(L::packed(factor)); };
    for (const bool isIn : {true, false}) {
      const Fr base = isIn ? root.inverted() : root;
      // The coset's share of a lane goes with its factors on the way in.
      writeCrossing(lanes, sizes, base, isIn ? shift : Fr::one());
      lanes += sizes.crossing;
      const Fr unit = base.power({{sizes.size / L::width, 0, 0, 0}});
      Fr power = Fr::one();
      for (size_t k = 0; k < sizes.across; k++, power = power * unit) put(power);
      Fr step = base.power({{L::width, 0, 0, 0}});
      for (size_t length = sizes.inner; length > 4; length /= 4) {
        Fr w = Fr::one();
        for (size_t j = 0; j < length / 4; j++, w = w * step) {
          const Fr square = w.squared();
          put(square);
          put(w);
          put(square * w);
        }
        step = step.squared().squared();
      }
      put(base.power({{sizes.size / 4, 0, 0, 0}}));
    }
    const Fr step = shift.power({{L::width, 0, 0, 0}});
    std::vector<Fr> powers(1, Fr::one().doubled(power).inverted());
    while (powers.size() < sizes.inner) powers.push_back(powers.back() * step);
    for (size_t v = 0; v < sizes.inner; v++) put(powers[reversed(v, sizes.innerPower)]);
  }

 private:
  static constexpr int lanePower = L::width == 8 ? 3 : L::width == 4 ? 2 : L::width == 2 ? 1 : 0;
  static_assert(L::width == 1 << lanePower, "lanes come in powers of two");
  struct Sizes {
    size_t size, inner, crossing, across = L::width / 2, steps = 0;
    int innerPower;
    explicit Sizes(int power)
        : size((size_t)1 << power), inner(size / L::width), crossing(std::max<size_t>(inner, L::width)), innerPower(power - lanePower) {
      if (L::width == 1) crossing = 0;
      for (size_t length = inner; length > 4; length /= 4) steps += length / 4 * 3;
    }
  };

  static size_t reversed(size_t index, int bits) {
    size_t result = 0;
    for (int i = 0; i < bits; i++) result |= ((index >> i) & 1) << (bits - 1 - i);
    return result;
  }

  /** Vector v + p, lane k of a transposed block: (base^(v + k) · shift)^r, as lane p holds the frequencies r modulo the width. */
  static void writeCrossing(L* to, const Sizes& sizes, const Fr& base, const Fr& shift) {
    for (size_t p = 0; p < L::width; p++) {
      const U256 frequency{{reversed(p, lanePower), 0, 0, 0}};
      const Fr ratio = base.power(frequency);
      Fr factor = shift.power(frequency);
      for (size_t v = 0; v < sizes.crossing; v += L::width) {
        uint64_t words[L::width * 4];
        for (int lane = 0; lane < L::width; lane++, factor = factor * ratio) {
          const U256 packed = L::packed(factor);
          std::memcpy(words + lane * 4, &packed, 32);
        }
        to[v + p] = L::gather(words, L::consecutive(0, 4));
      }
    }
  }
};

}  // namespace zkserve
