// The native prover as a Node addon: keys stay in memory behind a handle, proofs are made on threads of their own.
#include <napi.h>
#include <sys/random.h>
#include <unistd.h>

#include <memory>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

#ifdef ZKSERVE_IFMA
#include "lanes_ifma.h"
#endif
#include "lanes_portable.h"
#include "arithmetic.h"
#include "prove.h"

namespace {

using namespace zkserve;

std::shared_ptr<Prover> loadKey(const uint8_t* data, size_t size) {
#ifdef ZKSERVE_IFMA
  // Smaller domains do not fill the lanes.
  if (domainOf(data, size) >= (uint32_t)IfmaLanes<ScalarField>::width) {
    return std::make_shared<LaneProver<IfmaLanes<BaseField>, IfmaLanes<ScalarField>>>(data, size);
  }
#endif
  return std::make_shared<LaneProver<PortableLanes<BaseField>, PortableLanes<ScalarField>>>(data, size);
}

/** A number below the field's order, uniform: 32 bytes of the operating system, drawn again where they exceed it. */
U256 drawBlinding() {
  for (;;) {
    U256 number;
    if (getentropy(number.limb, sizeof number.limb) != 0) throw KeyError("the system gives no randomness");
    number.limb[3] >>= 2;
    if (lessThan(number, ScalarField::modulus)) return number;
  }
}

/** A loaded key. */
class ProvingKey : public Napi::ObjectWrap<ProvingKey> {
 public:
  static Napi::Function define(Napi::Env env) {
    return DefineClass(env, "ProvingKey",
                       {InstanceMethod<&ProvingKey::prove>("prove"), InstanceAccessor<&ProvingKey::signals>("signals"), InstanceAccessor<&ProvingKey::publics>("publics")});
  }

  /** new ProvingKey(zkey: Uint8Array) */
  explicit ProvingKey(const Napi::CallbackInfo& info) : ObjectWrap(info) {
    const auto bytes = info[0].As<Napi::Uint8Array>();
    try {
      prover_ = loadKey(bytes.Data(), bytes.ByteLength());
    } catch (const std::exception& error) {
      Napi::Error::New(info.Env(), error.what()).ThrowAsJavaScriptException();
    }
  }

 private:
  std::shared_ptr<Prover> prover_;

  Napi::Value signals(const Napi::CallbackInfo& info) { return Napi::Number::New(info.Env(), prover_->signals()); }
  Napi::Value publics(const Napi::CallbackInfo& info) { return Napi::Number::New(info.Env(), prover_->publics()); }

  class Work;
  /**
   * prove(values: Uint8Array, threads: number, cancelled: Uint8Array): Promise<{proof: Uint8Array, stages}>: eight
   * numbers of 32 bytes, and each stage's CPU time in ms. The proof ends with an error when cancelled[0] becomes 1.
   */
  Napi::Value prove(const Napi::CallbackInfo& info);
};

class ProvingKey::Work : public Napi::AsyncWorker {
  std::shared_ptr<Prover> prover_;
  Napi::Reference<Napi::Uint8Array> cancelled_;
  const volatile uint8_t* flag_;
  std::vector<U256> witness_;
  int threads_;
  Proof proof_;
  double times_[stageCount] = {};
  Napi::Promise::Deferred deferred_;

 public:
  Work(Napi::Env env, std::shared_ptr<Prover> prover, Napi::Uint8Array cancelled, std::vector<U256> witness,
       int threads)
      : AsyncWorker(env),
        prover_(std::move(prover)),
        cancelled_(Napi::Persistent(cancelled)),
        flag_(cancelled.Data()),
        witness_(std::move(witness)),
        threads_(threads),
        deferred_(Napi::Promise::Deferred::New(env)) {}
  Napi::Promise promise() const { return deferred_.Promise(); }

 protected:
  void Execute() override {
    try {
      const U256 blinding[2] = {drawBlinding(), drawBlinding()};
      proof_ = prover_->prove(witness_.data(), blinding, threads_, flag_, times_);
    } catch (const Cancelled&) {
      SetError("cancelled");
    } catch (const std::exception& error) {
      SetError(error.what());
    }
  }
  void OnOK() override {
    auto bytes = Napi::Uint8Array::New(Env(), sizeof proof_);
    std::memcpy(bytes.Data(), &proof_, sizeof proof_);
    auto stages = Napi::Object::New(Env());
    for (int stage = 0; stage < stageCount; stage++) stages.Set(stageNames[stage], times_[stage]);
    auto result = Napi::Object::New(Env());
    result.Set("proof", bytes);
    result.Set("stages", stages);
    deferred_.Resolve(result);
  }
  void OnError(const Napi::Error& error) override { deferred_.Reject(error.Value()); }
};

Napi::Value ProvingKey::prove(const Napi::CallbackInfo& info) {
  const auto values = info[0].As<Napi::Uint8Array>();
  const int threads = info[1].As<Napi::Number>().Int32Value();
  if (values.ByteLength() != (size_t)prover_->signals() * 32) {
    Napi::Error::New(info.Env(), "the witness has another length than the key wants").ThrowAsJavaScriptException();
    return info.Env().Undefined();
  }
  std::vector<U256> witness;
  try {
    witness.resize(prover_->signals());
  } catch (const std::bad_alloc&) {
    Napi::Error::New(info.Env(), "there is no memory for the witness").ThrowAsJavaScriptException();
    return info.Env().Undefined();
  }
  std::memcpy(witness.data(), values.Data(), values.ByteLength());
  auto* work = new Work(info.Env(), prover_, info[2].As<Napi::Uint8Array>(), std::move(witness), std::max(1, threads));
  const auto promise = work->promise();
  work->Queue();
  return promise;
}

#if defined(__x86_64__)
/** adcx and adox; not every compiler's `__builtin_cpu_supports` knows them. */
bool hasAdx() {
  unsigned a, b, c, d;
  return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & (1u << 19));
}
#endif

/** The fastest of the addons that this processor can run. */
Napi::Value fastest(const Napi::CallbackInfo& info) {
  const char* name = "portable";
#if defined(__x86_64__)
  if (hasAdx() && __builtin_cpu_supports("bmi2")) name = "bmi2";
  if (__builtin_cpu_supports("avx512ifma") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512bw") && name[0] == 'b') {
    name = "ifma";
  }
#endif
  return Napi::String::New(info.Env(), name);
}

Napi::Object initialise(Napi::Env env, Napi::Object exports) {
  exports.Set("ProvingKey", ProvingKey::define(env));
#ifdef ZKSERVE_IFMA
  using Steps = Arithmetic<IfmaLanes>;
#else
  using Steps = Arithmetic<PortableLanes>;
#endif
  auto arithmetic = Steps::exports(env);
  arithmetic.Set("prove", Napi::Function::New<Steps::prove<loadKey>>(env));
  exports.Set("arithmetic", arithmetic);
  exports.Set("fastest", Napi::Function::New(env, fastest));
  return exports;
}

}  // namespace

NODE_API_MODULE(zkserve, initialise)
