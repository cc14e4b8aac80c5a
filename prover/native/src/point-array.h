// Points in memory.
#pragma once
#include <cstdlib>
#include <memory>
#include <new>
#include <utility>
#include <vector>

#include "curve.h"
#include "overwrite.h"

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace zkserve {

/** Points in memory that something else owns, and by point whether it is the neutral element. */
template <class C>
struct PointView {
  static constexpr size_t stride = 2 * C::words;
  const uint64_t* words;
  const uint8_t* isNeutral;
  const uint64_t* data() const { return words; }
};

/**
 * Points of one group: x, y packed as the lanes have them; (0, 0) is the neutral element, which is on neither curve.
 * A point begins on a cache line; large arrays ask for large pages, as they are read at random.
 */
template <class C>
class PointArray {
  struct Free {
    size_t bytes;
    void operator()(uint64_t* words) const {
      // Partial sums tell a set-up's secrets.
      overwrite(words, bytes);
      std::free(words);
    }
  };
  std::unique_ptr<uint64_t[], Free> words_{nullptr, Free{0}};
  size_t capacity_ = 0;

 public:
  static constexpr size_t stride = 2 * C::words;
  std::vector<uint8_t> isNeutral;  // by point, of an array that was marked
  uint64_t* data() { return words_.get(); }
  const uint64_t* data() const { return words_.get(); }
  uint64_t* at(size_t i) { return data() + i * stride; }
  const uint64_t* at(size_t i) const { return data() + i * stride; }
  operator PointView<C>() const { return {data(), isNeutral.data()}; }
  void markNeutral(size_t count) {
    isNeutral.resize(count);
    for (size_t i = 0; i < count; i++) {
      uint64_t any = 0;
      for (size_t k = 0; k < stride; k++) any |= at(i)[k];
      isNeutral[i] = any == 0;
    }
  }
  void swap(PointArray& other) {
    words_.swap(other.words_);
    std::swap(capacity_, other.capacity_);
  }

  void wipe() { overwrite(data(), capacity_ * stride * 8); }

  /** Makes room; what was in it is lost. */
  void reserve(size_t count) {
    if (count <= capacity_) return;
    constexpr size_t page = (size_t)2 << 20;
    const size_t bytes = count * stride * 8;
    const size_t unit = bytes < page ? 64 : page;
    words_.reset();
    capacity_ = 0;
    words_ = {(uint64_t*)std::aligned_alloc(unit, (bytes + unit - 1) / unit * unit), Free{bytes}};
    if (!words_) throw std::bad_alloc();
    capacity_ = count;
#ifdef __linux__
    if (unit == page) madvise(words_.get(), (bytes + unit - 1) / unit * unit, MADV_HUGEPAGE);
#endif
  }
};

}  // namespace zkserve
