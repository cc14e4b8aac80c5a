// A Groth16 proof from a key and a witness.
#pragma once
#include "key.h"
#include "msm.h"
#include "ntt.h"
#include "rows.h"
#include "tasks.h"

namespace zkserve {

/** A proof's coordinates as plain numbers. */
struct Proof {
  U256 a[2], b[4], c[2];
};

/** What a proof tells of itself. */
struct ProofReport {
  double cpu[stageCount] = {};                  // ms of all threads
  double from[stageCount] = {}, to[stageCount] = {};  // wall time of a stage's first step and its last one, in ms
  volatile int32_t* progress = nullptr;         // gets the share of the steps that are done, in thousandths
};

/** A loaded key that proves. */
class Prover {
 public:
  virtual ~Prover() = default;
  virtual uint32_t signals() const = 0;
  virtual uint32_t publics() const = 0;
  /** Bytes of the key's memory, most of which processes share where it is mapped from a file. */
  virtual uint64_t bytes() const = 0;
  /**
   * @param values the witness, a number a signal
   * @param blinding two numbers below the field's order
   * @param cancelled ends the proof by {@link Cancelled} when it becomes 1
   */
  virtual Proof prove(const U256* values, const U256* blinding, int threads, const volatile uint8_t* cancelled,
                      ProofReport& report) const = 0;
};

/** Runs tasks on threads, and adds their times and their share of the work to the report. */
inline void runReported(std::vector<Task>& tasks, int threads, const volatile uint8_t* cancelled, ProofReport& report,
                        int progressBefore, int progressAfter) {
  struct Span {
    Stage stage;
    double from, to;
  };
  std::vector<Span> spans(tasks.size());
  std::atomic<int> done{0};
  for (size_t i = 0; i < tasks.size(); i++) {
    tasks[i].run = [&, i, stage = tasks[i].stage, count = (int)tasks.size(), work = std::move(tasks[i].run)] {
      const double from = wallTime();
      work();
      spans[i] = {stage, from, wallTime()};
      const int finished = ++done;
      if (report.progress != nullptr) *report.progress = progressBefore + (progressAfter - progressBefore) * finished / count;
    };
  }
  runAll(std::move(tasks), threads, cancelled, report.cpu);
  for (const auto& [stage, from, to] : spans) {
    if (report.to[stage] == 0) report.from[stage] = from;
    report.from[stage] = std::min(report.from[stage], from);
    report.to[stage] = std::max(report.to[stage], to);
  }
}

/** A key whose points and transforms are laid out for certain lanes. Shared by all proofs. */
template <class BaseLanes, class ScalarLanes>
class LaneProver : public Prover {
  using G1 = G1Coordinate<BaseLanes>;
  using G2 = G2Coordinate<BaseLanes>;
  using Vector = typename Transform<ScalarLanes>::Vector;
  // Rows and quotients are made in pieces, so that every thread has some.
  static constexpr size_t pieces = 16;
  std::shared_ptr<const void> memory_;
  uint64_t size_;
  Key<BaseLanes, TransformTables<ScalarLanes>> key_;
  Transform<ScalarLanes> transform_;
  ScalarLanes toMontgomery_, plainOne_;

 public:
  /** @param memory a prepared key of `size` bytes, and what keeps it */
  LaneProver(std::shared_ptr<const uint8_t> memory, uint64_t size)
      : memory_(memory), size_(size), key_(memory.get(), size), transform_(key_.power, key_.tables) {
    // The lanes' form of a number is its product with the square of the lanes' 1.
    const U256 one = ScalarLanes::packed(Fr::one());
    toMontgomery_ = ScalarLanes::broadcast(ScalarLanes::packed(Fr::of(one)));
    plainOne_ = ScalarLanes::broadcast(U256{{1, 0, 0, 0}});
  }
  uint32_t signals() const override { return key_.signals; }
  uint32_t publics() const override { return key_.publics; }
  uint64_t bytes() const override { return size_; }

