// A Groth16 proof from a key and a witness.
#pragma once
#include <atomic>
#include <functional>
#include <mutex>
#include <thread>

#include "key.h"
#include "msm.h"
#include "ntt.h"

namespace zkserve {

struct Cancelled {};

/** A proof's coordinates as plain numbers. */
struct Proof {
  U256 a[2], b[4], c[2];
};

/** Runs tasks on threads until all are done; the first exception is thrown again. */
inline void runAll(const std::vector<std::function<void()>>& tasks, int threads, const volatile uint8_t* cancelled) {
  std::atomic<size_t> next{0};
  std::exception_ptr failure;
  std::mutex mutex;
  const auto work = [&] {
    for (;;) {
      const size_t task = next++;
      if (task >= tasks.size()) return;
      try {
        if (*cancelled) throw Cancelled{};
        tasks[task]();
      } catch (...) {
        std::lock_guard<std::mutex> lock(mutex);
        if (!failure) failure = std::current_exception();
        next = tasks.size();
      }
    }
  };
  std::vector<std::thread> others;
  for (int i = 1; i < threads; i++) others.emplace_back(work);
  work();
  for (auto& thread : others) thread.join();
  if (failure) std::rethrow_exception(failure);
}

/** A witness: every signal as a number, and as a machine integer where it is small. */
struct Witness {
  std::vector<U256> values;
  std::vector<int32_t> smalls;  // -1 where the value is not small
  static constexpr int32_t large = -1;

  explicit Witness(const uint8_t* bytes, size_t count) : values(count), smalls(count) {
    for (size_t i = 0; i < count; i++) {
      std::memcpy(&values[i], bytes + i * 32, 32);
      const U256& v = values[i];
      if (!lessThan(v, ScalarField::modulus)) throw KeyError("the witness exceeds the field");
      const bool isSmall = (v.limb[1] | v.limb[2] | v.limb[3]) == 0 && v.limb[0] < (1u << 31);
      smalls[i] = isSmall ? (int32_t)v.limb[0] : large;
    }
    if (count == 0 || smalls[0] != 1) throw KeyError("the witness does not begin with 1");
  }
};

/** Row times witness, as a number. */
inline U256 rowValue(const Matrix& matrix, size_t row, const Witness& witness) {
  __int128 sum = 0;
  Fr rest = Fr::zero();
  bool hasRest = false;
  for (uint32_t i = matrix.smallRows[row]; i < matrix.smallRows[row + 1]; i++) {
    const auto& [signal, factor] = matrix.smalls[i];
    const int32_t small = witness.smalls[signal];
    if (small >= 0) {
      sum += (int64_t)small * factor;
    } else {
      const Fr magnitude = Fr::of({{(uint64_t)std::abs((int64_t)factor), 0, 0, 0}});
      const Fr product = magnitude * Fr::of(witness.values[signal]);
      rest = factor < 0 ? rest - product : rest + product;
      hasRest = true;
    }
  }
  for (uint32_t i = matrix.largeRows[row]; i < matrix.largeRows[row + 1]; i++) {
    const auto& [signal, factor] = matrix.larges[i];
    if (witness.values[signal].isZero()) continue;
    rest = rest + factor * Fr::of(witness.values[signal]);
    hasRest = true;
  }
  const unsigned __int128 magnitude = sum < 0 ? -(unsigned __int128)sum : (unsigned __int128)sum;
  U256 number{{(uint64_t)magnitude, (uint64_t)(magnitude >> 64), 0, 0}};
  if (sum < 0) {
    uint64_t borrow;
    number = subRaw(ScalarField::modulus, number, borrow);
  }
  return hasRest ? (rest + Fr::of(number)).number() : number;
}

/** A loaded key that proves. */
class Prover {
 public:
  virtual ~Prover() = default;
  virtual uint32_t signals() const = 0;
  virtual uint32_t publics() const = 0;
  /**
   * @param bytes the witness, 32 bytes a signal
   * @param blinding two numbers below the field's order
   * @param cancelled ends the proof by {@link Cancelled} when it becomes 1
   */
  virtual Proof prove(const uint8_t* bytes, const U256 blinding[2], int threads, const volatile uint8_t* cancelled) const = 0;
};

/** A key whose points and transforms are laid out for certain lanes. Shared by all proofs. */
template <class BaseLanes, class ScalarLanes>
class LaneProver : public Prover {
  using G1 = G1Coordinate<BaseLanes>;
  using G2 = G2Coordinate<BaseLanes>;
  using Vector = typename Transform<ScalarLanes>::Vector;
  Key<BaseLanes> key_;
  Transform<ScalarLanes> transform_;
  ScalarLanes toMontgomery_, plainOne_;

