// The native prover as a Node addon: keys stay in memory behind a handle, proofs are made on threads of their own.
#include <napi.h>
#include <sys/random.h>
#include <unistd.h>

#include <memory>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

#include "arithmetic.h"
#include "jobs.h"
#include "key-registry.h"
#include "load-key.h"
#include "setup-job.h"

namespace {

using namespace zkserve;

constexpr int mostThreads = 256;

/** A number below the field's order, uniform: 32 bytes of the operating system, drawn again where they exceed it. */
U256 drawBlinding() {
  for (;;) {
    U256 number;
    if (getentropy(number.limb, sizeof number.limb) != 0) throw KeyError("the system gives no randomness");
    number.limb[3] >>= 2;
    if (lessThan(number, ScalarField::modulus)) return number;
  }
}

/** What belongs to one environment: the main thread or a worker. */
struct Environment {
  Jobs jobs;
  Napi::FunctionReference provingKey;
  explicit Environment(Napi::Env env) : jobs(env) {}
  static Environment& of(Napi::Env env) { return *env.GetInstanceData<Environment>(); }
};

using ProverPointer = std::shared_ptr<Prover>;

/** Names of keys that come as bytes are not shared. */
std::string uniqueName() {
  static std::atomic<uint64_t> next{0};
  return std::to_string(next++);
}

/** A loaded key. */
class ProvingKey : public Napi::ObjectWrap<ProvingKey> {
 public:
  static Napi::Function define(Napi::Env env) {
    return DefineClass(env, "ProvingKey",
                       {StaticMethod<&ProvingKey::load>("load"), StaticMethod<&ProvingKey::open>("open"),
                        StaticMethod<&ProvingKey::prepare>("prepare"), InstanceMethod<&ProvingKey::prove>("prove"),
                        InstanceMethod<&ProvingKey::release>("release"), InstanceAccessor<&ProvingKey::signals>("signals"),
                        InstanceAccessor<&ProvingKey::publics>("publics")});
  }

  /** new ProvingKey(zkey: Uint8Array), on this thread; `load` and its like are for longer keys. */
  explicit ProvingKey(const Napi::CallbackInfo& info) : ObjectWrap(info) {
    if (info[0].IsExternal()) {
      prover_ = *info[0].As<Napi::External<ProverPointer>>().Data();
      return;
    }
    const auto bytes = info[0].As<Napi::Uint8Array>();
    const uint8_t cancelled = 0;
    try {
      prover_ = KeyRegistry::shared().get(uniqueName(), &cancelled, [&] { return loadKey(bytes.Data(), bytes.ByteLength()); });
    } catch (...) {
      throw Failure::current().toError(info.Env());
    }
  }

 private:
  ProverPointer prover_;

  Napi::Value signals(const Napi::CallbackInfo& info) { return Napi::Number::New(info.Env(), prover(info)->signals()); }
  Napi::Value publics(const Napi::CallbackInfo& info) { return Napi::Number::New(info.Env(), prover(info)->publics()); }
  /** Gives the key's memory back, once running proofs have ended. */
  void release(const Napi::CallbackInfo&) { prover_.reset(); }
  const ProverPointer& prover(const Napi::CallbackInfo& info) {
    if (!prover_) throw Napi::Error::New(info.Env(), "the key was released");
    return prover_;
  }

  class LoadJob;
  class ProveJob;
  /** load(zkey: Uint8Array): Promise<ProvingKey>; the bytes must stay as they are meanwhile. */
  static Napi::Value load(const Napi::CallbackInfo& info);
  /** open(files): Promise<ProvingKey | null>: the key of a prepared file, null where that does not serve. */
  static Napi::Value open(const Napi::CallbackInfo& info);
  /** prepare(files): Promise<ProvingKey>: from the zkey, whose hash was checked; leaves the prepared file. */
  static Napi::Value prepare(const Napi::CallbackInfo& info);
  /**
   * prove(values: Uint8Array, threads: number, cancelled: Uint8Array, progress?: Int32Array): Promise<{proof, stages,
   * wall}>: eight numbers of 32 bytes; each stage's CPU time over all threads, and the time from its first step to its
   * last, in ms. Ends with an error when cancelled[0] becomes 1. progress[0] gets the share that is done, in thousandths.
   */
  Napi::Value prove(const Napi::CallbackInfo& info);
};

class ProvingKey::LoadJob : public Job {
  using Load = std::function<ProverPointer(const volatile uint8_t* cancelled)>;
  volatile uint8_t flag_ = 0;
  const Load load_;
  const Napi::ObjectReference kept_;
  ProverPointer prover_;

