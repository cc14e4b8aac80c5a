// A proving key as the prover wants it: points packed for the lanes, coefficients by row.
#pragma once
#include <string>
#include <unordered_map>

#include "fail.h"
#include "point-array.h"

namespace zkserve {

/** Bytes of a binary file of snarkjs (`zkey`, `wtns`): sections by number. */
class SectionFile {
  const uint8_t* data_;
  std::unordered_map<uint32_t, std::pair<size_t, size_t>> sections_;

 public:
  SectionFile(const uint8_t* data, size_t size, const char* type) : data_(data) {
    if (size < 12 || std::memcmp(data, type, 4) != 0) fail(std::string("the file is no ") + type);
    const uint32_t count = word(8);
    size_t at = 12;
    for (uint32_t i = 0; i < count; i++) {
      if (size - at < 12) fail("the file ends inside a section's header");
      const uint32_t id = word(at);
      uint64_t length;
      std::memcpy(&length, data + at + 4, 8);
      at += 12;
      if (length > size - at) fail("the file ends inside a section");
      sections_.emplace(id, std::make_pair(at, (size_t)length));
      at += length;
    }
  }
  uint32_t word(size_t at) const {
    uint32_t value;
    std::memcpy(&value, data_ + at, 4);
    return value;
  }
  /** A section of exactly `length` bytes. */
  const uint8_t* section(uint32_t id, uint64_t length) const {
    const auto found = sections_.find(id);
    if (found == sections_.end()) fail("the file lacks section " + std::to_string(id));
    if (found->second.second != length) fail("section " + std::to_string(id) + " has another length");
    return data_ + found->second.first;
  }
  size_t length(uint32_t id) const {
    const auto found = sections_.find(id);
    return found == sections_.end() ? 0 : found->second.second;
  }
};

template <class F>
struct AffinePoint {
  F x, y;
};

inline Fq readFq(const uint8_t* from) {
  Fq value;
  std::memcpy(&value.value, from, 32);
  if (!lessThan(value.value, BaseField::modulus)) fail("a coordinate exceeds the field");
  return value;
}
inline AffinePoint<Fq> readG1(const uint8_t* from) { return {readFq(from), readFq(from + 32)}; }
inline AffinePoint<Fq2> readG2(const uint8_t* from) {
  return {{readFq(from), readFq(from + 32)}, {readFq(from + 64), readFq(from + 96)}};
}

/** One matrix of the constraints, by row; most coefficients are small integers. */
struct Matrix {
  struct Small {
    uint32_t signal;
    int32_t factor;
  };
  struct Large {
    uint32_t signal;
    Fr factor;
  };
  std::vector<uint32_t> smallRows, largeRows;
  std::vector<Small> smalls;
  std::vector<Large> larges;
};

/** Bytes of a key's header section. */
constexpr uint64_t headerLength = 84 + 3 * 64 + 3 * 128;

/** Rows of the domain, as the key's header gives them. */
inline uint32_t domainOf(const uint8_t* data, size_t size) {
  uint32_t domain;
  std::memcpy(&domain, SectionFile(data, size, "zkey").section(2, headerLength) + 80, 4);
  return domain;
}

template <class L>
struct Key {
  uint32_t signals = 0, publics = 0;
  int power = 0;
  AffinePoint<Fq> alpha1, beta1, delta1;
  AffinePoint<Fq2> beta2, delta2;
  PointArray<G1Coordinate<L>> a, b1, c, h;
  PointArray<G2Coordinate<L>> b2;
  Matrix rowsA, rowsB;

  Key(const uint8_t* data, size_t size) {
    const SectionFile file(data, size, "zkey");
    const uint8_t* header = file.section(2, headerLength);
    U256 q, r;
    std::memcpy(&q, header + 4, 32);
    std::memcpy(&r, header + 40, 32);
    if (!(q == BaseField::modulus) || !(r == ScalarField::modulus)) fail("the key is of another curve");
    uint32_t domain;
    std::memcpy(&signals, header + 72, 4);
    std::memcpy(&publics, header + 76, 4);
    std::memcpy(&domain, header + 80, 4);
    while (((uint32_t)1 << power) < domain && power < 27) power++;
    if (((uint32_t)1 << power) != domain || (1 << power) < L::width) fail("the key has an unusual domain");
    if (publics >= signals) fail("the key has more public signals than signals");
    alpha1 = readG1(header + 84);
    beta1 = readG1(header + 148);
    beta2 = readG2(header + 212);
    delta1 = readG1(header + 468);
    delta2 = readG2(header + 532);
    readPoints(file.section(5, (uint64_t)signals * 64), signals, a);
    readPoints(file.section(6, (uint64_t)signals * 64), signals, b1);
    readPoints(file.section(7, (uint64_t)signals * 128), signals, b2);
    readPoints(file.section(8, (uint64_t)(signals - publics - 1) * 64), signals - publics - 1, c);
    readPoints(file.section(9, (uint64_t)domain * 64), domain, h);
    readCoefficients(file);
  }

