// The set-up as a job of the addon.
#pragma once
#include <napi.h>

#include "jobs.h"
#include "setup.h"

namespace zkserve {

/** What `setup` was called with: views of JavaScript memory, which the call keeps alive. */
struct SetupRequest {
  Circuit circuit;
  SetupBuffers buffers;
  int power = 0, threads;
  size_t committed;
  Secrets secrets;
  volatile uint8_t* cancelled;
  uint32_t* done;

  /** The secrets are copied, everything else is not. */
  explicit SetupRequest(const Napi::Object& object) {
    const auto number = [&](const char* name) { return object.Get(name).As<Napi::Number>().Uint32Value(); };
    const auto bytes = [&](const char* name, size_t length) {
      auto view = object.Get(name).As<Napi::Uint8Array>();
      demand(view.ByteLength() == length);
      return view.Data();
    };
    circuit.constraints = number("constraintCount");
    circuit.wires = number("wireCount");
    circuit.publics = number("publicCount");
    committed = number("committed");
    threads = std::max(1, (int)number("threads"));
    const uint32_t domain = number("domainSize");
    while (((uint64_t)1 << power) < domain) power++;
    demand(((uint64_t)1 << power) == domain && power >= 1 && power <= 27 && circuit.publics < circuit.wires &&
           (uint64_t)circuit.constraints + circuit.publics + 1 <= domain && committed <= circuit.publics);
    auto coefficients = object.Get("coefficients").As<Napi::Uint8Array>();
    circuit.coefficientCount = (uint32_t)(coefficients.ByteLength() / 32);
    circuit.coefficients = (const U256*)coefficients.Data();
    demand(((uintptr_t)circuit.coefficients & 7) == 0);
    circuit.a = matrix(object.Get("a").As<Napi::Object>());
    circuit.b = matrix(object.Get("b").As<Napi::Object>());
    circuit.c = matrix(object.Get("c").As<Napi::Object>());
    const size_t pointsG1 = leadingG1 + 4 * (size_t)circuit.wires + domain + committed;
    const size_t pointsG2 = leadingG2 + (size_t)circuit.wires + (committed > 0 ? 1 : 0);
    buffers = {bytes("generatorG1", 64), bytes("generatorG2", 128), bytes("g1", pointsG1 * 64), bytes("g2", pointsG2 * 128)};
    cancelled = bytes("cancelled", 1);
    auto progress = object.Get("done").As<Napi::Uint32Array>();
    demand(progress.ElementLength() == 1);
    done = progress.Data();
    secrets = readSecrets(bytes("secrets", 5 * 32));
  }
  ~SetupRequest() { overwrite(&secrets, sizeof secrets); }

 private:
  static void demand(bool holds) {
    if (!holds) throw std::range_error("the arguments of the set-up do not fit each other");
  }

  /** τ, α, β, δ, κ from plain numbers. */
  static Secrets readSecrets(const uint8_t* from) {
    Secrets result;
    Fr* const elements[5] = {&result.tau, &result.alpha, &result.beta, &result.delta, &result.kappa};
    for (int i = 0; i < 5; i++) {
      U256 number;
      std::memcpy(&number, from + i * 32, 32);
      *elements[i] = Fr::of(number);
      overwrite(&number, sizeof number);
    }
    return result;
  }

  /** One whose every index lies within the circuit. */
  SparseMatrix matrix(const Napi::Object& parts) const {
    const auto part = [&](const char* key) { return parts.Get(key).As<Napi::Uint32Array>(); };
    const auto offsets = part("rowOffsets"), wires = part("wires"), coefficients = part("coefficientIndexes");
    const SparseMatrix matrix{offsets.Data(), wires.Data(), coefficients.Data()};
    const size_t terms = wires.ElementLength();
    demand(offsets.ElementLength() == (size_t)circuit.constraints + 1 && coefficients.ElementLength() == terms &&
           matrix.offsets[0] == 0 && matrix.offsets[circuit.constraints] == terms);
    for (size_t row = 0; row < circuit.constraints; row++) demand(matrix.offsets[row] <= matrix.offsets[row + 1]);
    for (size_t i = 0; i < terms; i++) {
      demand(matrix.wires[i] < circuit.wires && matrix.coefficients[i] < circuit.coefficientCount);
    }
    return matrix;
  }
};

/** setup(request): Promise<void>. What is requested is in prover/setup/native-points.ts. */
template <template <class> class Lanes>
class SetupJob : public Job {
  const SetupRequest request_;
  const Napi::ObjectReference kept_;

 public:
  explicit SetupJob(const Napi::Object& object) : SetupJob(object, SetupRequest(object)) {}

  void run() override {
    makeKeyPoints<Lanes>(request_.circuit, request_.secrets, request_.power, request_.committed, request_.buffers,
                         request_.threads, cancelled, request_.done);
  }
  Napi::Value value(Napi::Env env) override { return env.Undefined(); }

 private:
  SetupJob(const Napi::Object& object, const SetupRequest& request)
      : Job(request.cancelled), request_(request), kept_(Napi::Persistent(object)) {}
};

}  // namespace zkserve
