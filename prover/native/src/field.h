// Prime fields of BN254 in Montgomery form, four 64-bit limbs: the portable arithmetic.
#pragma once
#include "inverse.h"
#include "u256.h"

#if defined(__x86_64__) && defined(__BMI2__) && defined(__ADX__)
#define ZKSERVE_ADX
#include "multiply-adx.h"
#elif defined(__wasm__)
#include "../wasm/multiply-scalar.h"
#endif

namespace zkserve {

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

  Element() = default;
  Element(const U256& number) { copy(number); }
  Element(const Element& other) { copy(other.value); }
  Element& operator=(const Element& other) {
    copy(other.value);
    return *this;
  }
  /** Limb by limb: a copy by vector registers would wait for the limbs' stores. */
  void copy(const U256& from) {
    for (int i = 0; i < 4; i++) value.limb[i] = from.limb[i];
  }

  static Element zero() { return {{{0, 0, 0, 0}}}; }
  bool isZero() const { return value.isZero(); }
  bool operator==(const Element& other) const { return value == other.value; }

  /** a modulo the modulus for a below twice it. Masks, as a branch would be mispredicted half of the time. */
  static U256 reduceOnce(const U256& a) {
#ifdef ZKSERVE_ADX
    U256 r = a;
    reduceAdx(r.limb, P::modulus.limb);
#else
    uint8_t borrow;
    const U256 reduced = subRaw(a, P::modulus, borrow);
    U256 r;
    for (int i = 0; i < 4; i++) r.limb[i] = reduced.limb[i] ^ ((reduced.limb[i] ^ a.limb[i]) & -(uint64_t)borrow);
#endif
    return r;
  }
  friend Element operator+(const Element& a, const Element& b) { return {reduceOnce(addRaw(a.value, b.value))}; }
  friend Element operator-(const Element& a, const Element& b) {
    uint8_t borrow;
    const U256 difference = subRaw(a.value, b.value, borrow);
    U256 correction;
    for (int i = 0; i < 4; i++) correction.limb[i] = P::modulus.limb[i] & -(uint64_t)borrow;
    return {addRaw(difference, correction)};
  }
  Element negated() const { return zero() - *this; }

  /** Montgomery product, row by row; the moduli leave two bits free, so no row overflows. */
  friend Element operator*(const Element& a, const Element& b) {
    U256 t{{0, 0, 0, 0}};
#ifdef ZKSERVE_ADX
    multiplyAdx(a.value.limb, b.value.limb, P::modulus.limb, P::inverse64, t.limb);
#elif defined(__wasm__)
    multiplyScalar(a.value.limb, b.value.limb, P::modulus.limb, P::inverse64, t.limb);
#else
    multiplyRow(a.value.limb[0], b.value.limb, t.limb);
    multiplyRow(a.value.limb[1], b.value.limb, t.limb);
    multiplyRow(a.value.limb[2], b.value.limb, t.limb);
    multiplyRow(a.value.limb[3], b.value.limb, t.limb);
#endif
    return {reduceOnce(t)};
  }
  /** t = (t + a·b + q·modulus) / 2^64, with q such that the lowest limb vanishes. */
  static void multiplyRow(uint64_t a, const uint64_t* b, uint64_t* t) {
    const uint64_t* m = P::modulus.limb;
    unsigned __int128 x = (unsigned __int128)a * b[0] + t[0];
    const uint64_t q = (uint64_t)x * P::inverse64;
    unsigned __int128 y = (unsigned __int128)q * m[0] + (uint64_t)x;
    for (int j = 1; j < 4; j++) {
      x = (unsigned __int128)a * b[j] + t[j] + (uint64_t)(x >> 64);
      y = (unsigned __int128)q * m[j] + (uint64_t)x + (uint64_t)(y >> 64);
      t[j - 1] = (uint64_t)y;
    }
    t[3] = (uint64_t)(x >> 64) + (uint64_t)(y >> 64);
  }
  Element squared() const { return *this * *this; }

  /** 2^256 modulo the modulus: the number 1. */
  static Element one() {
    // 2^256 = 5·modulus + rest, for both moduli.
    U256 r{{0, 0, 0, 0}};
    uint8_t borrow;
    r = subRaw(r, P::modulus, borrow);
    while (!lessThan(r, P::modulus)) r = subRaw(r, P::modulus, borrow);
    return {r};
  }
  /** The element of a plain number below 2^256. */
  static Element of(const U256& number) {
    static const Element square = one().doubled(256);
    U256 reduced = number;
    while (!lessThan(reduced, P::modulus)) {
      uint8_t borrow;
      reduced = subRaw(reduced, P::modulus, borrow);
    }
    return Element{reduced} * square;
  }
  /** Times 2^count. */
  Element doubled(int count) const {
    Element result = *this;
    for (int i = 0; i < count; i++) result = result + result;
    return result;
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
    // 1/(x·R) times R^3 / R.
    static const Element cube = one().doubled(512);
    return Element{inverseModulo(value, P::modulus, P::inverse64)} * cube;
  }
};

using Fq = Element<BaseField>;
using Fr = Element<ScalarField>;

}  // namespace zkserve