 public:
  LaneProver(const uint8_t* data, size_t size) : key_(data, size), transform_(key_.power) {
    // The lanes' form of a number is its product with the square of the lanes' 1.
    const U256 one = ScalarLanes::packed(Fr::one());
    toMontgomery_ = ScalarLanes::broadcast(ScalarLanes::packed(Fr::of(one)));
    plainOne_ = ScalarLanes::broadcast({{1, 0, 0, 0}});
  }
  uint32_t signals() const override { return key_.signals; }
  uint32_t publics() const override { return key_.publics; }

  Proof prove(const uint8_t* bytes, const U256 blinding[2], int threads, const volatile uint8_t* cancelled) const override {
    const Witness witness(bytes, key_.signals);
    Vector vectors[3];
    std::vector<std::function<void()>> tasks;
    for (int part = 0; part < 2; part++) {
      vectors[part].resize(transform_.vectors);
      const Matrix& matrix = part == 0 ? key_.rowsA : key_.rowsB;
      constexpr size_t pieces = 8;
      for (size_t piece = 0; piece < pieces; piece++) {
        const size_t first = transform_.vectors * piece / pieces, end = transform_.vectors * (piece + 1) / pieces;
        tasks.push_back([&, first, end, part] { multiplyRows(matrix, witness, vectors[part], first, end); });
      }
    }
    runAll(tasks, threads, cancelled);
    vectors[2].resize(transform_.vectors);
    for (size_t v = 0; v < transform_.vectors; v++) vectors[2][v] = vectors[0][v] * vectors[1][v];

    auto sorted = [&](const uint64_t* points, int stride, size_t count, size_t firstSignal) {
      return SortedScalars::of(
          count, [&, firstSignal](size_t i) -> const U256& { return witness.values[firstSignal + i]; },
          [=](size_t i) {
            uint64_t any = 0;
            for (int k = 0; k < stride; k++) any |= points[i * stride + k];
            return any == 0;
          });
    };
    const size_t count = key_.signals, privateCount = count - key_.publics - 1;
    Multiplication<G1, BaseLanes> a(key_.a.words.data(), sorted(key_.a.words.data(), 8, count, 0));
    Multiplication<G1, BaseLanes> b1(key_.b1.words.data(), sorted(key_.b1.words.data(), 8, count, 0));
    Multiplication<G1, BaseLanes> c(key_.c.words.data(), sorted(key_.c.words.data(), 8, privateCount, key_.publics + 1));
    Multiplication<G2, BaseLanes> b2(key_.b2.words.data(), sorted(key_.b2.words.data(), 16, count, 0));
    tasks.clear();
    for (auto& vector : vectors) tasks.push_back([&] { transform_.toOddCoset(vector); });
    for (int i = 0; i < b2.tasks(); i++) tasks.push_back([&, i] { b2.run(i); });
    for (auto* each : {&a, &b1, &c}) {
      for (int i = 0; i < each->tasks(); i++) tasks.push_back([each, i] { each->run(i); });
    }
    runAll(tasks, threads, cancelled);

    std::vector<U256> quotient(transform_.size);
    for (size_t v = 0; v < transform_.vectors; v++) {
      const ScalarLanes h = (vectors[0][v] * vectors[1][v] - vectors[2][v]) * plainOne_;
      uint64_t words[ScalarLanes::width * 4];
      h.scatter(words, ScalarLanes::consecutive(0, 4));
      for (size_t lane = 0; lane < ScalarLanes::width; lane++) {
        U256 number;
        std::memcpy(&number, words + lane * 4, 32);
        quotient[lane * transform_.vectors + v] = Fr::reduceOnce(number);
      }
    }
    Multiplication<G1, BaseLanes> h(
        key_.h.words.data(),
        SortedScalars::of(transform_.size, [&](size_t i) -> const U256& { return quotient[i]; }, [](size_t) { return false; }));
    tasks.clear();
    for (int i = 0; i < h.tasks(); i++) tasks.push_back([&, i] { h.run(i); });
    runAll(tasks, threads, cancelled);
    return assemble(a.result(), b1.result(), b2.result(), c.result(), h.result(), blinding);
  }

