// Sums of points by bucket: a tree of pairwise additions.
#pragma once
#include <cstring>
#include <vector>

#include "pair-adder.h"

namespace zkserve {

/** A point's index, with the top bit set where the point enters negated. */
using Entry = uint32_t;
constexpr Entry negated = 1u << 31;

template <class C, class L>
class BucketSummer {
  using Scalar = typename C::Scalar;
  static constexpr size_t stride = 2 * C::words;
  PairAdder<C, L> adder_;
  PairList pairs_;
  PointArray<C> current_, next_;
  std::vector<uint32_t> offsets_, nextOffsets_;

 public:
  /**
   * Sums of the points of each bucket: those of bucket b are entries[offsets[b] … offsets[b+1]).
   * @param sums room for one point a bucket; (0, 0) where it is empty
   */
  void run(const uint64_t* points, const std::vector<Entry>& entries, const std::vector<uint32_t>& offsets, uint64_t* sums) {
    const size_t buckets = offsets.size() - 1;
    offsets_ = offsets;
    const uint64_t* source = points;
    bool isFirst = true;
    adder_.forgetSums();
    for (;;) {
      uint32_t most = 0;
      for (size_t b = 0; b < buckets; b++) most = std::max(most, offsets_[b + 1] - offsets_[b]);
      if (most <= 1) break;
      nextOffsets_.resize(buckets + 1);
      nextOffsets_[0] = 0;
      for (size_t b = 0; b < buckets; b++) {
        nextOffsets_[b + 1] = nextOffsets_[b] + (offsets_[b + 1] - offsets_[b] + 1) / 2;
      }
      next_.reserve(nextOffsets_[buckets]);
      pairs_.start(offsets_[buckets] / 2, PairAdder<C, L>::padding);
      for (size_t b = 0; b < buckets; b++) {
        uint32_t to = nextOffsets_[b];
        uint32_t at = offsets_[b];
        for (; at + 1 < offsets_[b + 1]; at += 2, to++) {
          if (isFirst) {
            const Entry a = entries[at], b = entries[at + 1];
            pairs_.add(a & ~negated, b & ~negated, to, (uint8_t)((a >> 31) | ((b >> 31) << 1)));
          } else {
            pairs_.add(at, at + 1, to, 0);
          }
        }
        if (at < offsets_[b + 1]) copy(source, isFirst ? entries[at] : at, next_.at(to));
      }
      adder_.run(source, next_.data(), pairs_);
      current_.swap(next_);
      std::swap(offsets_, nextOffsets_);
      source = current_.data();
      isFirst = false;
    }
    std::memset(sums, 0, buckets * stride * 8);
    for (size_t b = 0; b < buckets; b++) {
      if (offsets_[b + 1] == offsets_[b]) continue;
      copy(source, isFirst ? entries[offsets_[b]] : offsets_[b], sums + b * stride);
    }
  }

 private:
  void copy(const uint64_t* source, Entry entry, uint64_t* to) {
    const uint64_t* from = source + (size_t)(entry & ~negated) * stride;
    std::memcpy(to, from, stride * 8);
    if (entry & negated) C::pack(C::unpack(from + C::words).negated(), to + C::words);
  }
};

}  // namespace zkserve
