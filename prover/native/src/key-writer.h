// From a `.zkey` to a prepared key.
#pragma once
#include "key.h"
#include "zkey-reader.h"

namespace zkserve {

/** What a zkey's header says. */
struct ZkeyHeader {
  static constexpr uint64_t length = 84 + 3 * 64 + 3 * 128;
  KeySizes sizes{};
  U256 alpha1[2], beta1[2], delta1[2], beta2[4], delta2[4];

  explicit ZkeyHeader(const ZkeyReader& file) {
    uint8_t bytes[length];
    if (file.length(2) != length) fail("section 2 has another length");
    file.read(2, 0, bytes, length);
    U256 q, r;
    std::memcpy(&q, bytes + 4, 32);
    std::memcpy(&r, bytes + 40, 32);
    if (!(q == BaseField::modulus) || !(r == ScalarField::modulus)) fail("the key is of another curve");
    uint32_t domain;
    std::memcpy(&sizes.signals, bytes + 72, 4);
    std::memcpy(&sizes.publics, bytes + 76, 4);
    std::memcpy(&domain, bytes + 80, 4);
    while (sizes.power < 28 && ((uint32_t)1 << sizes.power) < domain) sizes.power++;
    if (((uint32_t)1 << sizes.power) != domain) fail("the key has an unusual domain");
    std::memcpy(alpha1, bytes + 84, 64);
    std::memcpy(beta1, bytes + 148, 64);
    std::memcpy(beta2, bytes + 212, 128);
    std::memcpy(delta1, bytes + 468, 64);
    std::memcpy(delta2, bytes + 532, 128);
  }
};

/** Writes the prepared form of a zkey for certain lanes and their transforms; fails where the zkey is malformed. */
template <class L, class Tables>
class KeyWriter {
  static constexpr uint64_t foldingHeader = 64;
  const ZkeyReader& file_;
  const ByteSource* folding_;
  const ZkeyHeader header_;
  KeySizes sizes_;
  uint32_t count_;

  /** A coefficient: small where it is an integer of 31 bits or the opposite of one. */
  struct Factor {
    U256 stored;
    Fr value;
    int32_t small;
    bool isSmall;
  };
  /**
   * Coefficients repeat: what each is as a number is remembered where it was met last. No search, so that no choice of
   * coefficients makes it slow.
   */
  class Factors {
    static constexpr size_t places = 1024;
    std::vector<Factor> known_{places, Factor{U256{{0, 0, 0, 0}}, Fr::zero(), 0, true}};

   public:
    const Factor& of(const uint8_t* from) {
      U256 stored;
      std::memcpy(&stored, from, 32);
      uint64_t mixed = 0;
      for (const uint64_t limb : stored.limb) mixed = (mixed ^ limb) * 0x9e3779b97f4a7c15;
      Factor& factor = known_[(mixed >> 32) % places];
      if (factor.stored == stored) return factor;
      if (!lessThan(stored, ScalarField::modulus)) fail("a coefficient exceeds the field");
      // Stored twice in Montgomery form, so that a product with a plain witness is in that form once.
      const Fr value{(Fr{stored} * Fr{U256{{1, 0, 0, 0}}}).value};
      uint8_t borrow;
      const U256 number = value.number(), opposite = subRaw(ScalarField::modulus, number, borrow);
      const int32_t small = isSmall(number) ? (int32_t)number.limb[0] : -(int32_t)opposite.limb[0];
      factor = {stored, value, small, isSmall(number) || isSmall(opposite)};
      return factor;
    }
  };

 public:
  /** @param folding points that take C's place and make C's transforms needless (prover/key/quotient-points.ts), or null */
  explicit KeyWriter(const ZkeyReader& file, const ByteSource* folding = nullptr)
      : file_(file), folding_(folding), header_(file), sizes_(header_.sizes) {
    checkSizes(sizes_, L::width);
    if (folding != nullptr) checkFolding();
    // Lengths first: they bound the memory that is asked for.
    const uint64_t signals = sizes_.signals, domain = (uint64_t)1 << sizes_.power;
    const uint64_t lengths[5] = {signals * 64, signals * 64, signals * 128, (signals - sizes_.publics - 1) * 64, domain * 64};
    for (uint32_t id = 5; id <= 9; id++) {
      if (file.length(id) != lengths[id - 5]) fail("section " + std::to_string(id) + " has another length");
    }
    file.read(4, 0, &count_, 4);
    Factors factors;
    forEachTerm(factors, [&](uint32_t which, uint32_t, uint32_t, const Factor& factor) {
      (factor.isSmall ? sizes_.smalls : sizes_.larges)[which]++;
    });
  }

  uint64_t size() const { return layout().size; }

