// Witnesses, honest and not.
#pragma once
#include "mutate.h"
#include "open-key.h"

namespace fuzz {

/** A witness of a length: the honest one, or with values at borders. */
inline std::vector<zkserve::U256> witnessOf(const Bytes& values, size_t count, Random& random) {
  using zkserve::U256;
  std::vector<U256> witness(count, U256{{1, 0, 0, 0}});
  std::memcpy((void*)witness.data(), values.data(), std::min(values.size(), count * 32));
  if (random.below(3) == 0) return witness;
  for (size_t i = 1 + random.below(4); i > 0; i--) {
    U256& value = witness[count > 1 && random.below(8) ? 1 + random.below(count - 1) : 0];
    value = {{0, 0, 0, 0}};
    switch (random.below(16)) {
      case 0:
        value = zkserve::ScalarField::modulus;
        value.limb[0] += random.below(4) - 2;
        break;
      case 1:
        for (auto& limb : value.limb) limb = ~(uint64_t)0;
        break;
      case 2:
      case 3:
      case 4:
        for (auto& limb : value.limb) limb = random.next();
        value.limb[3] >>= 3;
        break;
      default:
        value.limb[random.below(3)] = extreme(random, 1);
        if (random.below(3) == 0) {
          uint8_t borrow;
          value = zkserve::subRaw(zkserve::ScalarField::modulus, value, borrow);
        }
    }
  }
  return witness;
}

/** What became of the cases so far. */
struct Tally {
  size_t proofs = 0, keys = 0, witnesses = 0;

  /** Proves by a key that was taken. */
  void prove(const zkserve::Prover& prover, const Bytes& values, int threads, Random& random) {
    const auto witness = witnessOf(values, prover.signals(), random);
    const zkserve::U256 blinding[2] = {{{random.next(), 2, 3, 4}}, {{5, 6, 7, random.next() >> 3}}};
    const uint8_t cancelled = 0;
    zkserve::ProofReport report;
    try {
      prover.prove(witness.data(), blinding, threads, &cancelled, report);
      proofs++;
    } catch (const zkserve::KeyError&) {
      witnesses++;
    }
  }
  void print() const {
    std::printf("{\"proofs\": %zu, \"refusedKeys\": %zu, \"refusedWitnesses\": %zu}\n", proofs, keys, witnesses);
  }
};

/** The command line: FILE.zkey VALUES ROUNDS FIRST_SEED [THREADS]; VALUES are the wires' values, 32 bytes each. */
struct Arguments {
  Bytes key, values;
  uint64_t rounds, first;
  int threads;

  Arguments(int count, char** words) {
    if (count < 5) std::exit(2);
    key = readFile(words[1]);
    values = readFile(words[2]);
    rounds = std::strtoull(words[3], nullptr, 10);
    first = std::strtoull(words[4], nullptr, 10);
    threads = count > 5 ? std::atoi(words[5]) : 1;
  }
};

}  // namespace fuzz
