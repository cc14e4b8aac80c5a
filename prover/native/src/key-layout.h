// A prepared key's form, in memory as on disk: a header, then sections on cache lines that are used as they lie.
#pragma once
#include <cstddef>

#include "checksum.h"
#include "u256.h"

namespace zkserve {

/** What the sections' places follow from. */
struct KeySizes {
  uint32_t signals, publics, power;
  uint32_t folded;  // 1 where C's points hold C's part of the quotient, and a point for every signal
  uint32_t smalls[2], larges[2];  // coefficients of A and of B
};

struct KeyHeader {
  static constexpr char expected[9] = "zkserve\x1a";
  static constexpr uint32_t currentVersion = 1;
  char magic[8];
  uint32_t version;
  uint32_t width;       // of the lanes whose form the numbers have
  uint64_t size;        // of the whole, in bytes
  uint64_t tables;      // version of the transforms' tables
  uint8_t source[32];   // SHA-256 of the zkey; zeros in memory alone
  uint8_t folding[32];  // SHA-256 of what C's points were folded by
  KeySizes sizes;
  // Montgomery form with 2^256.
  U256 alpha1[2], beta1[2], delta1[2], beta2[4], delta2[4];
  uint64_t checksum;    // of the sections, seeded by that of the header before it
  uint64_t unused[7];

  uint64_t checksumOf(const uint8_t* sections) const {
    const uint64_t seed = zkserve::checksum((const uint8_t*)this, offsetof(KeyHeader, checksum));
    return zkserve::checksum(sections, size - sizeof *this, seed);
  }
};
static_assert(sizeof(KeyHeader) == 640 && offsetof(KeyHeader, checksum) % 32 == 0, "the header is whole cache lines");

/** A coefficient that is a small integer. */
struct SmallTerm {
  uint32_t signal;
  int32_t factor;
};
/** Any other; the factor in Montgomery form with 2^256. */
struct LargeTerm {
  uint32_t signal, unused;
  U256 factor;
};

/** The sections' places, in bytes from the header's begin. */
struct KeyLayout {
  struct Points {
    uint64_t count, points, isNeutral;
  };
  struct Rows {
    uint64_t smallRows, largeRows, smalls, larges;
  };
  Points a, b1, b2, c, h;
  Rows rows[2];
  uint64_t tables, size;

  /** @param tableBytes of the transforms' tables */
  KeyLayout(const KeySizes& sizes, uint64_t tableBytes) {
    uint64_t at = sizeof(KeyHeader);
    const auto place = [&](uint64_t length) {
      const uint64_t start = at;
      at += (length + 63) / 64 * 64;
      return start;
    };
    const uint64_t rowCount = (uint64_t)1 << sizes.power, signals = sizes.signals;
    const auto points = [&](uint64_t count, int length) {
      Points result{count, place(count * length), 0};
      result.isNeutral = place(count);
      return result;
    };
    a = points(signals, 64);
    b1 = points(signals, 64);
    b2 = points(signals, 128);
    c = points(sizes.folded ? signals : signals - sizes.publics - 1, 64);
    h = points(rowCount, 64);
    for (int i = 0; i < 2; i++) {
      rows[i].smallRows = place((rowCount + 1) * sizeof(uint32_t));
      rows[i].largeRows = place((rowCount + 1) * sizeof(uint32_t));
      rows[i].smalls = place((uint64_t)sizes.smalls[i] * sizeof(SmallTerm));
      rows[i].larges = place((uint64_t)sizes.larges[i] * sizeof(LargeTerm));
    }
    tables = place(tableBytes);
    size = at;
  }
};

}  // namespace zkserve