 private:
  template <class C>
  static void readPoints(const uint8_t* from, size_t count, PointArray<C>& to) {
    to.reserve(count);
    for (size_t i = 0; i < count * 2 * C::words / 4; i++) {
      const U256 packed = L::packed(readFq(from + i * 32));
      std::memcpy(to.data() + i * 4, &packed, 32);
    }
    to.markNeutral(count);
  }

  void readCoefficients(const SectionFile& file) {
    const size_t length = file.length(4);
    if (length < 4) fail("the key lacks its coefficients");
    const uint8_t* from = file.section(4, length);
    uint32_t count;
    std::memcpy(&count, from, 4);
    if (length != 4 + (uint64_t)count * 44) fail("the coefficients have another length");
    const size_t rows = (size_t)1 << power;
    // Coefficients repeat: what each is as a number is worked out once.
    struct Known {
      Fr factor;
      bool isSmall;
      int32_t small;
    };
    struct Hash {
      size_t operator()(const U256& value) const { return value.limb[0] ^ (value.limb[1] * 0x9e3779b97f4a7c15); }
    };
    std::unordered_map<U256, Known, Hash> known;
    const auto know = [&](const uint8_t* at) -> const Known& {
      U256 stored;
      std::memcpy(&stored, at, 32);
      const auto found = known.find(stored);
      if (found != known.end()) return found->second;
      if (!lessThan(stored, ScalarField::modulus)) fail("a coefficient exceeds the field");
      // Stored twice in Montgomery form, so that a product with a plain witness is in that form once.
      const Fr factor{(Fr{stored} * Fr{U256{{1, 0, 0, 0}}}).value};
      uint8_t borrow;
      const U256 number = factor.number();
      const U256 opposite = subRaw(ScalarField::modulus, number, borrow);
      Known value{factor, isSmall(number) || isSmall(opposite), 0};
      value.small = isSmall(number) ? (int32_t)number.limb[0] : -(int32_t)opposite.limb[0];
      return known.emplace(stored, value).first->second;
    };
    for (Matrix* matrix : {&rowsA, &rowsB}) {
      matrix->smallRows.assign(rows + 1, 0);
      matrix->largeRows.assign(rows + 1, 0);
    }
    for (int pass = 0; pass < 2; pass++) {
      for (uint32_t i = 0; i < count; i++) {
        const uint8_t* at = from + 4 + (size_t)i * 44;
        uint32_t which, row, signal;
        std::memcpy(&which, at, 4);
        std::memcpy(&row, at + 4, 4);
        std::memcpy(&signal, at + 8, 4);
        if (which > 1 || row >= rows || signal >= signals) fail("a coefficient lies outside the circuit");
        Matrix& matrix = which == 0 ? rowsA : rowsB;
        const Known& value = know(at + 12);
        auto& starts = value.isSmall ? matrix.smallRows : matrix.largeRows;
        if (pass == 0) {
          starts[row + 1]++;
        } else if (value.isSmall) {
          matrix.smalls[starts[row]++] = {signal, value.small};
        } else {
          matrix.larges[starts[row]++] = {signal, value.factor};
        }
      }
      for (Matrix* matrix : {&rowsA, &rowsB}) {
        for (auto* starts : {&matrix->smallRows, &matrix->largeRows}) {
          if (pass == 0) {
            for (size_t row = 0; row < rows; row++) (*starts)[row + 1] += (*starts)[row];
          } else {
            for (size_t row = rows; row > 0; row--) (*starts)[row] = (*starts)[row - 1];
            (*starts)[0] = 0;
          }
        }
        if (pass == 0) {
          matrix->smalls.resize(matrix->smallRows[rows]);
          matrix->larges.resize(matrix->largeRows[rows]);
        }
      }
    }
  }
};

}  // namespace zkserve
