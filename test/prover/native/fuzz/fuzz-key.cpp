// Damaged zkeys and witnesses through the native prover: every one ends in a proof or in an error of its own.
// Arguments: witness.h. A round that fails is repeated by its seed as the first one, and 1 round.
#include "witness.h"

using namespace fuzz;

namespace {

/** Points that could take C's place, for the key's sizes: those of A. */
Bytes foldingOf(const Bytes& key) {
  const zkserve::MemorySource source(key.data(), key.size());
  const zkserve::ZkeyReader file(source);
  const auto sizes = zkserve::ZkeyHeader(file).sizes;
  Bytes folding(64 + (size_t)sizes.signals * 64);
  std::memcpy(folding.data(), "zkqp", 4);
  setNumber<uint32_t>(folding, 4, 1);
  setNumber<uint32_t>(folding, 40, sizes.publics);
  setNumber<uint32_t>(folding, 44, sizes.signals);
  setNumber<uint32_t>(folding, 48, (uint32_t)1 << sizes.power);
  file.read(5, 0, folding.data() + 64, folding.size() - 64);
  return folding;
}

void mutateFolding(Bytes& file, Random& random) {
  if (random.below(4) == 0) file.resize(random.below(file.size()));
  if (random.below(4) == 0) setNumber<uint32_t>(file, 4 * random.below(16), (uint32_t)extreme(random, 1));
  if (random.below(2) == 0 && !file.empty()) file[random.below(file.size())] ^= (uint8_t)(1u << random.below(8));
}

Block exactly(const Bytes& bytes) {
  const Block block = blockOf(bytes.size());
  std::memcpy(block.memory.get(), bytes.data(), bytes.size());
  return block;
}

}  // namespace

int main(int count, char** words) {
  const Arguments given(count, words);
  const Bytes honestPoints = foldingOf(given.key);
  Tally tally;
  for (uint64_t seed = given.first; seed < given.first + given.rounds; seed++) {
    std::fprintf(stderr, "\rseed %llu ", (unsigned long long)seed);
    Random random(seed);
    Bytes file = given.key;
    for (size_t changes = random.below(3); changes > 0; changes--) mutateKey(file, random);
    Bytes points = honestPoints;
    if (seed % 4 == 1) mutateFolding(points, random);
    // A vector may be longer than its contents.
    const Block exact = exactly(file), exactPoints = exactly(points);
    const zkserve::MemorySource zkey(exact.memory.get(), file.size()), folding(exactPoints.memory.get(), points.size());
    std::shared_ptr<zkserve::Prover> prover;
    try {
      prover = proverOf(prepare(zkey, seed % 2 == 1 ? &folding : nullptr));
    } catch (const zkserve::KeyError&) {
      tally.keys++;
      continue;
    }
    tally.prove(*prover, given.values, given.threads, random);
  }
  tally.print();
}
