// A proving key as the prover wants it: points packed for the lanes, coefficients by row, read where they lie.
#pragma once
#include "fail.h"
#include "key-layout.h"
#include "point-array.h"

namespace zkserve {

template <class F>
struct AffinePoint {
  F x, y;
};

/** One matrix of the constraints, by row; most coefficients are small integers. */
struct Matrix {
  const uint32_t *smallRows, *largeRows;
  const SmallTerm* smalls;
  const LargeTerm* larges;
};

/** Sizes that a circuit can have; `width` is that of the lanes, which the domain must fill. */
inline void checkSizes(const KeySizes& sizes, int width) {
  // The transforms take a root of twice the domain's order.
  if (sizes.power > 27 || (1 << sizes.power) < width) fail("the key has an unusual domain");
  if (sizes.publics >= sizes.signals) fail("the key has more public signals than signals");
}

/**
 * A view of a prepared key in memory, every number in it checked: nothing that is read later lies outside.
 * `Tables` is what the transforms keep with a key, see TransformTables; wrong ones make wrong proofs, no more.
 */
template <class L, class Tables>
struct Key {
  uint32_t signals, publics;
  int power;
  bool folded;
  AffinePoint<Fq> alpha1, beta1, delta1;
  AffinePoint<Fq2> beta2, delta2;
  PointView<G1Coordinate<L>> a, b1, c, h;
  PointView<G2Coordinate<L>> b2;
  Matrix rowsA, rowsB;
  const uint8_t* tables;

  /** @param memory on a cache line, of `size` bytes, unchanged as long as the key is used */
  Key(const uint8_t* memory, uint64_t size) {
    KeyHeader header;
    if (size < sizeof header) fail("the prepared key is too short");
    std::memcpy(&header, memory, sizeof header);
    const KeySizes& sizes = header.sizes;
    const bool isKnown = std::memcmp(header.magic, KeyHeader::expected, 8) == 0 &&
                         header.version == KeyHeader::currentVersion && header.tables == Tables::version &&
                         header.width == (uint32_t)L::width;
    if (!isKnown) fail("the prepared key has another form");
    checkSizes(sizes, L::width);
    if (sizes.folded > 1) fail("the prepared key has another form");
    const KeyLayout layout(sizes, Tables::bytes((int)sizes.power));
    if (header.size != size || layout.size != size) fail("the prepared key has another length");
    if (header.checksumOf(memory + sizeof header) != header.checksum) fail("the prepared key is damaged");
    signals = sizes.signals;
    publics = sizes.publics;
    power = (int)sizes.power;
    folded = sizes.folded == 1;
    alpha1 = pointOf(header.alpha1);
    beta1 = pointOf(header.beta1);
    delta1 = pointOf(header.delta1);
    beta2 = twistPointOf(header.beta2);
    delta2 = twistPointOf(header.delta2);
    a = pointsAt<G1Coordinate<L>>(memory, layout.a);
    b1 = pointsAt<G1Coordinate<L>>(memory, layout.b1);
    b2 = pointsAt<G2Coordinate<L>>(memory, layout.b2);
    c = pointsAt<G1Coordinate<L>>(memory, layout.c);
    h = pointsAt<G1Coordinate<L>>(memory, layout.h);
    rowsA = matrixAt(memory, layout.rows[0], sizes, 0);
    rowsB = matrixAt(memory, layout.rows[1], sizes, 1);
    tables = memory + layout.tables;
  }

 private:
  template <class P>
  static void checkNumber(const U256& value) {
    if (value.limb[3] >= P::modulus.limb[3] && !lessThan(value, P::modulus)) fail("a number exceeds the field");
  }
  static Fq coordinateOf(const U256& value) {
    checkNumber<BaseField>(value);
    return Fq{value};
  }
  static AffinePoint<Fq> pointOf(const U256* from) { return {coordinateOf(from[0]), coordinateOf(from[1])}; }
  static AffinePoint<Fq2> twistPointOf(const U256* from) {
    return {{coordinateOf(from[0]), coordinateOf(from[1])}, {coordinateOf(from[2]), coordinateOf(from[3])}};
  }

  template <class C>
  static PointView<C> pointsAt(const uint8_t* memory, const KeyLayout::Points& at) {
    const auto* numbers = (const U256*)(memory + at.points);
    for (uint64_t i = 0; i < at.count * (C::words / 2); i++) checkNumber<BaseField>(numbers[i]);
    return {(const uint64_t*)numbers, memory + at.isNeutral};
  }

  static Matrix matrixAt(const uint8_t* memory, const KeyLayout::Rows& at, const KeySizes& sizes, int which) {
    const Matrix matrix{(const uint32_t*)(memory + at.smallRows), (const uint32_t*)(memory + at.largeRows),
                        (const SmallTerm*)(memory + at.smalls), (const LargeTerm*)(memory + at.larges)};
    const size_t rows = (size_t)1 << sizes.power;
    const auto checkRows = [rows](const uint32_t* starts, uint32_t count) {
      bool isOrdered = starts[0] == 0 && starts[rows] == count;
      for (size_t row = 0; row < rows; row++) isOrdered &= starts[row] <= starts[row + 1];
      if (!isOrdered) fail("the rows of the prepared key are out of order");
    };
    checkRows(matrix.smallRows, sizes.smalls[which]);
    checkRows(matrix.largeRows, sizes.larges[which]);
    for (uint32_t i = 0; i < sizes.smalls[which]; i++) {
      const auto& [signal, factor] = matrix.smalls[i];
      if (signal >= sizes.signals || factor == INT32_MIN) fail("a coefficient lies outside the circuit");
    }
    for (uint32_t i = 0; i < sizes.larges[which]; i++) {
      if (matrix.larges[i].signal >= sizes.signals) fail("a coefficient lies outside the circuit");
      checkNumber<ScalarField>(matrix.larges[i].factor);
    }
    return matrix;
  }
};

}  // namespace zkserve
