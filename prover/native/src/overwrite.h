// Memory that held secrets.
#pragma once
#include <cstring>
#include <memory>
#include <vector>

namespace zkserve {

/** Writes zeros that no compiler leaves out. */
inline void overwrite(void* memory, size_t bytes) {
  if (bytes == 0) return;
  std::memset(memory, 0, bytes);
  __asm__ __volatile__("" : : "r"(memory) : "memory");
}

/** Overwrites what is given back. */
template <class T>
struct WipingAllocator {
  using value_type = T;
  WipingAllocator() = default;
  template <class U>
  WipingAllocator(const WipingAllocator<U>&) {}
  T* allocate(size_t count) { return std::allocator<T>().allocate(count); }
  void deallocate(T* memory, size_t count) {
    overwrite((void*)memory, count * sizeof(T));
    std::allocator<T>().deallocate(memory, count);
  }
  bool operator==(const WipingAllocator&) const { return true; }
  bool operator!=(const WipingAllocator&) const { return false; }
};

/** A vector that leaves nothing of its elements behind, however it grew. */
template <class T>
using WipedVector = std::vector<T, WipingAllocator<T>>;

}  // namespace zkserve
