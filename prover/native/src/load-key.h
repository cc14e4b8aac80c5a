// Provers from keys: from a zkey's bytes, from its file, or from the prepared file beside it.
#pragma once
#ifdef ZKSERVE_IFMA
#include "lanes_ifma.h"
#endif
#include "key-file.h"
#include "key-writer.h"
#include "lanes_portable.h"
#include "prove.h"

namespace zkserve {

/** Names the form of this build's prepared keys: builds of one form use each other's files. */
inline std::string formOfKeys() {
#ifdef ZKSERVE_IFMA
  const std::string lanes = "ifma";
#else
  const std::string lanes = "scalar";
#endif
  return lanes + "-" + std::to_string(KeyHeader::currentVersion) + "." + std::to_string(TransformTables<PortableLanes<ScalarField>>::version);
}

/** A key on disk. */
struct KeyFiles {
  std::string zkey, prepared;
  std::string folding;  // of the points that take C's place, or empty
  uint8_t zkeyHash[32] = {}, foldingHash[32] = {};
};

template <template <class> class Lanes>
std::shared_ptr<Prover> proverWith(const Mapping& key) {
  return std::make_shared<LaneProver<Lanes<BaseField>, Lanes<ScalarField>>>(key.memory, key.size);
}

/** A prover of a prepared key in memory. */
inline std::shared_ptr<Prover> proverOf(const Mapping& key) {
  if (key.size < sizeof(KeyHeader)) fail("the prepared key is too short");
#ifdef ZKSERVE_IFMA
  if (((const KeyHeader*)key.memory.get())->width == (uint32_t)IfmaLanes<BaseField>::width) return proverWith<IfmaLanes>(key);
#endif
  return proverWith<PortableLanes>(key);
}

template <template <class> class Lanes>
Mapping written(const ZkeyReader& file, const ByteSource* folding, const KeyFiles* files) {
  const KeyWriter<Lanes<BaseField>, TransformTables<Lanes<ScalarField>>> writer(file, folding);
  const Mapping key = Mapping::anonymous(writer.size());
  writer.write(key.memory.get(), files ? files->zkeyHash : nullptr, files ? files->foldingHash : nullptr);
  return key;
}

/** The prepared form of a zkey for this processor. */
inline Mapping preparedOf(const ByteSource& zkey, const ByteSource* folding, const KeyFiles* files) {
  const ZkeyReader file(zkey);
#ifdef ZKSERVE_IFMA
  // Smaller domains do not fill the lanes.
  if ((1 << ZkeyHeader(file).sizes.power) >= IfmaLanes<BaseField>::width) return written<IfmaLanes>(file, folding, files);
#endif
  return written<PortableLanes>(file, folding, files);
}

inline std::shared_ptr<Prover> loadKey(const uint8_t* zkey, size_t size) {
  return proverOf(preparedOf(MemorySource(zkey, size), nullptr, nullptr));
}

/** A prover of the prepared file, or null where it is missing, damaged or of another key. */
inline std::shared_ptr<Prover> openPrepared(const KeyFiles& files) {
  const Mapping key = Mapping::ofFile(files.prepared);
  if (key.size < sizeof(KeyHeader)) return nullptr;
  const auto& header = *(const KeyHeader*)key.memory.get();
  const bool isOfKey = std::memcmp(header.source, files.zkeyHash, 32) == 0 && std::memcmp(header.folding, files.foldingHash, 32) == 0;
  if (!isOfKey) return nullptr;
  try {
    return proverOf(key);
  } catch (const KeyError&) {
    return nullptr;
  }
}

/**
 * A prover of a zkey whose hash was checked; leaves the prepared file, if it can.
 * @param cancelled ends the work by {@link Cancelled} when it becomes 1
 */
inline std::shared_ptr<Prover> prepareKey(const KeyFiles& files, const volatile uint8_t* cancelled) {
  Draft draft(files.prepared, cancelled);
  if (auto made = openPrepared(files)) return made;
  const auto converted = [&] {
    const FileSource zkey = FileSource::open(files.zkey, cancelled);
    if (files.folding.empty()) return preparedOf(zkey, nullptr, &files);
    const FileSource folding = FileSource::open(files.folding, cancelled);
    return preparedOf(zkey, &folding, &files);
  };
  Mapping key = converted();
  if (draft.write(key.memory.get(), key.size)) {
    key = {};
    if (auto made = openPrepared(files)) return made;
    key = converted();
  }
  return proverOf(key);
}

}  // namespace zkserve
