// A `.zkey` of snarkjs read piece by piece, from memory or from a file.
#pragma once
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <vector>

#include "fail.h"

namespace zkserve {

/** Bytes that are read in pieces. */
class ByteSource {
 public:
  const uint64_t size;
  explicit ByteSource(uint64_t size) : size(size) {}
  virtual ~ByteSource() = default;
  /** Bytes that lie inside; fails where they cannot be read. */
  virtual void read(uint64_t at, void* to, size_t count) const = 0;
};

class MemorySource : public ByteSource {
  const uint8_t* data_;

 public:
  MemorySource(const uint8_t* data, size_t size) : ByteSource(size), data_(data) {}
  void read(uint64_t at, void* to, size_t count) const override { std::memcpy(to, data_ + at, count); }
};

/** Visits records that lie one behind another from `start` on, all inside. */
template <class Visit>
void forEachRecord(const ByteSource& source, uint64_t start, uint64_t count, size_t length, Visit visit) {
  const uint64_t piece = (1 << 18) / length;
  std::vector<uint8_t> buffer((size_t)std::min(piece, count) * length);
  for (uint64_t first = 0; first < count; first += piece) {
    const uint64_t records = std::min(piece, count - first);
    source.read(start + first * length, buffer.data(), (size_t)records * length);
    for (uint64_t i = 0; i < records; i++) visit(first + i, buffer.data() + i * length);
  }
}

/** The sections of a `.zkey`, by number. */
class ZkeyReader {
  struct Section {
    uint32_t id;
    uint64_t start, length;
  };
  // snarkjs writes ten.
  static constexpr uint32_t mostSections = 64;
  const ByteSource& source_;
  std::vector<Section> sections_;

 public:
  explicit ZkeyReader(const ByteSource& source) : source_(source) {
    uint8_t start[12];
    if (source.size < sizeof start) fail("the file is no zkey");
    source.read(0, start, sizeof start);
    if (std::memcmp(start, "zkey", 4) != 0) fail("the file is no zkey");
    uint32_t count;
    std::memcpy(&count, start + 8, 4);
    if (count > mostSections) fail("the file has an unusual number of sections");
    uint64_t at = sizeof start;
    for (uint32_t i = 0; i < count; i++) {
      if (source.size - at < 12) fail("the file ends inside a section's header");
      uint8_t head[12];
      source.read(at, head, sizeof head);
      Section section{0, at + 12, 0};
      std::memcpy(&section.id, head, 4);
      std::memcpy(&section.length, head + 4, 8);
      if (section.length > source.size - section.start) fail("the file ends inside a section");
      sections_.push_back(section);
      at = section.start + section.length;
    }
  }

  uint64_t length(uint32_t id) const { return section(id).length; }
  /** Bytes of a section; they must lie inside. */
  void read(uint32_t id, uint64_t from, void* to, size_t count) const {
    const Section& found = section(id);
    if (from > found.length || count > found.length - from) fail("section " + std::to_string(id) + " is too short");
    source_.read(found.start + from, to, count);
  }
  /** Every record of a section that has `count` of them behind `from` bytes, and nothing else. */
  template <class Visit>
  void forEach(uint32_t id, uint64_t from, uint64_t count, size_t recordLength, Visit visit) const {
    const Section& found = section(id);
    if (found.length != from + count * recordLength) fail("section " + std::to_string(id) + " has another length");
    forEachRecord(source_, found.start + from, count, recordLength, visit);
  }

 private:
  const Section& section(uint32_t id) const {
    for (const auto& section : sections_) {
      if (section.id == id) return section;
    }
    fail("the file lacks section " + std::to_string(id));
  }
};

}  // namespace zkserve
