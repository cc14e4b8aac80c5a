// Eight field elements side by side: five 52-bit limbs a lane, Montgomery form with 2^260, AVX-512 IFMA.
#pragma once
#include <immintrin.h>

#include <type_traits>

#include "field.h"
#include "lane-inverse.h"

namespace zkserve {

template <class P>
struct IfmaConstants {
  uint64_t multiples[5][16];  // by limb: (k - 6)·m, for sums above -6m
  uint64_t modulus[5];
  uint64_t quotient[5];       // (k·m + 1) / 2^52, with k = -1/m modulo 2^52: an eighth of m for both fields
  uint64_t offsets[5][5];     // by terms of a sum: 2(terms - 1)m, which makes it positive
  uint64_t inverse52;
  uint64_t offsetTop;         // 6m less what lower limbs may borrow
  uint64_t reciprocal;
  constexpr IfmaConstants()
      : multiples(),
        modulus(),
        quotient(),
        offsets(),
        inverse52(P::inverse64 & ((1ull << 52) - 1)),
        offsetTop(),
        reciprocal() {
    split(P::modulus, modulus);
    unsigned __int128 rest = 1 + (unsigned __int128)inverse52 * modulus[0];
    for (int i = 0; i < 5; i++) {
      rest = (rest >> 52) + (i < 4 ? (unsigned __int128)inverse52 * modulus[i + 1] : 0);
      quotient[i] = (uint64_t)rest & ((1ull << 52) - 1);
    }
    for (uint64_t i = 0; i < 5; i++) {
      for (uint64_t k = 0; k < 16; k++) multiples[i][k] = (k - 6) * modulus[i];
      for (uint64_t terms = 1; terms < 5; terms++) offsets[terms][i] = 2 * (terms - 1) * modulus[i];
    }
    offsetTop = 6 * modulus[4] - 8;
    reciprocal = (1ull << 52) / (modulus[4] + 1);
  }
  static constexpr void split(const U256& x, uint64_t* to) {
    constexpr uint64_t mask = (1ull << 52) - 1;
    to[0] = x.limb[0] & mask;
    to[1] = ((x.limb[0] >> 52) | (x.limb[1] << 12)) & mask;
    to[2] = ((x.limb[1] >> 40) | (x.limb[2] << 24)) & mask;
    to[3] = ((x.limb[2] >> 28) | (x.limb[3] << 36)) & mask;
    to[4] = x.limb[3] >> 16;
  }
};

/**
 * A sum of field elements, `terms` of them, not yet reduced: limbs are 64-bit integers that may exceed 52 bits or be
 * negative. Each term lies below twice the modulus m and the first is not subtracted, so the value lies between
 * -2(terms - 1)m and 2·terms·m. A product is a sum of one term.
 */
template <class P, int terms>
struct IfmaSum {
  static_assert(terms <= 4, "reduce first: the tables end at 14 times the modulus");
  using Prime = P;
  static constexpr int bound = terms == 1 ? 2 : 4 * terms - 2;  // in m, once made positive
  __m512i limb[5];
};
template <class P>
inline IfmaSum<P, 1> square(const __m512i* a);

#define ZKSERVE_LANEWISE(operation, instruction)                                                                  \
  template <class P, int m, int n>                                                                                \
  inline IfmaSum<P, m + n> operator operation(const IfmaSum<P, m>& a, const IfmaSum<P, n>& b) {                   \
    IfmaSum<P, m + n> sum;                                                                                        \
    for (int i = 0; i < 5; i++) sum.limb[i] = instruction(a.limb[i], b.limb[i]);                                  \
    return sum;                                                                                                   \
  }
ZKSERVE_LANEWISE(+, _mm512_add_epi64)
ZKSERVE_LANEWISE(-, _mm512_sub_epi64)
#undef ZKSERVE_LANEWISE

template <class P>
struct IfmaFactor;

/** Lanes hold values below twice the modulus, in limbs below 2^52; sums become such by their conversion. */
template <class P>
struct IfmaLanes : IfmaSum<P, 1> {
  using IfmaSum<P, 1>::limb;
  static constexpr int width = 8;
  using Factor = IfmaFactor<P>;
  using Mask = __mmask8;
  using Words = __m512i;