 private:
  void multiplyRows(const Matrix& matrix, const Witness& witness, Vector& to, size_t first, size_t end) const {
    uint64_t words[ScalarLanes::width * 4];
    for (size_t v = first; v < end; v++) {
      for (size_t lane = 0; lane < ScalarLanes::width; lane++) {
        const U256 number = rowValue(matrix, lane * transform_.vectors + v, witness);
        std::memcpy(words + lane * 4, &number, 32);
      }
      to[v] = ScalarLanes::gather(words, ScalarLanes::consecutive(0, 4)) * toMontgomery_;
    }
  }

  template <class C>
  static Projective<typename C::Scalar> times(Projective<typename C::Scalar> point, const U256& scalar) {
    auto sum = Projective<typename C::Scalar>::zero();
    for (int bit = 255; bit >= 0; bit--) {
      sum = plus<C>(sum, sum);
      if ((scalar.limb[bit / 64] >> (bit % 64)) & 1) sum = plus<C>(sum, point);
    }
    return sum;
  }
  template <class C>
  static Projective<typename C::Scalar> plus(const Projective<typename C::Scalar>& p, const Projective<typename C::Scalar>& q) {
    return addComplete(p, q, [](const typename C::Scalar& x) { return C::timesB3(x); });
  }
  template <class F>
  static Projective<F> projective(const AffinePoint<F>& point) {
    return {point.x, point.y, F::one()};
  }

  Proof assemble(const Projective<Fq>& a, const Projective<Fq>& b1, const Projective<Fq2>& b2, const Projective<Fq>& c,
                 const Projective<Fq>& h, const U256 blinding[2]) const {
    const U256 &r = blinding[0], &s = blinding[1];
    const auto delta1 = projective(key_.delta1);
    const auto piA = plus<G1>(plus<G1>(a, projective(key_.alpha1)), times<G1>(delta1, r));
    const auto piB1 = plus<G1>(plus<G1>(b1, projective(key_.beta1)), times<G1>(delta1, s));
    const auto piB = plus<G2>(plus<G2>(b2, projective(key_.beta2)), times<G2>(projective(key_.delta2), s));
    const Fr product = (Fr::of(r) * Fr::of(s)).negated();
    auto piC = plus<G1>(plus<G1>(c, h), plus<G1>(times<G1>(piA, s), times<G1>(piB1, r)));
    piC = plus<G1>(piC, times<G1>(delta1, product.number()));
    Proof proof;
    const auto write = [](const Projective<Fq>& point, U256* to) {
      const Fq z = point.z.inverted();
      to[0] = (point.x * z).number();
      to[1] = (point.y * z).number();
    };
    write(piA, proof.a);
    write(piC, proof.c);
    const Fq2 z = piB.z.inverted();
    const Fq2 x = piB.x * z, y = piB.y * z;
    proof.b[0] = x.a.number();
    proof.b[1] = x.b.number();
    proof.b[2] = y.a.number();
    proof.b[3] = y.b.number();
    return proof;
  }
};

}  // namespace zkserve
