// Modular inversion by the binary greatest common divisor, 31 steps at a time on 64-bit approximations (T. Pornin,
// "Optimized Binary GCD for Modular Inversion", eprint 2020/972). Its time depends on the number.
#pragma once
#include "u256.h"

namespace zkserve {

/** x·f + y·g, in five limbs of two's complement. */
inline void combine(const U256& x, int64_t f, const U256& y, int64_t g, uint64_t* to) {
  __int128 sum = 0;
  for (int i = 0; i < 4; i++) {
    // Below 2^97 in magnitude, as factors are at most 2^31.
    sum += (__int128)x.limb[i] * f + (__int128)y.limb[i] * g;
    to[i] = (uint64_t)sum;
    sum >>= 64;
  }
  to[4] = (uint64_t)sum;
}

inline U256 shiftRight31(const uint64_t* limbs) {
  U256 r;
  for (int i = 0; i < 4; i++) r.limb[i] = (limbs[i] >> 31) | (limbs[i + 1] << 33);
  return r;
}

inline int bitLength(const U256& x) {
  for (int i = 3; i >= 0; i--) {
    if (x.limb[i] != 0) return 64 * i + 64 - __builtin_clzll(x.limb[i]);
  }
  return 0;
}

/** The 33 highest bits of a number of up to `length` bits, and its 31 lowest. */
inline uint64_t approximate(const U256& x, int length) {
  if (length <= 64) return x.limb[0];
  const int from = length - 33;
  uint64_t high = x.limb[from / 64] >> (from % 64);
  if (from % 64 > 31 && from / 64 < 3) high |= x.limb[from / 64 + 1] << (64 - from % 64);
  return (high << 31) | (x.limb[0] & 0x7fffffff);
}

/** (x·f + y·g) / 2^31 modulo the odd m, for x, y below m and |f| + |g| at most 2^31; inverse is -1/m modulo 2^64. */
inline U256 combineModulo(const U256& x, int64_t f, const U256& y, int64_t g, const U256& m, uint64_t inverse) {
  uint64_t t[5];
  combine(x, f, y, g, t);
  const uint64_t q = (t[0] * inverse) & 0x7fffffff;
  unsigned __int128 sum = 0;
  for (int i = 0; i < 5; i++) {
    sum += (unsigned __int128)(i < 4 ? m.limb[i] : 0) * q + t[i];
    t[i] = (uint64_t)sum;
    sum >>= 64;
  }
  U256 r = shiftRight31(t);
  uint8_t borrow;
  if ((int64_t)t[4] < 0) return addRaw(r, m);
  const U256 reduced = subRaw(r, m, borrow);
  return borrow ? r : reduced;
}

/** 1/x modulo the prime m, for x below m; 0 for 0. */
inline U256 inverseModulo(const U256& x, const U256& m, uint64_t inverse) {
  // a ≡ x·u and b ≡ x·v modulo m; b stays odd.
  U256 a = x, b = m, u{{1, 0, 0, 0}}, v{{0, 0, 0, 0}};
  while (!a.isZero()) {
    const int length = std::max(bitLength(a), bitLength(b));
    uint64_t p = approximate(a, length), q = approximate(b, length);
    int64_t f0 = 1, g0 = 0, f1 = 0, g1 = 1;
    for (int step = 0; step < 31; step++) {
      // Masks, as branches would be mispredicted.
      const uint64_t odd = -(p & 1), swapped = odd & -(uint64_t)(p < q);
      const auto swap = [swapped](auto& x, auto& y) {
        const auto difference = (x ^ y) & (decltype(x ^ y))swapped;
        x ^= difference;
        y ^= difference;
      };
      swap(p, q);
      swap(f0, f1);
      swap(g0, g1);
      p = (p - (q & odd)) >> 1;
      f0 -= f1 & (int64_t)odd;
      g0 -= g1 & (int64_t)odd;
      f1 += f1;
      g1 += g1;
    }
    const auto reduce = [&](int64_t& f, int64_t& g) {
      uint64_t t[5];
      combine(a, f, b, g, t);
      if ((int64_t)t[4] < 0) {
        f = -f;
        g = -g;
        combine(a, f, b, g, t);
      }
      return shiftRight31(t);
    };
    const U256 nextA = reduce(f0, g0), nextB = reduce(f1, g1);
    const U256 nextU = combineModulo(u, f0, v, g0, m, inverse), nextV = combineModulo(u, f1, v, g1, m, inverse);
    a = nextA;
    b = nextB;
    u = nextU;
    v = nextV;
  }
  return v;
}

}  // namespace zkserve
