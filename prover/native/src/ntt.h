// Number-theoretic transforms of the scalar field over lanes.
#pragma once
#include <memory>
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

/**
 * Transforms of one size. A vector of N elements lies in N / width lanes: lane l of vector v is element
 * l·(N / width) + v, so that all but the first steps run alike in every lane.
 * Inverse transforms leave bit-reversed order, forward ones start from it; nothing is ever moved.
 */
template <class L>
class Transform {
 public:
  using Vector = std::vector<L>;
  const size_t size, vectors;

  explicit Transform(int power) : size((size_t)1 << power), vectors(size / L::width), power_(power) {
    const Fr root = rootOfUnity(power);
    const Fr inverse = root.inverted();
    forward_ = tables(root);
    inverse_ = tables(inverse);
    Fr n = Fr::one();
    for (int i = 0; i < power; i++) n = n + n;
    shift_ = shifted(rootOfUnity(power + 1), n.inverted());
  }

  /** From values at the roots of unity to values at the odd roots of the next order, in place. */
  void toOddCoset(Vector& data) const {
    invert(data);
    for (size_t v = 0; v < vectors; v++) data[v] = data[v] * shift_[v];
    evaluate(data);
  }

  /** Element `i` of a vector of this size: which vector, which lane. */
  size_t vectorOf(size_t i) const { return i % vectors; }
  size_t laneOf(size_t i) const { return i / vectors; }

 private:
  struct Tables {
    std::vector<U256> steps;   // packed powers of the root of one lane's transform
    Vector crossing;           // factors between the steps across lanes and those inside
    std::vector<L> across;     // factors inside the steps across lanes, by level
  };
  int power_;
  Tables forward_, inverse_;
  Vector shift_;

  static constexpr int lanePower() {
    int power = 0;
    while ((1 << power) < L::width) power++;
    return power;
  }
  static int reversed(int index, int bits) {
    int result = 0;
    for (int i = 0; i < bits; i++) result |= ((index >> i) & 1) << (bits - 1 - i);
    return result;
  }
  template <class Of>
  static L lanesOf(Of of) {
    uint64_t words[L::width * 4];
    for (int lane = 0; lane < L::width; lane++) {
      const U256 packed = L::packed(of(lane));
      std::memcpy(words + lane * 4, &packed, 32);
    }
    return L::gather(words, L::consecutive(0, 4));
  }
  static Fr power(const Fr& base, uint64_t exponent) { return base.power({{exponent, 0, 0, 0}}); }

  Tables tables(const Fr& root) const {
    Tables result;
    const Fr laneRoot = power(root, L::width);
    Fr step = Fr::one();
    for (size_t i = 0; i < std::max<size_t>(vectors / 2, 1); i++) {
      result.steps.push_back(L::packed(step));
      step = step * laneRoot;
    }
    // After the steps across lanes, lane l holds the frequencies that are reversed(l) modulo the width.
    std::vector<Fr> factors(L::width, Fr::one()), ratios;
    for (int lane = 0; lane < L::width; lane++) ratios.push_back(power(root, reversed(lane, lanePower())));
    for (size_t v = 0; v < vectors; v++) {
      result.crossing.push_back(lanesOf([&](int lane) { return factors[lane]; }));
      for (int lane = 0; lane < L::width; lane++) factors[lane] = factors[lane] * ratios[lane];
    }
    for (int half = L::width / 2; half >= 1; half /= 2) {
      const Fr unit = power(root, size / (2 * half));
      result.across.push_back(lanesOf([&](int lane) { return lane & half ? power(unit, lane & (half - 1)) : Fr::one(); }));
    }
    return result;
  }

  /** shift^i / N for the element that is i before the bits of its index were reversed. */
  Vector shifted(const Fr& shift, const Fr& scale) const {
    Vector result(vectors);
    const int inner = power_ - lanePower();
    std::vector<Fr> powers(1, scale);
    for (size_t i = 1; i < size; i++) powers.push_back(powers.back() * shift);
    for (size_t v = 0; v < vectors; v++) {
      result[v] = lanesOf([&](int lane) {
        const size_t index = (size_t)reversed((int)v, inner) * L::width + reversed(lane, lanePower());
        return powers[index];
      });
    }
    return result;
  }

  /** Values to coefficients times N, natural to reversed order. */
  void invert(Vector& data) const {
    for (size_t v = 0; v < vectors; v++) {
      L x = data[v];
      for (int level = 0; level < lanePower(); level++) {
        x = butterfly(x, (L::width / 2) >> level) * inverse_.across[level];
      }
      data[v] = x * inverse_.crossing[v];
    }
    descend(data.data(), vectors, 1);
  }

  /** Coefficients to values, reversed to natural order. */
  void evaluate(Vector& data) const {
    ascend(data.data(), vectors, 1);
    for (size_t v = 0; v < vectors; v++) {
      L x = data[v] * forward_.crossing[v];
      for (int level = lanePower(); level-- > 0;) {
        x = butterfly(x * forward_.across[level], (L::width / 2) >> level);
      }
      data[v] = x;
    }
  }

  static L butterfly(const L& x, int distance) { return L::addSubtract(x, distance); }

  void descend(L* data, size_t length, size_t stride) const {
    if (length < 2) return;
    const size_t half = length / 2;
    for (size_t j = 0; j < half; j++) {
      const L a = data[j], b = data[j + half];
      data[j] = a + b;
      data[j + half] = (a - b) * L::broadcast(inverse_.steps[j * stride]);
    }
    descend(data, half, stride * 2);
    descend(data + half, half, stride * 2);
  }
  void ascend(L* data, size_t length, size_t stride) const {
    if (length < 2) return;
    const size_t half = length / 2;
    ascend(data, half, stride * 2);
    ascend(data + half, half, stride * 2);
    for (size_t j = 0; j < half; j++) {
      const L a = data[j], b = data[j + half] * L::broadcast(forward_.steps[j * stride]);
      data[j] = a + b;
      data[j + half] = a - b;
    }
  }
};

}  // namespace zkserve
