// Single steps of the prover as functions of bytes, so that tests can hold them against a slow judge.
#pragma once
#include <napi.h>

#include <stdexcept>

#include "prove.h"

namespace zkserve {

/** Numbers are 32 bytes each, least significant first. */
template <template <class> class Lanes>
class Arithmetic {
  using Base = Lanes<BaseField>;
  using Scalars = Lanes<ScalarField>;

  static std::vector<U256> numbersOf(const Napi::Value& value) {
    const auto bytes = value.As<Napi::Uint8Array>();
    std::vector<U256> numbers(bytes.ByteLength() / 32);
    if (!numbers.empty()) std::memcpy(numbers.data(), bytes.Data(), numbers.size() * 32);
    return numbers;
  }
  static Napi::Value bytesOf(Napi::Env env, const std::vector<U256>& numbers) {
    auto bytes = Napi::Uint8Array::New(env, numbers.size() * 32);
    if (!numbers.empty()) std::memcpy(bytes.Data(), numbers.data(), numbers.size() * 32);
    return bytes;
  }
  template <class P>
  static Element<P> elementOf(const U256& number) {
    if (!lessThan(number, P::modulus)) throw std::range_error("the number exceeds the field");
    return Element<P>::of(number);
  }
  template <class Work>
  static Napi::Value guarded(const Napi::CallbackInfo& info, Work work) {
    try {
      return bytesOf(info.Env(), work());
    } catch (const std::exception& error) {
      Napi::Error::New(info.Env(), error.what()).ThrowAsJavaScriptException();
      return info.Env().Undefined();
    }
  }

  /** For each pair of numbers of two lists of one length: a + b, a - b, a·b, a², 1/a, a(a - b) - b, one after another. */
  template <class P>
  static Napi::Value field(const Napi::CallbackInfo& info) {
    return guarded(info, [&] {
      using L = Lanes<P>;
      const auto a = numbersOf(info[0]), b = numbersOf(info[1]);
      std::vector<U256> results;
      for (size_t first = 0; first < a.size(); first += L::width) {
        uint64_t words[2][L::width * 4];
        for (size_t lane = 0; lane < L::width; lane++) {
          const size_t i = std::min(first + lane, a.size() - 1);
          const U256 packed[2] = {L::packed(elementOf<P>(a[i])), L::packed(elementOf<P>(b[i]))};
          for (int k = 0; k < 2; k++) std::memcpy(words[k] + lane * 4, &packed[k], 32);
        }
        const auto at = L::consecutive(0, 4);
        const L x = L::gather(words[0], at), y = L::gather(words[1], at);
        const L outcomes[6] = {x + y, x - y, x * y, x.squared(), x.inverted(), x * (x - y) - y};
        for (size_t lane = 0; lane < L::width && first + lane < a.size(); lane++) {
          for (const L& outcome : outcomes) {
            outcome.scatter(words[0], at);
            U256 packed;
            std::memcpy(&packed, words[0] + lane * 4, 32);
            results.push_back(L::unpacked(packed).number());
          }
        }
      }
      return results;
    });
  }

  static Fq read(const U256* numbers, Fq*) { return elementOf<BaseField>(numbers[0]); }
  static Fq2 read(const U256* numbers, Fq2*) { return {elementOf<BaseField>(numbers[0]), elementOf<BaseField>(numbers[1])}; }
  static void write(const Fq& x, std::vector<U256>& to) { to.push_back(x.number()); }
  static void write(const Fq2& x, std::vector<U256>& to) {
    to.push_back(x.a.number());
    to.push_back(x.b.number());
  }

  /** Σ scalar·point of two lists: affine coordinates, zeros for the neutral element. */
  template <class C>
  static Napi::Value multiply(const Napi::CallbackInfo& info) {
    return guarded(info, [&] {
      using Scalar = typename C::Scalar;
      constexpr size_t numbers = C::words / 4;
      const auto coordinates = numbersOf(info[0]), scalars = numbersOf(info[1]);
      const size_t count = scalars.size();
      if (coordinates.size() != count * 2 * numbers) throw std::range_error("points and scalars differ in number");
      PointArray<C> points;
      points.reserve(count);
      for (size_t i = 0; i < 2 * count; i++) C::pack(read(&coordinates[i * numbers], (Scalar*)nullptr), points.data() + i * C::words);
      points.markNeutral(count);
      for (const auto& scalar : scalars) elementOf<ScalarField>(scalar);
      Lender<MultiplicationBuffers<C, Base>> buffers;
      Multiplication<C, Base> multiplication(points, buffers);
      double times[stageCount] = {};
      const uint8_t cancelled = 0;
      std::vector<Task> sorting, tasks;
      multiplication.addSorting(sorting, pointsA, 1, scalars.data(), count);
      runAll(std::move(sorting), 2, &cancelled, times);
      multiplication.addTasks(tasks, pointsA, 1);
      runAll(std::move(tasks), 2, &cancelled, times);
      const auto sum = multiplication.result();
      const Scalar z = sum.z.inverted();
      std::vector<U256> result;
      write(Scalar(sum.x * z), result);
      write(Scalar(sum.z.isZero() ? Scalar::zero() : sum.y * z), result);
      return result;
    });
  }