  IfmaLanes() = default;
  /** A product needs its carries moved on, nothing else. */
  IfmaLanes(const IfmaSum<P, 1>& product) : IfmaSum<P, 1>(product) { carry(limb); }
  /**
   * A sum's quotient by m is estimated from its top limb, one too small at most: 2^52 / (top limb of m) is 84.6, so
   * 84 of it errs by less than 0.11 for values below 14m. What is left lies between 0 and 1.2m.
   */
  template <int terms>
  IfmaLanes(const IfmaSum<P, terms>& sum) {
    const __m512i top = _mm512_add_epi64(sum.limb[4], all(constants.offsetTop));
    const __m512i quotient = _mm512_madd52hi_epu64(_mm512_setzero_si512(), top, all(constants.reciprocal));
    for (int i = 0; i < 5; i++) {
      const __m512i* multiples = (const __m512i*)constants.multiples[i];
      limb[i] = _mm512_sub_epi64(sum.limb[i], _mm512_permutex2var_epi64(multiples[0], quotient, multiples[1]));
    }
    carry(limb);
  }

  /** Where the elements of eight records of `stride` words begin, in words. */
  static Words wordsAt(const uint32_t* records, int stride) {
    const __m256i indices = _mm256_loadu_si256((const __m256i*)records);
    return _mm512_mul_epu32(_mm512_cvtepu32_epi64(indices), _mm512_set1_epi64(stride));
  }
  static Words consecutive(uint64_t first, int stride) {
    const __m512i steps = _mm512_set_epi64(7, 6, 5, 4, 3, 2, 1, 0);
    return _mm512_add_epi64(_mm512_set1_epi64((long long)(first * stride)),
                            _mm512_mullo_epi64(steps, _mm512_set1_epi64(stride)));
  }
  alignas(64) static constexpr IfmaConstants<P> constants{};

  static __m512i all(uint64_t x) { return _mm512_set1_epi64((long long)x); }
  static __m512i low52() { return all((1ull << 52) - 1); }

  static IfmaLanes zero() {
    IfmaLanes r;
    for (auto& l : r.limb) l = _mm512_setzero_si512();
    return r;
  }

