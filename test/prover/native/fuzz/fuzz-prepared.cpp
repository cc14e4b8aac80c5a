// Prepared keys as a hostile author would write them, checksums right: each proves something or is refused.
// Arguments: witness.h.
#include "witness.h"

using namespace fuzz;
using zkserve::KeyHeader;
using zkserve::KeyLayout;

namespace {

/** One change of a prepared key: of its header, of what its sections hold, or of its length. */
void mutatePrepared(Bytes& file, const KeyHeader& honest, Random& random) {
  // The transforms' tables come last: what lies before them does not follow from their length.
  const KeyLayout layout(honest.sizes, 0);
  const size_t tableWords = (size_t)(honest.size - layout.tables) / 8;
  const auto word = [&](uint64_t at) {
    if (at + 4 <= file.size()) setNumber<uint32_t>(file, at, (uint32_t)extreme(random, numberAt<uint32_t>(file, at)));
  };
  const size_t which = random.below(2);
  const auto& rows = layout.rows[which];
  const KeyLayout::Points all[] = {layout.a, layout.b1, layout.b2, layout.c, layout.h};
  const auto& points = all[random.below(5)];
  switch (random.below(11)) {
    case 0:
      word(4 * random.below(sizeof(KeyHeader) / 4));
      break;
    case 1:
      word(offsetof(KeyHeader, sizes) + 4 * random.below(sizeof(zkserve::KeySizes) / 4));
      break;
    case 2:
      word((random.below(2) ? rows.smallRows : rows.largeRows) + 4 * random.below(((size_t)1 << honest.sizes.power) + 1));
      break;
    case 3:
      if (honest.sizes.smalls[which] > 0) word(rows.smalls + 4 * random.below(2 * (size_t)honest.sizes.smalls[which]));
      break;
    case 4:
      if (honest.sizes.larges[which] > 0) word(rows.larges + 4 * random.below(10 * (size_t)honest.sizes.larges[which]));
      break;
    case 5: {
      const size_t length = random.below(3) ? 32 : 8;
      const uint8_t byte = random.below(2) ? 0xff : 0;
      const uint64_t at = points.points + 32 * random.below((size_t)points.count * 2);
      if (at + length <= file.size()) std::memset(file.data() + at, byte, length);
      break;
    }
    case 6:
      if (points.count > 0 && points.isNeutral + points.count <= file.size()) {
        file[points.isNeutral + random.below((size_t)points.count)] = (uint8_t)random.next();
      }
      break;
    case 7:
      file.resize(random.below(2) ? random.below(file.size()) : file.size() / 64 * 64 + 64 * random.below(3));
      if (random.below(2)) setNumber<uint64_t>(file, offsetof(KeyHeader, size), file.size());
      break;
    case 8: {
      const uint64_t at = layout.tables + 8 * random.below(tableWords);
      if (at + 8 <= file.size()) setNumber<uint64_t>(file, at, random.below(2) ? ~(uint64_t)0 : random.next());
      break;
    }
    default:
      for (size_t i = 1 + random.below(8); i > 0 && !file.empty(); i--) {
        file[random.below(file.size())] ^= (uint8_t)(1u << random.below(8));
      }
  }
}

/** Makes the checksum right again, where a file of this length can have one. */
void sign(Bytes& file) {
  if (file.size() < sizeof(KeyHeader) || file.size() % 32 != 0) return;
  KeyHeader header;
  std::memcpy(&header, file.data(), sizeof header);
  header.size = file.size();
  setNumber(file, offsetof(KeyHeader, checksum), header.checksumOf(file.data() + sizeof header));
}

}  // namespace

int main(int count, char** words) {
  const Arguments given(count, words);
  const Block honest = prepare(zkserve::MemorySource(given.key.data(), given.key.size()), nullptr);
  KeyHeader header;
  std::memcpy(&header, honest.memory.get(), sizeof header);
  Tally tally;
  for (uint64_t seed = given.first; seed < given.first + given.rounds; seed++) {
    std::fprintf(stderr, "\rseed %llu ", (unsigned long long)seed);
    Random random(seed);
    Bytes file(honest.memory.get(), honest.memory.get() + honest.size);
    for (size_t changes = random.below(3); changes > 0; changes--) mutatePrepared(file, header, random);
    if (random.below(8) > 0) sign(file);
    const Block exact = blockOf(file.size());
    std::memcpy(exact.memory.get(), file.data(), file.size());
    std::shared_ptr<zkserve::Prover> prover;
    try {
      prover = proverOf(exact);
    } catch (const zkserve::KeyError&) {
      tally.keys++;
      continue;
    }
    tally.prove(*prover, given.values, given.threads, random);
  }
  tally.print();
}
