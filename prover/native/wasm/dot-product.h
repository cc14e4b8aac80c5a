// Montgomery products of four field elements by dot products of 16-bit integers: WebAssembly multiplies 32-bit lanes
// only after two shuffles, but pairs of 16-bit lanes at once.
#pragma once
#include <wasm_simd128.h>

#include <utility>

#include "../src/u256.h"

namespace zkserve {

/**
 * Four numbers in 20 digits of 13 bits each, signed: |digit| ≤ 4096. Vector i has digits 2i and 2i + 1 of each number,
 * beside each other. Sums and differences are made digit by digit, and need no carries before they are multiplied.
 */
struct Digits {
  v128_t pair[10];
};

/** A number's signed digits, for tables. */
struct SignedDigits {
  int16_t digit[20] = {};
  constexpr explicit SignedDigits(const uint64_t* limbs) {
    int carry = 0;
    for (int i = 0; i < 20; i++) {
      const int at = 13 * i / 64, shift = 13 * i % 64;
      uint64_t field = at < 4 ? limbs[at] >> shift : 0;
      if (shift > 51 && at < 3) field |= limbs[at + 1] << (64 - shift);
      const int value = (int)(field & 8191) + carry;
      carry = value >= 4096;
      digit[i] = (int16_t)(value - carry * 8192);
    }
  }
};

/** Tables of a modulus m, each entry once a lane. */
template <class P>
struct DigitTables {
  int16_t windows[21][8] = {};  // (m_s, m_(s-1))
  // (m'_s, m'_(s-1)) of m' = (c·m + 1) / 2^26 with c = -1/m modulo 2^26. As c·m is -1 modulo 2^26, adding t·c·m
  // clears the lowest two digits t of a number without a product to find the factor.
  int16_t folded[21][8] = {};
  int16_t pairs[10][8] = {};    // (m_2i, m_(2i+1))
  int32_t inverse[4] = {};      // c
  int32_t half[4] = {}, halves[4] = {};  // 4096, and 4096 twice in 16 bits: half a digit's range
  int32_t half26[4] = {};       // half the range of both digits of a pair
  int32_t digitWeights[4] = {};  // (1, 8192)
  int32_t mask26[4] = {};
  int32_t biases[10][4] = {};   // 4096 in all digits, less m, in 26 bits each
  int32_t chunks[10][4] = {};   // m in 26 bits each
  int32_t reciprocal[4] = {};   // 2^268 / m
  int largest = 0;              // of m's digits

  constexpr DigitTables() {
    const uint64_t c = P::inverse64 & 0x3ffffff;
    uint64_t product[5] = {};
    unsigned __int128 sum = 1;
    for (int i = 0; i < 4; i++) {
      sum += (unsigned __int128)c * P::modulus.limb[i];
      product[i] = (uint64_t)sum;
      sum >>= 64;
    }
    product[4] = (uint64_t)sum;
    for (int i = 0; i < 4; i++) product[i] = (product[i] >> 26) | (product[i + 1] << 38);
    const SignedDigits modulus(P::modulus.limb), high(product);
    int64_t borrow = 0;
    for (int i = 0; i < 10; i++) {
      const int64_t chunk = chunk26(P::modulus.limb, i);
      borrow += 4096 + 4096 * 8192 - chunk;
      for (int lane = 0; lane < 4; lane++) {
        chunks[i][lane] = (int32_t)chunk;
        biases[i][lane] = (int32_t)(borrow & 0x3ffffff);
      }
      borrow >>= 26;
    }
    for (int i = 0; i < 20; i++) {
      const int size = modulus.digit[i] < 0 ? -modulus.digit[i] : modulus.digit[i];
      largest = size > largest ? size : largest;
    }
    for (int lane = 0; lane < 4; lane++) {
      for (int s = 0; s < 21; s++) {
        windows[s][2 * lane] = s < 20 ? modulus.digit[s] : (int16_t)0;
        windows[s][2 * lane + 1] = s > 0 ? modulus.digit[s - 1] : (int16_t)0;
        folded[s][2 * lane] = s < 20 ? high.digit[s] : (int16_t)0;
        folded[s][2 * lane + 1] = s > 0 ? high.digit[s - 1] : (int16_t)0;
      }
      for (int i = 0; i < 20; i++) pairs[i / 2][2 * lane + i % 2] = modulus.digit[i];
      inverse[lane] = (int32_t)c;
      half[lane] = 4096;
      halves[lane] = 4096 * 65537;
      half26[lane] = 4096 * 8193;
      digitWeights[lane] = 8192 * 65536 + 1;
      mask26[lane] = 0x3ffffff;
      reciprocal[lane] = (int32_t)((1ull << 54) / (P::modulus.limb[3] >> 22));
    }
  }
  static constexpr int64_t chunk26(const uint64_t* limbs, int i) {
    const int at = 26 * i / 64, shift = 26 * i % 64;
    uint64_t chunk = limbs[at] >> shift;
    if (shift > 38 && at < 3) chunk |= limbs[at + 1] << (64 - shift);
    return (int64_t)(chunk & 0x3ffffff);
  }
  alignas(16) static const DigitTables value;
  /** Hides that they are constants: the compiler would put them into the code, where loading them takes longer. */
  static const DigitTables* get() {
    const DigitTables* tables = &value;
    asm("" : "+r"(tables));
    return tables;
  }
};
template <class P>
alignas(16) constexpr DigitTables<P> DigitTables<P>::value{};

inline v128_t dotProduct(v128_t a, v128_t b) { return wasm_i32x4_dot_i16x8(a, b); }
inline v128_t plus(v128_t a, v128_t b) { return wasm_i32x4_add(a, b); }
/** The lower halves of a's 32-bit lanes, the upper ones of b's. */
inline v128_t lowerUpper(v128_t a, v128_t b) { return wasm_i16x8_shuffle(a, b, 0, 9, 2, 11, 4, 13, 6, 15); }
/** Pairs of digits from 13 bits at bit `bit` of each of two vectors, where 4096 was added to either digit. */
template <int bit>
inline v128_t pairOf(v128_t low, v128_t high, v128_t halves) {
  const v128_t fields = lowerUpper(wasm_i32x4_shl(low, 3), wasm_i32x4_shl(high, 19 - bit));
  return wasm_i16x8_sub(wasm_u16x8_shr(fields, 3), halves);
}

/** One product, column by column: those of the lower half vanish by multiples of the modulus. */
template <class P>
class DotMultiplication {
  const DigitTables<P>* tables_ = DigitTables<P>::get();
  const v128_t* windows_ = (const v128_t*)tables_->windows;
  const v128_t* folded_ = (const v128_t*)tables_->folded;
  const v128_t half_ = wasm_v128_load(tables_->half), halves_ = wasm_v128_load(tables_->halves);
  // Pairs of a, of the multiples of the modulus, and (b_s, b_(s-1)): column k of a product is the sum over i of the
  // dot products of pair i and window k - 2i.
  v128_t a_[10], multiples_[10], b_[21], carry_;