  /** From eight packed values, limb by limb. */
  static IfmaLanes fromLimbs(__m512i a, __m512i b, __m512i c, __m512i d) {
    const __m512i mask = low52();
    IfmaLanes r;
    r.limb[0] = _mm512_and_si512(a, mask);
    r.limb[1] = _mm512_and_si512(_mm512_or_si512(_mm512_srli_epi64(a, 52), _mm512_slli_epi64(b, 12)), mask);
    r.limb[2] = _mm512_and_si512(_mm512_or_si512(_mm512_srli_epi64(b, 40), _mm512_slli_epi64(c, 24)), mask);
    r.limb[3] = _mm512_and_si512(_mm512_or_si512(_mm512_srli_epi64(c, 28), _mm512_slli_epi64(d, 36)), mask);
    r.limb[4] = _mm512_srli_epi64(d, 16);
    return r;
  }
  /** Packed values at `base + 8·index` words. */
  static IfmaLanes gather(const uint64_t* base, __m512i words) {
    return fromLimbs(_mm512_i64gather_epi64(words, base, 8), _mm512_i64gather_epi64(words, base + 1, 8),
                     _mm512_i64gather_epi64(words, base + 2, 8), _mm512_i64gather_epi64(words, base + 3, 8));
  }
  void scatter(uint64_t* base, __m512i words, Mask lanes = 0xff) const {
    __m512i packed[4];
    pack(packed);
    for (int i = 0; i < 4; i++) _mm512_mask_i64scatter_epi64(base + i, lanes, words, packed[i], 8);
  }
  void pack(__m512i* to) const {
    to[0] = _mm512_or_si512(limb[0], _mm512_slli_epi64(limb[1], 52));
    to[1] = _mm512_or_si512(_mm512_srli_epi64(limb[1], 12), _mm512_slli_epi64(limb[2], 40));
    to[2] = _mm512_or_si512(_mm512_srli_epi64(limb[2], 24), _mm512_slli_epi64(limb[3], 28));
    to[3] = _mm512_or_si512(_mm512_srli_epi64(limb[3], 36), _mm512_slli_epi64(limb[4], 16));
  }
  /** Eight rows of eight words become their columns. */
  static void transpose(__m512i* r) {
    __m512i t[8];
    for (int i = 0; i < 4; i++) {
      t[2 * i] = _mm512_unpacklo_epi64(r[2 * i], r[2 * i + 1]);
      t[2 * i + 1] = _mm512_unpackhi_epi64(r[2 * i], r[2 * i + 1]);
    }
    __m512i u[8];
    for (int i = 0; i < 2; i++) {
      for (int half = 0; half < 2; half++) {
        // Pairs of rows 4i … 4i + 3: words half, half + 2, half + 4, half + 6.
        const __m512i a = t[4 * i + half], b = t[4 * i + 2 + half];
        u[4 * i + half] = _mm512_shuffle_i64x2(a, b, 0x88);
        u[4 * i + 2 + half] = _mm512_shuffle_i64x2(a, b, 0xdd);
      }
    }
    for (int half = 0; half < 2; half++) {
      r[half] = _mm512_shuffle_i64x2(u[half], u[4 + half], 0x88);
      r[half + 4] = _mm512_shuffle_i64x2(u[half], u[4 + half], 0xdd);
      r[half + 2] = _mm512_shuffle_i64x2(u[half + 2], u[half + 6], 0x88);
      r[half + 6] = _mm512_shuffle_i64x2(u[half + 2], u[half + 6], 0xdd);
    }
  }
  /** Lane k of vector l and lane l of vector k change places. */
  static void transposeLanes(IfmaLanes* vectors) {
    for (int i = 0; i < 5; i++) {
      __m512i rows[8];
      for (int k = 0; k < 8; k++) rows[k] = vectors[k].limb[i];
      transpose(rows);
      for (int k = 0; k < 8; k++) vectors[k].limb[i] = rows[k];
    }
  }
  /** Two elements beside each other in each of eight records of `stride` words. */
  static void gatherTwo(const uint64_t* base, const uint32_t* records, int stride, IfmaLanes& first, IfmaLanes& second) {
    __m512i rows[8];
    for (int i = 0; i < 8; i++) rows[i] = _mm512_loadu_si512(base + (size_t)records[i] * stride);
    transpose(rows);
    first = fromLimbs(rows[0], rows[1], rows[2], rows[3]);
    second = fromLimbs(rows[4], rows[5], rows[6], rows[7]);
  }
  static void scatterTwo(uint64_t* base, const uint32_t* records, int stride, const IfmaLanes& first, const IfmaLanes& second) {
    __m512i rows[8];
    first.pack(rows);
    second.pack(rows + 4);
    transpose(rows);
    for (int i = 0; i < 8; i++) _mm512_storeu_si512(base + (size_t)records[i] * stride, rows[i]);
  }

  /** One element for all lanes, by limb. */
  struct Constant {
    uint64_t limb[5];
  };
  static Constant constant(const U256& packed) {
    Constant r;
    IfmaConstants<P>::split(packed, r.limb);
    return r;
  }
  static IfmaLanes broadcast(const Constant& constant) {
    IfmaLanes r;
    for (int i = 0; i < 5; i++) r.limb[i] = all(constant.limb[i]);
    return r;
  }
  static IfmaLanes broadcast(const U256& packed) {
    return fromLimbs(all(packed.limb[0]), all(packed.limb[1]), all(packed.limb[2]), all(packed.limb[3]));
  }

