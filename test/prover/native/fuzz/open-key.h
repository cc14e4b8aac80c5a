// Keys in memory of their exact size, so that the address sanitiser sees what is read or written beside them.
#pragma once
#include <cstdlib>

#include "../../../../prover/native/src/load-key.h"

namespace fuzz {

struct Block {
  std::shared_ptr<uint8_t> memory;
  uint64_t size;
};

/** Zeros on a cache line. */
inline Block blockOf(uint64_t size) {
  void* memory = nullptr;
  if (posix_memalign(&memory, 64, size == 0 ? 1 : (size_t)size) != 0) throw std::bad_alloc();
  std::memset(memory, 0, (size_t)size);
  return {std::shared_ptr<uint8_t>((uint8_t*)memory, std::free), size};
}

template <template <class> class Lanes>
Block prepared(const zkserve::ZkeyReader& file, const zkserve::ByteSource* folding) {
  using Tables = zkserve::TransformTables<Lanes<zkserve::ScalarField>>;
  const zkserve::KeyWriter<Lanes<zkserve::BaseField>, Tables> writer(file, folding);
  Block block = blockOf(writer.size());
  writer.write(block.memory.get(), nullptr, nullptr);
  return block;
}

/** A zkey's prepared form for the lanes that this program is compiled for; with folded points, or null. */
inline Block prepare(const zkserve::ByteSource& zkey, const zkserve::ByteSource* folding) {
  using namespace zkserve;
  const ZkeyReader file(zkey);
#ifdef ZKSERVE_IFMA
  if ((1 << ZkeyHeader(file).sizes.power) >= IfmaLanes<BaseField>::width) return prepared<IfmaLanes>(file, folding);
#endif
  return prepared<PortableLanes>(file, folding);
}

inline std::shared_ptr<zkserve::Prover> proverOf(const Block& block) {
  return zkserve::proverOf(zkserve::Mapping{block.memory, block.size});
}

}  // namespace fuzz
