// The prover as a WebAssembly module: one key a memory, functions for its host (prover/backends/wasm-worker.ts).
#include "../src/lanes_portable.h"
#include "../src/lanes_wasm.h"
#include "../src/prove.h"

#define ZKSERVE_EXPORT(name) extern "C" __attribute__((export_name(#name)))

namespace {

using namespace zkserve;

constexpr size_t stackBytes = 256 << 10;

Prover* prover = nullptr;

}  // namespace

ZKSERVE_EXPORT(allocate) void* allocate(size_t bytes) { return std::malloc(bytes); }
ZKSERVE_EXPORT(release) void release(void* memory) { std::free(memory); }

/** Reads the key, which may be released then. */
ZKSERVE_EXPORT(load) void load(const uint8_t* zkey, size_t bytes) {
  // Smaller domains do not fill the lanes.
  if (domainOf(zkey, bytes) >= (uint32_t)WasmLanes<ScalarField>::width) {
    prover = new LaneProver<WasmLanes<BaseField>, WasmLanes<ScalarField>>(zkey, bytes);
  } else {
    prover = new LaneProver<PortableLanes<BaseField>, PortableLanes<ScalarField>>(zkey, bytes);
  }
}
ZKSERVE_EXPORT(signals) uint32_t signals() { return prover->signals(); }
ZKSERVE_EXPORT(publics) uint32_t publics() { return prover->publics(); }

/** @param values a number a signal; `blinding`: two numbers below the field's order; `times`: ms by stage */
ZKSERVE_EXPORT(prove) void prove(const U256* values, const U256* blinding, int threads, Proof* proof, double* times) {
  const volatile uint8_t cancelled = 0;
  *proof = prover->prove(values, blinding, threads, &cancelled, times);
}

/** The end of a new stack for a helper; 0 without memory. */
ZKSERVE_EXPORT(makeStack) void* makeStack() {
  uint8_t* stack = (uint8_t*)std::malloc(stackBytes);
  return stack ? stack + stackBytes : nullptr;
}
/** Takes part in proofs until its worker ends. */
ZKSERVE_EXPORT(help) void help() { team.help(); }
