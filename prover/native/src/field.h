// Prime fields of BN254 in Montgomery form, four 64-bit limbs: the portable arithmetic.
#pragma once
#include <cstdint>
#include <cstring>

namespace zkserve {

/** 256 bits, least significant limb first. */
struct alignas(8) U256 {
  uint64_t limb[4];
  bool operator==(const U256& other) const { return std::memcmp(limb, other.limb, 32) == 0; }
  bool isZero() const { return (limb[0] | limb[1] | limb[2] | limb[3]) == 0; }
};

inline uint64_t addCarry(uint64_t a, uint64_t b, uint64_t& carry) {
  unsigned __int128 sum = (unsigned __int128)a + b + carry;
  carry = (uint64_t)(sum >> 64);
  return (uint64_t)sum;
}

inline uint64_t subBorrow(uint64_t a, uint64_t b, uint64_t& borrow) {
  unsigned __int128 difference = (unsigned __int128)a - b - borrow;
  borrow = (uint64_t)(difference >> 64) & 1;
  return (uint64_t)difference;
}

inline U256 addRaw(const U256& a, const U256& b) {
  U256 r;
  uint64_t carry = 0;
  for (int i = 0; i < 4; i++) r.limb[i] = addCarry(a.limb[i], b.limb[i], carry);
  return r;
}

/** a - b, and whether it was negative. */
inline U256 subRaw(const U256& a, const U256& b, uint64_t& borrow) {
  U256 r;
  borrow = 0;
  for (int i = 0; i < 4; i++) r.limb[i] = subBorrow(a.limb[i], b.limb[i], borrow);
  return r;
}

inline bool lessThan(const U256& a, const U256& b) {
  uint64_t borrow;
  subRaw(a, b, borrow);
  return borrow;
}

/** The base field: coordinates of points. */
struct BaseField {
  static constexpr U256 modulus{{0x3c208c16d87cfd47, 0x97816a916871ca8d, 0xb85045b68181585d, 0x30644e72e131a029}};
  static constexpr uint64_t inverse64 = 0x87d20782e4866389;
};

/** The scalar field: witnesses. */
struct ScalarField {
  static constexpr U256 modulus{{0x43e1f593f0000001, 0x2833e84879b97091, 0xb85045b68181585d, 0x30644e72e131a029}};
  static constexpr uint64_t inverse64 = 0xc2e1f593efffffff;
};

/** An element below the modulus, times 2^256 modulo it. */
template <class P>
struct Element {
  U256 value;

  static Element zero() { return {{{0, 0, 0, 0}}}; }
  bool isZero() const { return value.isZero(); }
  bool operator==(const Element& other) const { return value == other.value; }

  static U256 reduceOnce(const U256& a) {
    uint64_t borrow;
    U256 reduced = subRaw(a, P::modulus, borrow);
    return borrow ? a : reduced;
  }
  friend Element operator+(const Element& a, const Element& b) { return {reduceOnce(addRaw(a.value, b.value))}; }
  friend Element operator-(const Element& a, const Element& b) {
    uint64_t borrow;
    U256 difference = subRaw(a.value, b.value, borrow);
    return {borrow ? addRaw(difference, P::modulus) : difference};
  }
  Element negated() const { return zero() - *this; }

  /** Montgomery product, row by row; the moduli leave two bits free, so no row overflows. */
  friend Element operator*(const Element& a, const Element& b) {
    const uint64_t* m = P::modulus.limb;
    uint64_t t[5] = {0, 0, 0, 0, 0};
    for (int i = 0; i < 4; i++) {
      unsigned __int128 x = (unsigned __int128)a.value.limb[i] * b.value.limb[0] + t[0];
      uint64_t high = (uint64_t)(x >> 64);
      uint64_t q = (uint64_t)x * P::inverse64;
      unsigned __int128 y = (unsigned __int128)q * m[0] + (uint64_t)x;
      uint64_t carry = (uint64_t)(y >> 64);
      for (int j = 1; j < 4; j++) {
        x = (unsigned __int128)a.value.limb[i] * b.value.limb[j] + t[j] + high;
        high = (uint64_t)(x >> 64);
        y = (unsigned __int128)q * m[j] + (uint64_t)x + carry;
        carry = (uint64_t)(y >> 64);
        t[j - 1] = (uint64_t)y;
      }
      t[3] = high + carry;
    }
    return {reduceOnce({{t[0], t[1], t[2], t[3]}})};
  }
  Element squared() const { return *this * *this; }

  /** 2^256 modulo the modulus: the number 1. */
  static Element one() {
    // 2^256 = 5·modulus + rest, for both moduli.
    U256 r{{0, 0, 0, 0}};
    uint64_t borrow;
    r = subRaw(r, P::modulus, borrow);
    while (!lessThan(r, P::modulus)) r = subRaw(r, P::modulus, borrow);
    return {r};
  }
  /** The element of a plain number below 2^256. */
  static Element of(const U256& number) {
    Element square = one();
    for (int i = 0; i < 256; i++) square = square + square;
    U256 reduced = number;
    while (!lessThan(reduced, P::modulus)) {
      uint64_t borrow;
      reduced = subRaw(reduced, P::modulus, borrow);
    }
    return Element{reduced} * square;
  }
  U256 number() const { return (*this * Element{{{1, 0, 0, 0}}}).value; }

  Element power(const U256& exponent) const {
    Element result = one();
    for (int bit = 255; bit >= 0; bit--) {
      result = result.squared();
      if ((exponent.limb[bit / 64] >> (bit % 64)) & 1) result = result * *this;
    }
    return result;
  }
  /** 0 for 0. */
  Element inverted() const {
    uint64_t borrow;
    return power(subRaw(P::modulus, {{2, 0, 0, 0}}, borrow));
  }
};

using Fq = Element<BaseField>;
using Fr = Element<ScalarField>;

}  // namespace zkserve
