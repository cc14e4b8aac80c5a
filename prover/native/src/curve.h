// The groups of BN254: coordinates, packed points, complete projective addition.
#pragma once
#include "field.h"

namespace zkserve {

/** Asks for memory that is read soon. WebAssembly has no such request: a read that nothing waits for serves. */
inline void prefetchWords(const uint64_t* words) {
#ifdef __wasm__
  (void)*(const volatile uint64_t*)words;
#else
  __builtin_prefetch(words);
#endif
}

/** a + b·u with u² = -1, over any field or lanes of one. */
template <class F>
struct Quadratic {
  F a, b;
  using Mask = uint8_t;
  static Quadratic zero() { return {F::zero(), F::zero()}; }
  static Quadratic one() { return {F::one(), F::zero()}; }
  friend Quadratic operator+(const Quadratic& x, const Quadratic& y) { return {F(x.a + y.a), F(x.b + y.b)}; }
  friend Quadratic operator-(const Quadratic& x, const Quadratic& y) { return {F(x.a - y.a), F(x.b - y.b)}; }
  friend Quadratic operator*(const Quadratic& x, const Quadratic& y) {
    const F aa = x.a * y.a;
    const F bb = x.b * y.b;
    return {F(aa - bb), F((x.a + x.b) * (y.a + y.b) - aa - bb)};
  }
  Quadratic squared() const {
    const F ab = a * b;
    return {F((a + b) * (a - b)), F(ab + ab)};
  }
  Quadratic negated() const { return {a.negated(), b.negated()}; }
  Quadratic inverted() const {
    const F norm = F(a.squared() + b.squared()).inverted();
    return {F(a * norm), F(b.negated() * norm)};
  }
  auto isZero() const { return decltype(a.isZero())(a.isZero() & b.isZero()); }
  bool operator==(const Quadratic& other) const { return a == other.a && b == other.b; }
};

using Fq2 = Quadratic<Fq>;

/** Coordinates in lanes, of either group: how many words a coordinate takes in memory, and what it is one at a time. */
template <class L>
struct G1Coordinate {
  using Lanes = L;
  /** What only multiplies. */
  using Factor = typename L::Factor;
  using Scalar = Fq;
  static constexpr int words = 4;
  static L gather(const uint64_t* base, typename L::Words at) { return L::gather(base, at); }
  static void scatter(const L& x, uint64_t* base, typename L::Words at, typename L::Mask mask) { x.scatter(base, at, mask); }
  static void prefetch(const uint64_t* point) { prefetchWords(point); }
  /** Negated in the lanes of the mask. */
  static auto withSign(typename L::Mask mask, const L& x) { return x.withSign(mask); }
  static void gatherPoints(const uint64_t* base, const uint32_t* records, L& x, L& y) { L::gatherTwo(base, records, 8, x, y); }
  static void scatterPoints(uint64_t* base, const uint32_t* records, const L& x, const L& y) {
    L::scatterTwo(base, records, 8, x, y);
  }
  static L select(typename L::Mask mask, const L& a, const L& b) { return L::select(mask, a, b); }
  /** Times 3·b, b = 3: of lanes or of one element. */
  template <class F>
  static F timesB3(const F& x) {
    const F two = x + x, four = two + two;
    return F(four + four + x);
  }
  static Fq unpack(const uint64_t* from) {
    U256 value;
    std::memcpy(&value, from, 32);
    return L::unpacked(value);
  }
  static void pack(const Fq& x, uint64_t* to) {
    const U256 value = L::packed(x);
    std::memcpy(to, &value, 32);
  }
};

template <class L>
struct G2Coordinate {
  using Lanes = Quadratic<L>;
  using Factor = Lanes;
  using Scalar = Fq2;
  static constexpr int words = 8;
  static Lanes gather(const uint64_t* base, typename L::Words at) { return {L::gather(base, at), L::gather(base + 4, at)}; }
  static void scatter(const Lanes& x, uint64_t* base, typename L::Words at, typename L::Mask mask) {
    x.a.scatter(base, at, mask);
    x.b.scatter(base + 4, at, mask);
  }
  static void prefetch(const uint64_t* point) {
    prefetchWords(point);
    prefetchWords(point + 8);
  }
  static Lanes withSign(typename L::Mask mask, const Lanes& x) { return {L(x.a.withSign(mask)), L(x.b.withSign(mask))}; }
  static void gatherPoints(const uint64_t* base, const uint32_t* records, Lanes& x, Lanes& y) {
    L::gatherTwo(base, records, 16, x.a, x.b);
    L::gatherTwo(base + 8, records, 16, y.a, y.b);
  }
  static void scatterPoints(uint64_t* base, const uint32_t* records, const Lanes& x, const Lanes& y) {
    L::scatterTwo(base, records, 16, x.a, x.b);
    L::scatterTwo(base + 8, records, 16, y.a, y.b);
  }
  static Lanes select(typename L::Mask mask, const Lanes& a, const Lanes& b) {
    return {L::select(mask, a.a, b.a), L::select(mask, a.b, b.b)};
  }
  static Fq2 unpack(const uint64_t* from) {
    return {G1Coordinate<L>::unpack(from), G1Coordinate<L>::unpack(from + 4)};
  }
  static void pack(const Fq2& x, uint64_t* to) {
    G1Coordinate<L>::pack(x.a, to);
    G1Coordinate<L>::pack(x.b, to + 4);
  }
  /** Times 3·b of the twist, b = 3/(9 + u). */
  static Lanes timesB3(const Lanes& x) {
    static const Lanes b3{L::broadcast(L::packed(twistB3().a)), L::broadcast(L::packed(twistB3().b))};
    return x * b3;
  }
  static Fq2 timesB3(const Fq2& x) { return x * twistB3(); }

 private:
  static const Fq2& twistB3() {
    static const Fq2 b3 = [] {
      const Fq nine = Fq::of({{9, 0, 0, 0}});
      return Fq2{nine, Fq::zero()} * Fq2{nine, Fq::one()}.inverted();
    }();
    return b3;
  }
};

/** Homogeneous coordinates; (0 : 1 : 0) is the neutral element. */
template <class F>
struct Projective {
  F x, y, z;
  static Projective zero() { return {F::zero(), F::one(), F::zero()}; }
};

/** Complete addition for y² = x³ + b (Renes, Costello, Batina 2016, algorithm 7): right for all points of odd order. */
template <class F, class TimesB3>
Projective<F> addComplete(const Projective<F>& p, const Projective<F>& q, TimesB3 timesB3) {
  F xx = p.x * q.x;
  F yy = p.y * q.y;
  F zz = p.z * q.z;
  const F xy = (p.x + p.y) * (q.x + q.y) - (xx + yy);
  const F yz = (p.y + p.z) * (q.y + q.z) - (yy + zz);
  const F xz = timesB3(F((p.x + p.z) * (q.x + q.z) - (xx + zz)));
  xx = xx + xx + xx;
  zz = timesB3(zz);
  const F sum = yy + zz;
  const F difference = yy - zz;
  return {F(xy * difference - yz * xz), F(difference * sum + xz * xx), F(sum * yz + xx * xy)};
}

}  // namespace zkserve