  /**
   * @param to memory of zeros on a cache line
   * @param source SHA-256 of the zkey, or null
   * @param folding SHA-256 of the folded points' file, or null
   */
  void write(uint8_t* to, const uint8_t* source, const uint8_t* folding) const {
    const KeyLayout layout = this->layout();
    auto& header = *(KeyHeader*)to;
    std::memcpy(header.magic, KeyHeader::expected, 8);
    header.version = KeyHeader::currentVersion;
    header.width = L::width;
    header.size = layout.size;
    header.tables = Tables::version;
    if (source != nullptr) std::memcpy(header.source, source, sizeof header.source);
    if (folding != nullptr) std::memcpy(header.folding, folding, sizeof header.folding);
    if (folding_ != nullptr && source != nullptr) {
      uint8_t zkey[32];
      folding_->read(8, zkey, sizeof zkey);
      if (std::memcmp(zkey, source, sizeof zkey) != 0) fail("the folded points are of another key");
    }
    header.sizes = sizes_;
    std::memcpy(header.alpha1, header_.alpha1, sizeof header.alpha1);
    std::memcpy(header.beta1, header_.beta1, sizeof header.beta1);
    std::memcpy(header.delta1, header_.delta1, sizeof header.delta1);
    std::memcpy(header.beta2, header_.beta2, sizeof header.beta2);
    std::memcpy(header.delta2, header_.delta2, sizeof header.delta2);
    writePoints(5, 2, layout.a, to);
    writePoints(6, 2, layout.b1, to);
    writePoints(7, 4, layout.b2, to);
    if (folding_ == nullptr) {
      writePoints(8, 2, layout.c, to);
    } else {
      forEachRecord(*folding_, foldingHeader, layout.c.count, 64,
                    [&](uint64_t i, const uint8_t* from) { writePoint(i, from, 2, layout.c, to); });
    }
    writePoints(9, 2, layout.h, to);
    writeRows(layout, to);
    Tables::write((int)sizes_.power, to + layout.tables);
    header.checksum = header.checksumOf(to + sizeof header);
  }

 private:
  KeyLayout layout() const { return KeyLayout(sizes_, Tables::bytes((int)sizes_.power)); }

  /** @param visit gets matrix, row, signal and factor of each coefficient, all inside the circuit */
  template <class Visit>
  void forEachTerm(Factors& factors, Visit visit) const {
    const size_t rows = (size_t)1 << sizes_.power;
    file_.forEach(4, 4, count_, 44, [&](uint64_t, const uint8_t* at) {
      uint32_t which, row, signal;
      std::memcpy(&which, at, 4);
      std::memcpy(&row, at + 4, 4);
      std::memcpy(&signal, at + 8, 4);
      if (which > 1 || row >= rows || signal >= sizes_.signals) fail("a coefficient lies outside the circuit");
      visit(which, row, signal, factors.of(at + 12));
    });
  }

  void checkFolding() {
    uint8_t start[foldingHeader];
    const uint64_t length = foldingHeader + (uint64_t)sizes_.signals * 64;
    if (folding_->size != length) fail("the folded points have another length");
    folding_->read(0, start, sizeof start);
    const uint32_t expected[3] = {sizes_.publics, sizes_.signals, (uint32_t)1 << sizes_.power};
    const uint32_t version = 1;
    if (std::memcmp(start, "zkqp", 4) != 0 || std::memcmp(start + 4, &version, 4) != 0 ||
        std::memcmp(start + 40, expected, sizeof expected) != 0) {
      fail("the folded points are of another key");
    }
    sizes_.folded = 1;
  }

  /** @param numbers in a point */
  void writePoints(uint32_t section, int numbers, const KeyLayout::Points& at, uint8_t* to) const {
    file_.forEach(section, 0, at.count, numbers * 32,
                  [&](uint64_t i, const uint8_t* from) { writePoint(i, from, numbers, at, to); });
  }
  static void writePoint(uint64_t i, const uint8_t* from, int numbers, const KeyLayout::Points& at, uint8_t* to) {
    bool isNeutral = true;
    for (int k = 0; k < numbers; k++) {
      Fq coordinate;
      std::memcpy(&coordinate.value, from + k * 32, 32);
      if (!lessThan(coordinate.value, BaseField::modulus)) fail("a coordinate exceeds the field");
      isNeutral &= coordinate.isZero();
      const U256 packed = L::packed(coordinate);
      std::memcpy(to + at.points + (i * numbers + k) * 32, &packed, 32);
    }
    to[at.isNeutral + i] = isNeutral;
  }

  void writeRows(const KeyLayout& layout, uint8_t* to) const {
    Factors factors;
    const size_t rows = (size_t)1 << sizes_.power;
    const auto startsOf = [&](uint32_t which, bool isSmall) {
      const auto& at = layout.rows[which];
      return (uint32_t*)(to + (isSmall ? at.smallRows : at.largeRows));
    };
    forEachTerm(factors, [&](uint32_t which, uint32_t row, uint32_t, const Factor& factor) {
      startsOf(which, factor.isSmall)[row + 1]++;
    });
    const uint32_t* counts[2] = {sizes_.larges, sizes_.smalls};
    for (uint32_t which = 0; which < 2; which++) {
      for (const bool isSmall : {false, true}) {
        uint32_t* starts = startsOf(which, isSmall);
        for (size_t row = 0; row < rows; row++) starts[row + 1] += starts[row];
        if (starts[rows] != counts[isSmall][which]) fail("the key changed while it was read");
      }
    }
    // Each start serves as the place of the row's next term, and so ends as the next row's start.
    forEachTerm(factors, [&](uint32_t which, uint32_t row, uint32_t signal, const Factor& factor) {
      const uint32_t place = startsOf(which, factor.isSmall)[row]++;
      if (place >= counts[factor.isSmall][which]) fail("the key changed while it was read");
      if (factor.isSmall) {
        ((SmallTerm*)(to + layout.rows[which].smalls))[place] = {signal, factor.small};
      } else {
        ((LargeTerm*)(to + layout.rows[which].larges))[place] = {signal, 0, factor.value.value};
      }
    });
    for (uint32_t which = 0; which < 2; which++) {
      for (const bool isSmall : {false, true}) {
        uint32_t* starts = startsOf(which, isSmall);
        for (size_t row = rows; row > 0; row--) starts[row] = starts[row - 1];
        starts[0] = 0;
      }
    }
  }
};

}  // namespace zkserve