 public:
  __attribute__((always_inline)) DotMultiplication(const Digits& a, const Digits& b) : carry_(wasm_i32x4_const_splat(0)) {
    b_[0] = lowerUpper(b.pair[0], carry_);
    b_[20] = lowerUpper(carry_, b.pair[9]);
#pragma unroll
    for (int i = 0; i < 10; i++) {
      a_[i] = a.pair[i];
      b_[2 * i + 1] = wasm_i16x8_shuffle(b.pair[i], b.pair[i], 1, 0, 3, 2, 5, 4, 7, 6);
      if (i > 0) b_[2 * i] = lowerUpper(b.pair[i], b.pair[i - 1]);
    }
  }
  __attribute__((always_inline)) void run(Digits& to) { run(to, std::make_integer_sequence<int, 10>()); }

 private:
  template <int... j>
  __attribute__((always_inline)) void run(Digits& to, std::integer_sequence<int, j...>) {
    (clear<j>(), ...);
    ((to.pair[j] = finish<j + 10>()), ...);
  }

  /** Adds the dot products of column k. */
  template <int k>
  __attribute__((always_inline)) v128_t column(v128_t sum) const {
#pragma unroll
    for (int i = 0; i < 10; i++) {
      if (k - 2 * i >= 0 && k - 2 * i <= 20) sum = plus(sum, dotProduct(a_[i], b_[k - 2 * i]));
    }
#pragma unroll
    for (int i = 0; i < 9; i++) {
      const int s = k - 2 * i - 2;
      if (s >= 0 && s <= 20) sum = plus(sum, dotProduct(multiples_[i], folded_[s]));
    }
    if (k >= 20 && k <= 38) sum = plus(sum, dotProduct(multiples_[9], windows_[k - 18]));
    return sum;
  }

  /** Columns 2j and 2j + 1 vanish; the last two by the modulus itself, so that the result is not larger than it. */
  template <int j>
  __attribute__((always_inline)) void clear() {
    if (j < 9) {
      const v128_t low = plus(column<2 * j>(half_), carry_);
      const v128_t high = plus(column<2 * j + 1>(half_), wasm_i32x4_shr(low, 13));
      carry_ = wasm_i32x4_shr(high, 13);
      multiples_[j] = pairOf<0>(low, high, halves_);
      return;
    }
    const v128_t low = column<2 * j>(carry_);
    const v128_t high = column<2 * j + 1>(wasm_i32x4_const_splat(0));
    const v128_t both = wasm_i32x4_mul(plus(low, wasm_i32x4_shl(high, 13)), wasm_v128_load(tables_->inverse));
    const v128_t fields = lowerUpper(wasm_i32x4_shl(both, 3), wasm_i32x4_shl(plus(both, half_), 6));
    multiples_[j] = wasm_i16x8_shr(fields, 3);
    const v128_t cleared = wasm_i32x4_shr(plus(low, dotProduct(multiples_[j], windows_[0])), 13);
    carry_ = wasm_i32x4_shr(plus(plus(high, dotProduct(multiples_[j], windows_[1])), cleared), 13);
  }

  template <int j>
  __attribute__((always_inline)) v128_t finish() {
    const v128_t low = plus(column<2 * j>(half_), carry_);
    const v128_t high = plus(column<2 * j + 1>(half_), wasm_i32x4_shr(low, 13));
    carry_ = wasm_i32x4_shr(high, 13);
    return pairOf<0>(low, high, halves_);
  }
};

/** a·b / 2^260 modulo m, in size at most |a|·|b| / 2^260 + 1.001m; digits of a and b at most 4096·x and 4096·y, x·y ≤ 4. */
template <class P>
__attribute__((noinline)) void multiplyDigits(Digits& to, const Digits& a, const Digits& b) {
  DotMultiplication<P>(a, b).run(to);
}

}  // namespace zkserve
