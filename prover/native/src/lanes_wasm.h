// Four field elements side by side for WebAssembly: signed digits of 13 bits, Montgomery form with 2^260.
#pragma once
#include "../wasm/dot-product.h"
#include "field.h"
#include "lane-inverse.h"

namespace zkserve {

/**
 * A sum of field elements, `terms` of them, not yet reduced: each term's digits are at most 4096 in size, its value
 * lies between -1.06 and 1.06 times the modulus. A product is a sum of one term.
 */
template <class P, int terms>
struct WasmSum {
  static_assert(terms <= 4, "reduce first: digits would exceed 16 bits");
  Digits digits;
};

#define ZKSERVE_LANEWISE(operation, instruction)                                                            \
  template <class P, int m, int n>                                                                          \
  inline WasmSum<P, m + n> operator operation(const WasmSum<P, m>& a, const WasmSum<P, n>& b) {             \
    WasmSum<P, m + n> sum;                                                                                  \
    for (int i = 0; i < 10; i++) sum.digits.pair[i] = instruction(a.digits.pair[i], b.digits.pair[i]);      \
    return sum;                                                                                             \
  }
ZKSERVE_LANEWISE(+, wasm_i16x8_add)
ZKSERVE_LANEWISE(-, wasm_i16x8_sub)
#undef ZKSERVE_LANEWISE

/** Lanes are sums of one term, with digits from -4096 to 4096; in memory they are packed as numbers below 2m. */
template <class P>
struct WasmLanes : WasmSum<P, 1> {
  using WasmSum<P, 1>::digits;
  static constexpr int width = 4;
  using Factor = WasmLanes;
  using Mask = uint8_t;
  struct Words {
    size_t at[4];
  };
  using Tables = DigitTables<P>;

  WasmLanes() = default;
  WasmLanes(const WasmSum<P, 1>& product) : WasmSum<P, 1>(product) {}
  template <int terms>
  WasmLanes(const WasmSum<P, terms>& sum) {
    // With four terms, digits less four times the modulus' just fit into 16 bits.
    static_assert(terms * 4096 + terms * Tables::value.largest < 32768, "");
    reduce(sum.digits, digits);
  }

  /** Where the elements of four records of `stride` words begin, in words. */
  static Words wordsAt(const uint32_t* records, int stride) {
    Words words;
    for (int lane = 0; lane < 4; lane++) words.at[lane] = (size_t)records[lane] * stride;
    return words;
  }
  static Words consecutive(uint64_t first, int stride) {
    Words words;
    for (int lane = 0; lane < 4; lane++) words.at[lane] = (size_t)(first + lane) * stride;
    return words;
  }
  static WasmLanes gather(const uint64_t* base, const Words& words) {
    v128_t rows[8];
    for (int lane = 0; lane < 4; lane++) {
      rows[lane] = wasm_v128_load(base + words.at[lane]);
      rows[lane + 4] = wasm_v128_load(base + words.at[lane] + 2);
    }
    transpose(rows);
    transpose(rows + 4);
    return fromWords(rows);
  }
  void scatter(uint64_t* base, const Words& words, Mask lanes = 15) const {
    v128_t rows[8];
    pack(rows);
    for (int lane = 0; lane < 4; lane++) {
      if (!((lanes >> lane) & 1)) continue;
      wasm_v128_store(base + words.at[lane], rows[lane]);
      wasm_v128_store(base + words.at[lane] + 2, rows[lane + 4]);
    }
  }
  static void gatherTwo(const uint64_t* base, const uint32_t* records, int stride, WasmLanes& first, WasmLanes& second) {
    const Words words = wordsAt(records, stride);
    first = gather(base, words);
    second = gather(base + 4, words);
  }
  static void scatterTwo(uint64_t* base, const uint32_t* records, int stride, const WasmLanes& first, const WasmLanes& second) {
    const Words words = wordsAt(records, stride);
    first.scatter(base, words);
    second.scatter(base + 4, words);
  }
  using Constant = U256;
  static Constant constant(const U256& packed) { return packed; }
  /** Lane k of vector l and lane l of vector k change places. */
  static void transposeLanes(WasmLanes* vectors) {
    for (int i = 0; i < 10; i++) {
      v128_t rows[4];
      for (int k = 0; k < 4; k++) rows[k] = vectors[k].digits.pair[i];
      transpose(rows);
      for (int k = 0; k < 4; k++) vectors[k].digits.pair[i] = rows[k];
    }
  }
  static WasmLanes broadcast(const U256& packed) {
    v128_t words[8];
    for (int i = 0; i < 4; i++) {
      words[2 * i] = wasm_i32x4_splat((int32_t)packed.limb[i]);
      words[2 * i + 1] = wasm_i32x4_splat((int32_t)(packed.limb[i] >> 32));
    }
    return fromWords(words);
  }