 public:
  /** @param kept what `load` reads of */
  LoadJob(Load load, Napi::ObjectReference kept) : Job(&flag_), load_(std::move(load)), kept_(std::move(kept)) {}
  void run() override { prover_ = load_(&flag_); }
  Napi::Value value(Napi::Env env) override {
    if (!prover_) return env.Null();
    return Environment::of(env).provingKey.New({Napi::External<ProverPointer>::New(env, &prover_)});
  }
};

class ProvingKey::ProveJob : public Job {
  const ProverPointer prover_;
  const Napi::Reference<Napi::Uint8Array> cancelled_;
  const Napi::ObjectReference progress_;
  const std::vector<U256> witness_;
  const int threads_;
  Proof proof_;
  ProofReport report_;

 public:
  ProveJob(ProverPointer prover, std::vector<U256> witness, int threads, Napi::Uint8Array cancelled, const Napi::Value& progress)
      : Job(cancelled.Data()),
        prover_(std::move(prover)),
        cancelled_(Napi::Persistent(cancelled)),
        progress_(progress.IsTypedArray() ? Napi::Persistent(progress.As<Napi::Object>()) : Napi::ObjectReference()),
        witness_(std::move(witness)),
        threads_(threads) {
    if (progress.IsTypedArray()) report_.progress = progress.As<Napi::Int32Array>().Data();
  }
  void run() override {
    const U256 blinding[2] = {drawBlinding(), drawBlinding()};
    proof_ = prover_->prove(witness_.data(), blinding, threads_, cancelled, report_);
  }
  Napi::Value value(Napi::Env env) override {
    auto bytes = Napi::Uint8Array::New(env, sizeof proof_);
    std::memcpy(bytes.Data(), &proof_, sizeof proof_);
    auto stages = Napi::Object::New(env), wall = Napi::Object::New(env);
    for (int stage = 0; stage < stageCount; stage++) {
      stages.Set(stageNames[stage], report_.cpu[stage]);
      wall.Set(stageNames[stage], report_.to[stage] - report_.from[stage]);
    }
    auto result = Napi::Object::New(env);
    result.Set("proof", bytes);
    result.Set("stages", stages);
    result.Set("wall", wall);
    return result;
  }
};

/** Bytes of a hash in hex. */
void readHash(const Napi::Value& value, uint8_t* to) {
  const std::string hex = value.As<Napi::String>();
  if (hex.size() != 64 || hex.find_first_not_of("0123456789abcdef") != std::string::npos) {
    throw Napi::Error::New(value.Env(), "no SHA-256");
  }
  for (size_t i = 0; i < 32; i++) to[i] = (uint8_t)std::stoi(hex.substr(2 * i, 2), nullptr, 16);
}

KeyFiles keyFilesOf(const Napi::Object& object) {
  KeyFiles files;
  files.zkey = object.Get("zkey").As<Napi::String>();
  files.prepared = object.Get("prepared").As<Napi::String>();
  readHash(object.Get("sha256"), files.zkeyHash);
  if (object.Has("quotient")) {
    files.folding = object.Get("quotient").As<Napi::String>();
    readHash(object.Get("quotientSha256"), files.foldingHash);
  }
  return files;
}

/** Keys by file and contents; bundles whose zkeys are one file share it. */
std::string nameOf(const KeyFiles& files) {
  struct stat status;
  const bool isThere = stat(files.zkey.c_str(), &status) == 0;
  const std::string file = isThere ? std::to_string(status.st_dev) + ':' + std::to_string(status.st_ino) : files.prepared;
  return file + std::string((const char*)files.zkeyHash, 32) + std::string((const char*)files.foldingHash, 32);
}

Napi::Value ProvingKey::load(const Napi::CallbackInfo& info) {
  const auto bytes = info[0].As<Napi::Uint8Array>();
  const auto load = [data = bytes.Data(), size = bytes.ByteLength()](const volatile uint8_t* cancelled) {
    return KeyRegistry::shared().get(uniqueName(), cancelled, [&] { return loadKey(data, size); });
  };
  return Environment::of(info.Env()).jobs.start(info.Env(), std::make_unique<LoadJob>(load, Napi::Persistent(info[0].As<Napi::Object>())));
}

Napi::Value ProvingKey::open(const Napi::CallbackInfo& info) {
  const auto load = [files = keyFilesOf(info[0].As<Napi::Object>())](const volatile uint8_t* cancelled) {
    return KeyRegistry::shared().get(nameOf(files), cancelled, [&] { return openPrepared(files); });
  };
  return Environment::of(info.Env()).jobs.start(info.Env(), std::make_unique<LoadJob>(load, Napi::ObjectReference()));
}

Napi::Value ProvingKey::prepare(const Napi::CallbackInfo& info) {
  const auto load = [files = keyFilesOf(info[0].As<Napi::Object>())](const volatile uint8_t* cancelled) {
    return KeyRegistry::shared().get(nameOf(files), cancelled, [&] { return prepareKey(files, cancelled); });
  };
  return Environment::of(info.Env()).jobs.start(info.Env(), std::make_unique<LoadJob>(load, Napi::ObjectReference()));
}

Napi::Value ProvingKey::prove(const Napi::CallbackInfo& info) {
  const auto values = info[0].As<Napi::Uint8Array>();
  const int threads = std::clamp(info[1].As<Napi::Number>().Int32Value(), 1, mostThreads);
  if (values.ByteLength() != (size_t)prover(info)->signals() * 32) {
    throw Napi::Error::New(info.Env(), "the witness has another length than the key wants");
  }
  std::vector<U256> witness(prover_->signals());
  std::memcpy(witness.data(), values.Data(), values.ByteLength());
  return Environment::of(info.Env()).jobs.start(
      info.Env(), std::make_unique<ProveJob>(prover_, std::move(witness), threads, info[2].As<Napi::Uint8Array>(), info[3]));
}

/** setup(request): Promise<void>; see setup-job.h. */
template <template <class> class Lanes>
Napi::Value setup(const Napi::CallbackInfo& info) {
  return Environment::of(info.Env()).jobs.start(info.Env(), std::make_unique<SetupJob<Lanes>>(info[0].As<Napi::Object>()));
}

/** loadedKeys(): {count, bytes} of the keys in this process. */
Napi::Value loadedKeys(const Napi::CallbackInfo& info) {
  const auto [count, bytes] = KeyRegistry::shared().loaded();
  auto result = Napi::Object::New(info.Env());
  result.Set("count", (double)count);
  result.Set("bytes", (double)bytes);
  return result;
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
  auto* environment = new Environment(env);
  env.SetInstanceData(environment);
  const auto provingKey = ProvingKey::define(env);
  environment->provingKey = Napi::Persistent(provingKey);
  exports.Set("ProvingKey", provingKey);
#ifdef ZKSERVE_IFMA
  using Steps = Arithmetic<IfmaLanes>;
  exports.Set("setup", Napi::Function::New<setup<IfmaLanes>>(env));
#else
  using Steps = Arithmetic<PortableLanes>;
  exports.Set("setup", Napi::Function::New<setup<PortableLanes>>(env));
#endif
  auto arithmetic = Steps::exports(env);
  arithmetic.Set("prove", Napi::Function::New<Steps::prove<loadKey>>(env));
  exports.Set("arithmetic", arithmetic);
  exports.Set("form", formOfKeys());
  exports.Set("loadedKeys", Napi::Function::New(env, loadedKeys));
  exports.Set("fastest", Napi::Function::New(env, fastest));
  return exports;
}

}  // namespace

NODE_API_MODULE(zkserve, initialise)