  /** CPU time in ms of so many multiplications in the base field, in four chains that hide each other's latency. */
  static Napi::Value multiplications(const Napi::CallbackInfo& info) {
    constexpr int chains = 4;
    const auto steps = (size_t)(info[0].As<Napi::Number>().DoubleValue() / (chains * Base::width));
    Base values[chains];
    for (int i = 0; i < chains; i++) values[i] = Base::broadcast(Base::packed(Fq::of({{(uint64_t)i + 3, 0, 0, 0}})));
    const Base factor = values[0];
    const double start = threadTime();
    for (size_t step = 0; step < steps; step++) {
      for (Base& value : values) value = value * factor;
    }
    const double time = threadTime() - start;
    // Results are stored, so that the compiler leaves nothing out.
    volatile uint64_t kept = 0;
    for (const Base& value : values) {
      uint64_t words[Base::width * 4];
      value.scatter(words, Base::consecutive(0, 4));
      kept = kept ^ words[0];
    }
    return Napi::Number::New(info.Env(), time);
  }

  /** Values at the N-th roots of unity to values at those times a root of order 2N. */
  static Napi::Value toOddCoset(const Napi::CallbackInfo& info) {
    return guarded(info, [&] {
      const auto values = numbersOf(info[0]);
      int power = 0;
      while (((size_t)1 << power) < values.size()) power++;
      if (((size_t)1 << power) != values.size() || values.size() < Scalars::width) throw std::range_error("no such transform");
      const Transform<Scalars> transform(power);
      typename Transform<Scalars>::Vector vector(transform.vectors);
      uint64_t words[Scalars::width * 4];
      const auto at = Scalars::consecutive(0, 4);
      for (size_t v = 0; v < transform.vectors; v++) {
        for (size_t lane = 0; lane < Scalars::width; lane++) {
          const U256 packed = Scalars::packed(elementOf<ScalarField>(values[lane * transform.vectors + v]));
          std::memcpy(words + lane * 4, &packed, 32);
        }
        vector[v] = Scalars::gather(words, at);
      }
      transform.toOddCoset(vector);
      std::vector<U256> results(values.size());
      for (size_t v = 0; v < transform.vectors; v++) {
        vector[v].scatter(words, at);
        for (size_t lane = 0; lane < Scalars::width; lane++) {
          U256 packed;
          std::memcpy(&packed, words + lane * 4, 32);
          results[lane * transform.vectors + v] = Scalars::unpacked(packed).number();
        }
      }
      return results;
    });
  }

 public:
  /** A proof whose blinding is given: key file, witness, two numbers, threads. */
  template <std::shared_ptr<Prover> (*load)(const uint8_t*, size_t)>
  static Napi::Value prove(const Napi::CallbackInfo& info) {
    return guarded(info, [&] {
      const auto key = info[0].As<Napi::Uint8Array>();
      const auto prover = load(key.Data(), key.ByteLength());
      const auto witness = numbersOf(info[1]), blinding = numbersOf(info[2]);
      if (witness.size() != prover->signals()) throw std::range_error("the witness has another length");
      if (blinding.size() != 2) throw std::range_error("the blinding is two numbers");
      for (const auto& number : blinding) elementOf<ScalarField>(number);
      const uint8_t cancelled = 0;
      ProofReport report;
      const Proof proof = prover->prove(witness.data(), blinding.data(), info[3].As<Napi::Number>().Int32Value(), &cancelled, report);
      std::vector<U256> numbers(sizeof proof / sizeof(U256));
      std::memcpy(numbers.data(), &proof, sizeof proof);
      return numbers;
    });
  }
  static Napi::Object exports(Napi::Env env) {
    auto object = Napi::Object::New(env);
    object.Set("baseField", Napi::Function::New<field<BaseField>>(env));
    object.Set("scalarField", Napi::Function::New<field<ScalarField>>(env));
    object.Set("multiplyG1", Napi::Function::New<multiply<G1Coordinate<Base>>>(env));
    object.Set("multiplyG2", Napi::Function::New<multiply<G2Coordinate<Base>>>(env));
    object.Set("multiplications", Napi::Function::New<multiplications>(env));
    object.Set("toOddCoset", Napi::Function::New<toOddCoset>(env));
    return object;
  }
};

}  // namespace zkserve