  static WasmLanes zero() {
    WasmLanes r;
    for (auto& pair : r.digits.pair) pair = wasm_i32x4_const_splat(0);
    return r;
  }
  /** 2^260 modulo the modulus: the number 1. */
  static WasmLanes one() { return broadcast(packed(Element<P>::one())); }
  WasmLanes negated() const { return withSign(15); }
  /** x, or -x in the lanes of the mask. */
  WasmSum<P, 1> withSign(Mask mask) const {
    const v128_t all = lanesOf(mask);
    WasmSum<P, 1> r;
    for (int i = 0; i < 10; i++) r.digits.pair[i] = wasm_i16x8_sub(wasm_v128_xor(digits.pair[i], all), all);
    return r;
  }
  WasmSum<P, 1> squared() const { return *this * *this; }

  /** Lanes that are 0 modulo the modulus. */
  Mask isZero() const {
    Digits reduced;
    reduce(digits, reduced);
    v128_t any = reduced.pair[0];
    for (int i = 1; i < 10; i++) any = wasm_v128_or(any, reduced.pair[i]);
    return (Mask)wasm_i32x4_bitmask(wasm_i32x4_eq(any, wasm_i32x4_const_splat(0)));
  }
  /** `b` where the mask is set, else `a`. */
  static WasmLanes select(Mask mask, const WasmLanes& a, const WasmLanes& b) {
    const v128_t all = lanesOf(mask);
    WasmLanes r;
    for (int i = 0; i < 10; i++) r.digits.pair[i] = wasm_v128_bitselect(b.digits.pair[i], a.digits.pair[i], all);
    return r;
  }
  /** An element in the lanes' Montgomery form. */
  static U256 packed(const Element<P>& element) { return element.doubled(4).value; }
  /** The element that a packed lane, below twice the modulus, stands for. */
  static Element<P> unpacked(const U256& lane) {
    static const Element<P> sixteenth = Element<P>::one().doubled(4).inverted();
    return Element<P>{Element<P>::reduceOnce(lane)} * sixteenth;
  }

  /** One inversion for all lanes; 0 for 0. */
  WasmLanes inverted() const { return invertedTogether<P>(*this); }

 private:
  static v128_t lanesOf(Mask mask) {
    const v128_t bit = wasm_i32x4_const(1, 2, 4, 8);
    return wasm_i32x4_eq(wasm_v128_and(wasm_i32x4_splat(mask), bit), bit);
  }
  /** Four rows of four words become their columns. */
  static void transpose(v128_t* r) {
    const v128_t a = wasm_i32x4_shuffle(r[0], r[1], 0, 4, 1, 5), b = wasm_i32x4_shuffle(r[0], r[1], 2, 6, 3, 7);
    const v128_t c = wasm_i32x4_shuffle(r[2], r[3], 0, 4, 1, 5), d = wasm_i32x4_shuffle(r[2], r[3], 2, 6, 3, 7);
    r[0] = wasm_i64x2_shuffle(a, c, 0, 2);
    r[1] = wasm_i64x2_shuffle(a, c, 1, 3);
    r[2] = wasm_i64x2_shuffle(b, d, 0, 2);
    r[3] = wasm_i64x2_shuffle(b, d, 1, 3);
  }

