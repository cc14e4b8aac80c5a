// One field element at a time behind the interface of the vector lanes: for every processor.
#pragma once
#include "field.h"

namespace zkserve {

template <class P>
struct PortableLanes {
  static constexpr int width = 1;
  using Factor = PortableLanes;
  using Mask = uint8_t;
  using Words = uint64_t;
  static Words wordsAt(const uint32_t* records, int stride) { return (uint64_t)*records * stride; }
  static Words consecutive(uint64_t first, int stride) { return first * stride; }

  Element<P> value;

  static PortableLanes zero() { return {Element<P>::zero()}; }
  static PortableLanes one() { return {Element<P>::one()}; }
  static PortableLanes gather(const uint64_t* base, Words words) {
    PortableLanes r;
    std::memcpy(&r.value.value, base + words, 32);
    return r;
  }
  void scatter(uint64_t* base, Words words, Mask lanes = 1) const {
    if (lanes) std::memcpy(base + words, &value, 32);
  }
  static void gatherTwo(const uint64_t* base, const uint32_t* records, int stride, PortableLanes& first, PortableLanes& second) {
    first = gather(base, (uint64_t)*records * stride);
    second = gather(base + 4, (uint64_t)*records * stride);
  }
  static void scatterTwo(uint64_t* base, const uint32_t* records, int stride, const PortableLanes& first, const PortableLanes& second) {
    first.scatter(base, (uint64_t)*records * stride);
    second.scatter(base + 4, (uint64_t)*records * stride);
  }
  using Constant = U256;
  static Constant constant(const U256& packed) { return packed; }
  static void transposeLanes(PortableLanes*) {}
  static PortableLanes broadcast(const U256& packed) { return {Element<P>{packed}}; }
  friend PortableLanes operator+(const PortableLanes& a, const PortableLanes& b) { return {a.value + b.value}; }
  friend PortableLanes operator-(const PortableLanes& a, const PortableLanes& b) { return {a.value - b.value}; }
  friend PortableLanes operator*(const PortableLanes& a, const PortableLanes& b) { return {a.value * b.value}; }
  PortableLanes squared() const { return {value.squared()}; }
  PortableLanes negated() const { return {value.negated()}; }
  PortableLanes withSign(Mask mask) const { return mask ? negated() : *this; }
  PortableLanes inverted() const { return {value.inverted()}; }
  Mask isZero() const { return value.isZero(); }
  static PortableLanes select(Mask mask, const PortableLanes& a, const PortableLanes& b) { return mask ? b : a; }
  static U256 packed(const Element<P>& element) { return element.value; }
  static Element<P> unpacked(const U256& lane) { return Element<P>{lane}; }
};

}  // namespace zkserve
