// The prover as a WebAssembly module: one key a memory, functions for its host (prover/backends/wasm-worker.ts).
#include "../src/key-writer.h"
#include "../src/lanes_portable.h"
#include "../src/lanes_wasm.h"
#include "../src/prove.h"

#define ZKSERVE_EXPORT(name) extern "C" __attribute__((export_name(#name)))

namespace {

using namespace zkserve;

constexpr size_t stackBytes = 1 << 20;

Prover* prover = nullptr;

template <template <class> class Lanes>
void loadFor(const ZkeyReader& file, const ByteSource* quotient) {
  const KeyWriter<Lanes<BaseField>, TransformTables<Lanes<ScalarField>>> writer(file, quotient);
  const uint64_t size = writer.size();
  if (size > SIZE_MAX) fail("there is no memory left");
  const std::shared_ptr<uint8_t> memory((uint8_t*)std::calloc(1, (size_t)size), std::free);
  if (!memory) fail("there is no memory left");
  writer.write(memory.get(), nullptr, nullptr);
  prover = new LaneProver<Lanes<BaseField>, Lanes<ScalarField>>(memory, size);
}

}  // namespace

ZKSERVE_EXPORT(allocate) void* allocate(size_t bytes) { return std::malloc(bytes); }
ZKSERVE_EXPORT(release) void release(void* memory) { std::free(memory); }

/** Reads the key, which may be released then; `quotientBytes` is 0 where there are no points that spare transforms. */
ZKSERVE_EXPORT(load) void load(const uint8_t* zkey, size_t bytes, const uint8_t* quotient, size_t quotientBytes) {
  const MemorySource source(zkey, bytes), points(quotient, quotientBytes);
  const ByteSource* folding = quotientBytes > 0 ? &points : nullptr;
  const ZkeyReader file(source);
  // Smaller domains do not fill the lanes.
  if ((1 << ZkeyHeader(file).sizes.power) >= WasmLanes<BaseField>::width) {
    loadFor<WasmLanes>(file, folding);
  } else {
    loadFor<PortableLanes>(file, folding);
  }
}
ZKSERVE_EXPORT(signals) uint32_t signals() { return prover->signals(); }
ZKSERVE_EXPORT(publics) uint32_t publics() { return prover->publics(); }

/**
 * @param values a number a signal
 * @param blinding two numbers below the field's order
 * @param times gets ms by stage: of all threads, then from the stage's first step to the end of its last
 */
ZKSERVE_EXPORT(prove) void prove(const U256* values, const U256* blinding, int threads, Proof* proof, double* times) {
  const volatile uint8_t cancelled = 0;
  ProofReport report;
  *proof = prover->prove(values, blinding, threads, &cancelled, report);
  for (int stage = 0; stage < stageCount; stage++) {
    times[stage] = report.cpu[stage];
    times[stageCount + stage] = report.to[stage] - report.from[stage];
  }
}

/** The end of a new stack for a helper; 0 without memory. */
ZKSERVE_EXPORT(makeStack) void* makeStack() {
  uint8_t* stack = (uint8_t*)std::malloc(stackBytes);
  return stack ? stack + stackBytes : nullptr;
}
/** Takes part in proofs until its worker ends. */
ZKSERVE_EXPORT(help) void help() { team.help(); }