  /** From packed numbers, 32 bits each: less m, so that they lie between -m and m. */
  static WasmLanes fromWords(const v128_t* words) {
    const Tables* tables = Tables::get();
    const v128_t mask = wasm_v128_load(tables->mask26), halves = wasm_v128_load(tables->halves);
    v128_t carry = wasm_i32x4_const_splat(0);
    WasmLanes r;
#pragma unroll
    for (int i = 0; i < 10; i++) {
      const int at = 26 * i / 32, shift = 26 * i % 32;
      v128_t chunk = shift > 0 ? wasm_u32x4_shr(words[at], shift) : words[at];
      if (shift > 6 && at < 7) chunk = wasm_v128_or(chunk, wasm_i32x4_shl(words[at + 1], 32 - shift));
      chunk = plus(plus(wasm_v128_and(chunk, mask), wasm_v128_load(tables->biases[i])), carry);
      carry = wasm_u32x4_shr(chunk, 26);
      r.digits.pair[i] = pairOf<13>(chunk, chunk, halves);
    }
    return r;
  }
  /** To packed numbers, 32 bits each. */
  void pack(v128_t* words) const {
    const Tables* tables = Tables::get();
    const v128_t weights = wasm_v128_load(tables->digitWeights), mask = wasm_v128_load(tables->mask26);
    Digits reduced;
    reduce(digits, reduced);
    // At least -m/2: a multiple of m makes it positive.
    v128_t carry = wasm_i32x4_const_splat(0), chunks[10];
#pragma unroll
    for (int i = 0; i < 10; i++) {
      const v128_t sum = plus(plus(dotProduct(reduced.pair[i], weights), wasm_v128_load(tables->chunks[i])), carry);
      carry = wasm_i32x4_shr(sum, 26);
      chunks[i] = wasm_v128_and(sum, mask);
    }
#pragma unroll
    for (int w = 0; w < 8; w++) {
      const int first = 32 * w / 26, shift = 32 * w % 26;
      v128_t word = wasm_u32x4_shr(chunks[first], shift);
      if (first < 9) word = wasm_v128_or(word, wasm_i32x4_shl(chunks[first + 1], 26 - shift));
      if (52 - shift < 32 && first < 8) word = wasm_v128_or(word, wasm_i32x4_shl(chunks[first + 2], 52 - shift));
      words[w] = word;
    }
    transpose(words);
    transpose(words + 4);
  }

  /** Less the nearest multiple of m, which the highest pair of digits tells; digits from -4096 to 4095. */
  static void reduce(const Digits& from, Digits& to) {
    const Tables* tables = Tables::get();
    const v128_t weights = wasm_v128_load(tables->digitWeights), halves = wasm_v128_load(tables->halves);
    const v128_t half26 = wasm_v128_load(tables->half26);
    const v128_t top = wasm_i32x4_shr(dotProduct(from.pair[9], weights), 8);
    const v128_t scaled = dotProduct(top, wasm_v128_load(tables->reciprocal));
    const v128_t quotient = wasm_i32x4_shr(plus(scaled, wasm_i32x4_const_splat(1 << 25)), 26);
    const v128_t factor = lowerUpper(quotient, wasm_i32x4_shl(quotient, 16));
    v128_t carry = half26;
#pragma unroll
    for (int i = 0; i < 10; i++) {
      const v128_t multiple = wasm_i16x8_mul(factor, wasm_v128_load(tables->pairs[i]));
      const v128_t sum = plus(dotProduct(wasm_i16x8_sub(from.pair[i], multiple), weights), carry);
      carry = plus(wasm_i32x4_shr(sum, 26), half26);
      to.pair[i] = pairOf<13>(sum, sum, halves);
    }
  }
};

/** Multiplies lanes, products and sums; where both are sums, of two terms each. */
template <class P, int m, int n>
inline WasmSum<P, 1> operator*(const WasmSum<P, m>& a, const WasmSum<P, n>& b) {
  WasmSum<P, 1> product;
  if constexpr (m * n <= 4) {
    multiplyDigits<P>(product.digits, a.digits, b.digits);
  } else if constexpr (m > n) {
    multiplyDigits<P>(product.digits, WasmLanes<P>(a).digits, b.digits);
  } else {
    multiplyDigits<P>(product.digits, a.digits, WasmLanes<P>(b).digits);
  }
  return product;
}

}  // namespace zkserve
