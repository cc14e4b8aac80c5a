// Discrete logarithms of a key's points from the set-up's secrets: the native twin of prover/setup/key-scalars.ts.
#pragma once
#include <stdexcept>
#include <vector>

#include "ntt.h"
#include "overwrite.h"
#include "tasks.h"

namespace zkserve {

/** One matrix of a constraint system, row after row. */
struct SparseMatrix {
  const uint32_t *offsets, *wires, *coefficients;
};

struct Circuit {
  uint32_t constraints, wires, publics;
  SparseMatrix a, b, c;
  const U256* coefficients;  // the distinct ones, below the order
  uint32_t coefficientCount;
};

/** γ is 1. κ is 0 where no signals are committed to. */
struct Secrets {
  Fr tau, alpha, beta, delta, kappa;
};

/** Points in front of the wires': α, β, δ in G1 and β, δ in G2. */
constexpr size_t leadingG1 = 3, leadingG2 = 2;

/**
 * In G1: α, β, δ; A, B, K by wire; H by point of the domain; Q by wire; κ·K of the committed signals, the last public
 * ones. In G2: β, δ; B by wire; κ where there is one. See prover/setup/key-scalars.ts.
 */
class KeyScalars {
  using Elements = WipedVector<Fr>;
  const Circuit& circuit_;
  const Secrets& secrets_;
  const int power_;
  const size_t domain_, wires_, committed_;

 public:
  WipedVector<U256> g1, g2;

  KeyScalars(const Circuit& circuit, const Secrets& secrets, int power, size_t committed)
      : circuit_(circuit), secrets_(secrets), power_(power), domain_((size_t)1 << power), wires_(circuit.wires),
        committed_(committed), g1(leadingG1 + 4 * wires_ + domain_ + committed),
        g2(leadingG2 + wires_ + (committed > 0 ? 1 : 0)) {}

  void run(int threads, const volatile uint8_t* cancelled) {
    double times[stageCount] = {};
    const auto all = [&](std::vector<std::function<void()>> works) {
      std::vector<Task> tasks;
      for (auto& work : works) tasks.push_back({assembly, 1, std::move(work)});
      runAll(std::move(tasks), threads, cancelled, times);
    };
    Elements lagrange, columns[3];
    all({[&] { lagrange = lagrangeAt(power_, 0, 1, circuit_.constraints + circuit_.publics + 1); },
         [&] { writeQuotient(lagrangeAt(power_ + 1, 1, 2, domain_)); }});
    const SparseMatrix matrices[3] = {circuit_.a, circuit_.b, circuit_.c};
    Elements coefficients(circuit_.coefficientCount);
    for (size_t i = 0; i < coefficients.size(); i++) coefficients[i] = Fr::of(circuit_.coefficients[i]);
    std::vector<std::function<void()>> works;
    for (int i = 0; i < 3; i++) {
      works.push_back([&, i] { columns[i] = columnsAt(matrices[i], coefficients, lagrange); });
    }
    all(std::move(works));
    // The rows w_i · 0 = 0 of the constant and the public signals.
    for (size_t i = 0; i <= circuit_.publics; i++) columns[0][i] = columns[0][i] + lagrange[circuit_.constraints + i];
    works.clear();
    constexpr size_t pieces = 8;
    for (size_t piece = 0; piece < pieces; piece++) {
      works.push_back([&, piece] {
        writeWires(columns, wires_ * piece / pieces, wires_ * (piece + 1) / pieces);
      });
    }
    all(std::move(works));
    writeRest();
  }

 private:
  /** (τ^n - 1)/n · ω^j/(τ - ω^j) for j = first, first + stride, …: Lagrange polynomials of a domain of n = 2^power at τ. */
  Elements lagrangeAt(int power, size_t first, size_t stride, size_t count) const {
    const Fr root = rootOfUnity(power);
    const auto powerOf = [](const Fr& base, uint64_t exponent) { return base.power({{exponent, 0, 0, 0}}); };
    const Fr step = powerOf(root, stride);
    Elements values(count), prefixes(count);
    Fr point = powerOf(root, first), product = Fr::one();
    for (size_t j = 0; j < count; j++) {
      values[j] = secrets_.tau - point;
      prefixes[j] = product;
      product = product * values[j];
      point = point * step;
    }
    const uint64_t n = (uint64_t)1 << power;
    Fr inverse = product.inverted();
    const Fr factor = (powerOf(secrets_.tau, n) - Fr::one()) * Fr::of({{n, 0, 0, 0}}).inverted();
    const Fr back = step.inverted();
    for (size_t j = count; j-- > 0;) {
      point = point * back;
      const Fr reciprocal = inverse * prefixes[j];
      inverse = inverse * values[j];
      values[j] = reciprocal * point * factor;
    }
    return values;
  }

  /** For every wire Σ_c M[c][wire] · L_c(τ). */
  Elements columnsAt(const SparseMatrix& matrix, const Elements& coefficients, const Elements& lagrange) const {
    Elements columns(wires_);
    const Fr one = Fr::one(), minusOne = one.negated();
    for (auto& column : columns) column = Fr::zero();
    for (size_t row = 0; row < circuit_.constraints; row++) {
      for (uint32_t term = matrix.offsets[row]; term < matrix.offsets[row + 1]; term++) {
        const Fr& coefficient = coefficients[matrix.coefficients[term]];
        Fr& column = columns[matrix.wires[term]];
        if (coefficient == one) {
          column = column + lagrange[row];
        } else if (coefficient == minusOne) {
          column = column - lagrange[row];
        } else {
          column = column + coefficient * lagrange[row];
        }
      }
    }
    return columns;
  }

  void writeWires(const Elements* columns, size_t first, size_t end) {
    const Fr half = Fr::of({{2, 0, 0, 0}}).inverted(), one = Fr::one();
    const Fr power = secrets_.tau.power({{domain_, 0, 0, 0}});
    const Fr inverse = secrets_.delta.inverted();
    const Fr ofPrivate = (power + one) * half, ofPublic = (power - one) * half * inverse;
    for (size_t wire = first; wire < end; wire++) {
      const Fr &a = columns[0][wire], &b = columns[1][wire], &c = columns[2][wire];
      const bool isPublic = wire <= circuit_.publics;
      const Fr ab = secrets_.beta * a + secrets_.alpha * b;
      const Fr k = isPublic ? ab + c : (ab + c) * inverse;
      const Fr q = isPublic ? c * ofPublic : (ab + c * ofPrivate) * inverse;
      g1[leadingG1 + wire] = a.number();
      g1[leadingG1 + wires_ + wire] = g2[leadingG2 + wire] = b.number();
      g1[leadingG1 + 2 * wires_ + wire] = k.number();
      g1[leadingG1 + 3 * wires_ + domain_ + wire] = q.number();
      const size_t firstCommitted = circuit_.publics + 1 - committed_;
      if (isPublic && wire >= firstCommitted) {
        g1[leadingG1 + 4 * wires_ + domain_ + wire - firstCommitted] = (k * secrets_.kappa).number();
      }
    }
  }

  void writeQuotient(const Elements& lagrange) {
    const Fr inverse = secrets_.delta.inverted();
    for (size_t j = 0; j < domain_; j++) g1[leadingG1 + 3 * wires_ + j] = (lagrange[j] * inverse).number();
  }

  void writeRest() {
    g1[0] = secrets_.alpha.number();
    g1[1] = g2[0] = secrets_.beta.number();
    g1[2] = g2[1] = secrets_.delta.number();
    if (committed_ > 0) g2[leadingG2 + wires_] = secrets_.kappa.number();
  }
};

}  // namespace zkserve