  /** Moves what exceeds 52 bits, or is negative, into the next limb. */
  static void carry(__m512i* limb) {
    const __m512i mask = low52();
    for (int i = 0; i < 4; i++) {
      limb[i + 1] = _mm512_add_epi64(limb[i + 1], _mm512_srai_epi64(limb[i], 52));
      limb[i] = _mm512_and_si512(limb[i], mask);
    }
  }
  IfmaLanes negated() const { return zero() - *this; }
  /** 0 + x, or 0 - x in the lanes of the mask. */
  IfmaSum<P, 2> withSign(Mask mask) const {
    IfmaSum<P, 2> r;
    for (int i = 0; i < 5; i++) r.limb[i] = _mm512_mask_sub_epi64(limb[i], mask, _mm512_setzero_si512(), limb[i]);
    return r;
  }
  IfmaSum<P, 1> squared() const { return square<P>(limb); }

  /** Lanes that are 0 modulo the modulus. */
  Mask isZero() const {
    __m512i any = limb[0];
    __m512i other = _mm512_xor_si512(limb[0], all(constants.modulus[0]));
    for (int i = 1; i < 5; i++) {
      any = _mm512_or_si512(any, limb[i]);
      other = _mm512_or_si512(other, _mm512_xor_si512(limb[i], all(constants.modulus[i])));
    }
    return _mm512_testn_epi64_mask(any, any) | _mm512_testn_epi64_mask(other, other);
  }
  /** `b` where the mask is set, else `a`. */
  static IfmaLanes select(Mask mask, const IfmaLanes& a, const IfmaLanes& b) {
    IfmaLanes r;
    for (int i = 0; i < 5; i++) r.limb[i] = _mm512_mask_mov_epi64(a.limb[i], mask, b.limb[i]);
    return r;
  }
  /** 2^260 modulo the modulus: the number 1. */
  static IfmaLanes one() { return broadcast(packed(Element<P>::one())); }

  /** An element in the lanes' Montgomery form. */
  static U256 packed(const Element<P>& element) {
    return element.doubled(4).value;
  }
  /** The element that a packed lane, below twice the modulus, stands for. */
  static Element<P> unpacked(const U256& lane) {
    static const Element<P> sixteenth = Element<P>::one().doubled(4).inverted();
    return Element<P>{Element<P>::reduceOnce(lane)} * sixteenth;
  }

  /** One inversion for all lanes; 0 for 0. */
  IfmaLanes inverted() const { return invertedTogether<P>(*this); }
};

/**
 * What only multiplies: a positive value below 6m whose limbs count by their low 52 bits alone, as instructions for
 * products ignore the others.
 */
template <class P>
struct IfmaFactor {
  using Prime = P;
  static constexpr int bound = 6;
  __m512i limb[5];

  IfmaFactor() = default;
  IfmaFactor(const IfmaLanes<P>& lanes) {
    for (int i = 0; i < 5; i++) limb[i] = lanes.limb[i];
  }
  template <int terms>
  IfmaFactor(const IfmaSum<P, terms>& sum) {
    static_assert(IfmaSum<P, terms>::bound <= bound, "the sum has too many terms");
    *this = moved(sum);
  }
  IfmaSum<P, 1> squared() const { return square<P>(limb); }

