// Numbers of 256 bits.
#pragma once
#include <algorithm>
#include <cstdint>
#include <cstring>

#ifdef __x86_64__
#include <immintrin.h>
#endif

namespace zkserve {

/** 256 bits, least significant limb first. */
struct alignas(8) U256 {
  uint64_t limb[4];
  bool operator==(const U256& other) const { return std::memcmp(limb, other.limb, 32) == 0; }
  bool isZero() const { return (limb[0] | limb[1] | limb[2] | limb[3]) == 0; }
};

/** a + b + carry, and the new carry. Intrinsics where there are, as compilers make no chain of carries from the rest. */
inline uint64_t addCarry(uint64_t a, uint64_t b, uint8_t& carry) {
#ifdef __x86_64__
  unsigned long long sum;
  carry = _addcarry_u64(carry, a, b, &sum);
  return sum;
#else
  const unsigned __int128 sum = (unsigned __int128)a + b + carry;
  carry = (uint8_t)(sum >> 64);
  return (uint64_t)sum;
#endif
}

inline uint64_t subBorrow(uint64_t a, uint64_t b, uint8_t& borrow) {
#ifdef __x86_64__
  unsigned long long difference;
  borrow = _subborrow_u64(borrow, a, b, &difference);
  return difference;
#else
  const unsigned __int128 difference = (unsigned __int128)a - b - borrow;
  borrow = (uint8_t)(difference >> 64) & 1;
  return (uint64_t)difference;
#endif
}

inline U256 addRaw(const U256& a, const U256& b) {
  U256 r;
  uint8_t carry = 0;
  for (int i = 0; i < 4; i++) r.limb[i] = addCarry(a.limb[i], b.limb[i], carry);
  return r;
}

/** a - b, and whether it was negative. */
inline U256 subRaw(const U256& a, const U256& b, uint8_t& borrow) {
  U256 r;
  borrow = 0;
  for (int i = 0; i < 4; i++) r.limb[i] = subBorrow(a.limb[i], b.limb[i], borrow);
  return r;
}

/** Whether it is below 2^31. */
inline bool isSmall(const U256& x) { return (x.limb[1] | x.limb[2] | x.limb[3]) == 0 && x.limb[0] < (1u << 31); }

inline bool lessThan(const U256& a, const U256& b) {
  uint8_t borrow;
  subRaw(a, b, borrow);
  return borrow;
}

}  // namespace zkserve
