// Damaged zkeys and witnesses through the native prover: every one ends in a proof or in an error of its own.
// Arguments: witness.h. A round that fails is repeated by its seed as the first one, and 1 round.
#include "witness.h"

using namespace fuzz;

int main(int count, char** words) {
  const Arguments given(count, words);
  Tally tally;
  for (uint64_t seed = given.first; seed < given.first + given.rounds; seed++) {
    std::fprintf(stderr, "\rseed %llu ", (unsigned long long)seed);
    Random random(seed);
    Bytes file = given.key;
    for (size_t changes = random.below(3); changes > 0; changes--) mutateKey(file, random);
    // A vector may be longer than its contents.
    const Block exact = blockOf(file.size());
    std::memcpy(exact.memory.get(), file.data(), file.size());
    std::shared_ptr<zkserve::Prover> prover;
    try {
      prover = proverOf(prepare(zkserve::MemorySource(exact.memory.get(), file.size())));
    } catch (const zkserve::KeyError&) {
      tally.keys++;
      continue;
    }
    tally.prove(*prover, given.values, given.threads, random);
  }
  tally.print();
}
