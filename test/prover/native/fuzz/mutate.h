// Files of sections, damaged with an eye to their structure.
#pragma once
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

namespace fuzz {

using Bytes = std::vector<uint8_t>;

/** Reproducible numbers (splitmix64). */
class Random {
  uint64_t state_;

 public:
  explicit Random(uint64_t seed) : state_(seed) {}
  uint64_t next() {
    uint64_t z = (state_ += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  size_t below(size_t bound) { return bound == 0 ? 0 : (size_t)(next() % bound); }
};

inline Bytes readFile(const char* path) {
  FILE* file = std::fopen(path, "rb");
  if (!file) std::abort();
  Bytes bytes;
  for (int c; (c = std::fgetc(file)) != EOF;) bytes.push_back((uint8_t)c);
  std::fclose(file);
  return bytes;
}

template <class Number>
Number numberAt(const Bytes& bytes, size_t at) {
  Number number;
  std::memcpy(&number, bytes.data() + at, sizeof number);
  return number;
}
template <class Number>
void setNumber(Bytes& bytes, size_t at, Number number) {
  if (at + sizeof number <= bytes.size()) std::memcpy(bytes.data() + at, &number, sizeof number);
}

/** A number near a border, or near what is there. */
inline uint64_t extreme(Random& random, uint64_t present) {
  const uint64_t borders[] = {0, 1, 2, 3, 7, 8, 255, 256, 0x7fffffff, 0x80000000, 0xffffffff, (uint64_t)1 << 32, (uint64_t)1 << 63, ~(uint64_t)0};
  const uint64_t near[] = {present - 1, present + 1, present * 2, present / 2, 0 - present, present ^ ((uint64_t)1 << random.below(64))};
  return random.below(2) ? borders[random.below(sizeof borders / 8)] : near[random.below(sizeof near / 8)];
}

struct Section {
  uint32_t id;
  size_t header, start, length;
};

/** Sections as iden3's binary files have them; those of damaged files end where the file does. */
inline std::vector<Section> sectionsOf(const Bytes& file) {
  std::vector<Section> sections;
  for (size_t at = 12; at + 12 <= file.size() && sections.size() < 64;) {
    const uint64_t length = numberAt<uint64_t>(file, at + 4);
    if (length > file.size() - at - 12) break;
    sections.push_back({numberAt<uint32_t>(file, at), at, at + 12, (size_t)length});
    at += 12 + (size_t)length;
  }
  return sections;
}

/** One change of a key file: a length, a count, a coefficient, a coordinate, a section, or any bytes. */
inline void mutateKey(Bytes& file, Random& random) {
  const auto sections = sectionsOf(file);
  if (sections.empty()) return;
  const Section& section = sections[random.below(sections.size())];
  const auto extremeWord = [&](size_t at) {
    if (at + 4 <= file.size()) setNumber<uint32_t>(file, at, (uint32_t)extreme(random, numberAt<uint32_t>(file, at)));
  };
  const auto find = [&](uint32_t id) -> const Section* {
    for (const auto& each : sections) {
      if (each.id == id) return &each;
    }
    return nullptr;
  };
  switch (random.below(12)) {
    case 0:
      setNumber<uint64_t>(file, section.header + 4, extreme(random, section.length));
      break;
    case 1:
      setNumber<uint32_t>(file, section.header, (uint32_t)random.below(12));
      break;
    case 2:
      extremeWord(4 * random.below(3));
      break;
    case 3:
      if (const auto* header = find(2)) extremeWord(header->start + 72 + 4 * random.below(3));
      break;
    case 4:
      if (const auto* header = find(2)) extremeWord(header->start + 4 * random.below(header->length / 4));
      break;
    case 5:
    case 6:
      if (const auto* coefficients = find(4)) {
        const size_t count = coefficients->length / 44;
        if (random.below(8) == 0) {
          extremeWord(coefficients->start);
        } else {
          extremeWord(coefficients->start + 4 + 44 * random.below(count) + 4 * random.below(11));
        }
      }
      break;
    case 7:
      file.resize(random.below(2) ? section.start + random.below(section.length + 1) : section.header + random.below(12));
      break;
    case 8: {
      // Points: a coordinate from the field's order on, none at all, another point's, any number.
      const size_t at = section.start + 32 * random.below(section.length / 32);
      if (at + 32 > file.size()) break;
      const size_t kind = random.below(4);
      if (kind == 0) std::memset(file.data() + at, 0xff, 32);
      if (kind == 1) std::memset(file.data() + at, 0, 32);
      if (kind == 2) std::memcpy(file.data() + at, file.data() + section.start, 32);
      if (kind == 3) setNumber<uint64_t>(file, at, random.next());
      break;
    }
    case 9: {
      // The section a second time, or cut out.
      const Bytes copy(file.begin() + (long)section.header, file.begin() + (long)(section.start + section.length));
      if (random.below(2)) {
        file.insert(file.end(), copy.begin(), copy.end());
        setNumber<uint32_t>(file, 8, numberAt<uint32_t>(file, 8) + 1);
      } else {
        file.erase(file.begin() + (long)section.header, file.begin() + (long)(section.start + section.length));
        setNumber<uint32_t>(file, 8, numberAt<uint32_t>(file, 8) - (uint32_t)random.below(2));
      }
      break;
    }
    case 10: {
      // All of a section alike: every point equal, neutral or out of range.
      const size_t unit = 64;
      for (size_t at = unit; at + unit <= section.length; at += unit) {
        std::memcpy(file.data() + section.start + at, file.data() + section.start, unit);
      }
      break;
    }
    default:
      for (size_t i = 1 + random.below(8); i > 0 && !file.empty(); i--) {
        file[random.below(file.size())] ^= (uint8_t)(1u << random.below(8));
      }
  }
}

}  // namespace fuzz