  Proof prove(const U256* values, const U256* blinding, int threads, const volatile uint8_t* cancelled,
              ProofReport& report) const override {
    // With C's part of the quotient folded into its points, the quotient takes a·b alone.
    const size_t count = key_.signals, firstOfC = key_.folded ? 0 : key_.publics + 1, used = key_.folded ? 2 : 3;
    const Witness witness(values, count);
    Lender<MultiplicationBuffers<G1, BaseLanes>> buffers1;
    Lender<MultiplicationBuffers<G2, BaseLanes>> buffers2;
    Multiplication<G1, BaseLanes> a(key_.a, buffers1), b1(key_.b1, buffers1), c(key_.c, buffers1), h(key_.h, buffers1);
    Multiplication<G2, BaseLanes> b2(key_.b2, buffers2);
    Vector vectors[3];
    for (size_t i = 0; i < used; i++) vectors[i].resize(transform_.vectors);
    const auto run = [&](std::vector<Task>& tasks, int progressBefore, int progressAfter) {
      runReported(tasks, threads, cancelled, report, progressBefore, progressAfter);
      tasks.clear();
    };

    std::vector<Task> tasks;
    for (size_t piece = 0; piece < pieces; piece++) {
      tasks.push_back({rows, 1, [&, piece] { multiplyRows(witness, vectors, piece); }});
    }
    b2.addSorting(tasks, pointsB2, 1, values, count);
    a.addSorting(tasks, pointsA, 1, values, count);
    b1.addSorting(tasks, pointsB1, 1, values, count);
    c.addSorting(tasks, pointsC, 1, values + firstOfC, count - firstOfC);
    run(tasks, 0, 50);

    const double dearest = 1e18;
    for (int step = 0; step < transform_.steps; step++) {
      for (size_t i = 0; i < used; i++) transform_.addTasks(step, tasks, transforms, dearest, vectors[i]);
      if (step + 1 < transform_.steps) run(tasks, 50, 50);
    }
    b2.addTasks(tasks, pointsB2, 3);
    a.addTasks(tasks, pointsA, 1);
    b1.addTasks(tasks, pointsB1, 1);
    c.addTasks(tasks, pointsC, 1);
    run(tasks, 50, 400);

    std::vector<U256> quotient(transform_.size);
    for (size_t piece = 0; piece < pieces; piece++) {
      tasks.push_back({transforms, 1, [&, piece] { writeQuotient(vectors, quotient.data(), piece); }});
    }
    run(tasks, 400, 420);
    h.addSorting(tasks, pointsH, 1, quotient.data(), quotient.size());
    run(tasks, 420, 450);
    h.addTasks(tasks, pointsH, 1);
    run(tasks, 450, 990);

    Proof proof;
    tasks.push_back({assembly, 1, [&] {
      proof = assemble(a.result(), b1.result(), b2.result(), c.result(), h.result(), blinding);
    }});
    run(tasks, 990, 1000);
    return proof;
  }

 private:
  /** A piece of the rows of A and B times the witness, and their products. */
  void multiplyRows(const Witness& witness, Vector* to, size_t piece) const {
    const size_t first = transform_.vectors * piece / pieces, end = transform_.vectors * (piece + 1) / pieces;
    uint64_t words[ScalarLanes::width * 4];
    for (size_t v = first; v < end; v++) {
      for (int part = 0; part < 2; part++) {
        const Matrix& matrix = part == 0 ? key_.rowsA : key_.rowsB;
        for (size_t lane = 0; lane < ScalarLanes::width; lane++) {
          const U256 number = rowValue(matrix, lane * transform_.vectors + v, witness);
          std::memcpy(words + lane * 4, &number, 32);
        }
        to[part][v] = ScalarLanes::gather(words, ScalarLanes::consecutive(0, 4)) * toMontgomery_;
      }
      if (!key_.folded) to[2][v] = to[0][v] * to[1][v];
    }
  }

  /** A piece of a·b - c, or of a·b where C is folded, as plain numbers. */
  void writeQuotient(const Vector* vectors, U256* to, size_t piece) const {
    const size_t first = transform_.vectors * piece / pieces, end = transform_.vectors * (piece + 1) / pieces;
    for (size_t v = first; v < end; v++) {
      const ScalarLanes h = key_.folded ? ScalarLanes(vectors[0][v] * vectors[1][v] * plainOne_)
                                        : ScalarLanes((vectors[0][v] * vectors[1][v] - vectors[2][v]) * plainOne_);
      uint64_t words[ScalarLanes::width * 4];
      h.scatter(words, ScalarLanes::consecutive(0, 4));
      for (size_t lane = 0; lane < ScalarLanes::width; lane++) {
        U256 number;
        std::memcpy(&number, words + lane * 4, 32);
        to[lane * transform_.vectors + v] = Fr::reduceOnce(number);
      }
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
                 const Projective<Fq>& h, const U256* blinding) const {
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