  /** A sum made positive, its carries moved on. */
  template <int terms>
  static IfmaFactor moved(const IfmaSum<P, terms>& sum) {
    IfmaFactor r;
    for (int i = 0; i < 5; i++) {
      const __m512i offset = _mm512_set1_epi64((long long)IfmaLanes<P>::constants.offsets[terms][i]);
      r.limb[i] = terms == 1 ? sum.limb[i] : _mm512_add_epi64(sum.limb[i], offset);
    }
    for (int i = 0; i < 4; i++) r.limb[i + 1] = _mm512_add_epi64(r.limb[i + 1], _mm512_srai_epi64(r.limb[i], 52));
    return r;
  }
};

template <class P>
inline const IfmaLanes<P>& factor(const IfmaLanes<P>& lanes) {
  return lanes;
}
template <class P>
inline const IfmaFactor<P>& factor(const IfmaFactor<P>& given) {
  return given;
}
template <class P, int terms>
inline IfmaFactor<P> factor(const IfmaSum<P, terms>& sum) {
  return IfmaFactor<P>::moved(sum);
}

/** lo or hi halves of a·b added to columns: limbs i and j meet in column i + j, their high half in the next. */
template <class P>
inline void addProduct(__m512i* columns, const __m512i& a, const __m512i* b, int from = 0) {
  for (int j = from; j < 5; j++) columns[j] = _mm512_madd52lo_epu64(columns[j], a, b[j]);
  for (int j = from; j < 5; j++) columns[j + 1] = _mm512_madd52hi_epu64(columns[j + 1], a, b[j]);
}

/**
 * Montgomery reduction of ten columns. A multiple k·m that is -1 modulo 2^52 has the lowest column as its own quotient;
 * as it is longer than m, the last step takes m. The result lies below columns/2^260 + 1.13m.
 */
template <class P>
inline IfmaSum<P, 1> reduceColumns(__m512i* t) {
  constexpr const auto& constants = IfmaLanes<P>::constants;
  const auto all = [](uint64_t x) { return _mm512_set1_epi64((long long)x); };
  __m512i quotient[5], m[5];
  for (int i = 0; i < 5; i++) {
    quotient[i] = all(constants.quotient[i]);
    m[i] = all(constants.modulus[i]);
  }
  for (int i = 0; i < 4; i++) {
    // Only the low 52 bits of a factor count; the others move on into the next column.
    t[i + 1] = _mm512_add_epi64(t[i + 1], _mm512_srli_epi64(t[i], 52));
    addProduct<P>(t + i + 1, t[i], quotient);
  }
  const __m512i q = _mm512_madd52lo_epu64(_mm512_setzero_si512(), t[4], all(constants.inverse52));
  addProduct<P>(t + 4, q, m);
  IfmaSum<P, 1> r;
  for (int i = 0; i < 5; i++) r.limb[i] = t[5 + i];
  r.limb[0] = _mm512_add_epi64(r.limb[0], _mm512_srli_epi64(t[4], 52));
  return r;
}

/** Montgomery product of five limbs each: 84m is 2^260, so below 2m where a·b is below 73m². */
template <class P>
inline IfmaSum<P, 1> multiply(const __m512i* a, const __m512i* b) {
  __m512i t[10];
  for (auto& column : t) column = _mm512_setzero_si512();
  for (int i = 0; i < 5; i++) addProduct<P>(t + i, a[i], b);
  return reduceColumns<P>(t);
}

/** What multiply(a, a) gives. */
template <class P>
inline IfmaSum<P, 1> square(const __m512i* a) {
  __m512i t[10];
  for (auto& column : t) column = _mm512_setzero_si512();
  for (int i = 0; i < 4; i++) addProduct<P>(t + i, a[i], a, i + 1);
  for (int i = 1; i < 9; i++) t[i] = _mm512_add_epi64(t[i], t[i]);
  for (int i = 0; i < 5; i++) {
    t[2 * i] = _mm512_madd52lo_epu64(t[2 * i], a[i], a[i]);
    t[2 * i + 1] = _mm512_madd52hi_epu64(t[2 * i + 1], a[i], a[i]);
  }
  return reduceColumns<P>(t);
}

/** Multiplies lanes, products, sums and factors. */
template <class A, class B, class P = typename A::Prime, class = std::enable_if_t<std::is_same<P, typename B::Prime>::value>>
inline IfmaSum<P, 1> operator*(const A& a, const B& b) {
  static_assert(A::bound * B::bound <= 73, "the product would exceed 2m");
  return multiply<P>(factor(a).limb, factor(b).limb);
}

}  // namespace zkserve
