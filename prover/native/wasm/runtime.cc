// What C++ wants of its platform: memory for several threads, errors that end the call into the module.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>

#include "fail.h"
#include "threads.h"

namespace {

using zkserve::Lock;

constexpr size_t page = 64 << 10;
// Before each block, so that blocks begin on cache lines.
constexpr size_t header = 64;
constexpr int classes = 128;

struct Block {
  Block* next;
  int sizeClass;
};

Lock lock;
Block* freed[classes];
uintptr_t top = 0;
extern "C" uint8_t __heap_base;

/** Sizes grow by a quarter to an eighth: four classes between powers of two. */
size_t sizeOf(int sizeClass) { return (size_t)(4 + sizeClass % 4) << (5 + sizeClass / 4); }

int classOf(size_t bytes) {
  int sizeClass = 0;
  while (sizeClass < 4 * 24 && sizeOf(sizeClass) < bytes) sizeClass++;
  return sizeClass;
}

/** From the end of the memory in use; null where it cannot grow. */
Block* extend(size_t bytes) {
  if (top == 0) top = ((uintptr_t)&__heap_base + 63) / 64 * 64;
  const uint64_t end = (uint64_t)top + bytes;
  const uint64_t size = (uint64_t)__builtin_wasm_memory_size(0) * page;
  if (end > size) {
    const uint64_t pages = (end - size + page - 1) / page;
    if (pages > 65536 || __builtin_wasm_memory_grow(0, pages) == (size_t)-1) return nullptr;
  }
  Block* block = (Block*)top;
  top = (uintptr_t)end;
  return block;
}

}  // namespace

extern "C" {

void* malloc(size_t bytes) {
  if (bytes > 0xf0000000) return nullptr;
  const int sizeClass = classOf(bytes + header);
  lock.lock();
  Block* block = freed[sizeClass];
  if (block) {
    freed[sizeClass] = block->next;
  } else {
    block = extend(sizeOf(sizeClass));
  }
  lock.unlock();
  if (!block) return nullptr;
  block->sizeClass = sizeClass;
  return (uint8_t*)block + header;
}

void free(void* memory) {
  if (!memory) return;
  Block* block = (Block*)((uint8_t*)memory - header);
  lock.lock();
  block->next = freed[block->sizeClass];
  freed[block->sizeClass] = block;
  lock.unlock();
}

/** Alignments above a cache line only serve large pages, which there are none. */
void* aligned_alloc(size_t, size_t bytes) { return malloc(bytes); }

void* calloc(size_t count, size_t bytes) {
  void* memory = malloc(count * bytes);
  if (memory) std::memset(memory, 0, count * bytes);
  return memory;
}

void* realloc(void* memory, size_t bytes) {
  void* moved = malloc(bytes);
  if (moved && memory) {
    const size_t old = sizeOf(((Block*)((uint8_t*)memory - header))->sizeClass) - header;
    std::memcpy(moved, memory, old < bytes ? old : bytes);
    free(memory);
  }
  return moved;
}

// Errors are never caught inside the module: its host gives up the instance.
extern const char _ZTISt9bad_alloc[];
void* __cxa_allocate_exception(size_t bytes) { return malloc(bytes); }
[[noreturn]] void __cxa_throw(void*, void* type, void (*)(void*)) {
  zkserve::fail(type == _ZTISt9bad_alloc ? "there is no memory left" : "the prover stopped");
}
void abort() { zkserve::fail("the prover stopped"); }

// Constants of functions, made by whichever thread comes first.
int __cxa_guard_acquire(uint8_t* guard) {
  for (;;) {
    if (__atomic_load_n(guard, __ATOMIC_ACQUIRE)) return 0;
    if (!__atomic_test_and_set(guard + 1, __ATOMIC_ACQUIRE)) {
      if (!__atomic_load_n(guard, __ATOMIC_ACQUIRE)) return 1;
      __atomic_clear(guard + 1, __ATOMIC_RELEASE);
    }
  }
}
void __cxa_guard_release(uint8_t* guard) {
  __atomic_store_n(guard, 1, __ATOMIC_RELEASE);
  __atomic_clear(guard + 1, __ATOMIC_RELEASE);
}
void __cxa_guard_abort(uint8_t*) {}
int __cxa_thread_atexit(void (*)(void*), void*, void*) { return 0; }
int __cxa_atexit(void (*)(void*), void*, void*) { return 0; }

// The C library's output, which its own messages would go to: there is none.
int32_t __imported_wasi_snapshot_preview1_fd_close(int32_t) { return 8; }
int32_t __imported_wasi_snapshot_preview1_fd_seek(int32_t, int64_t, int32_t, int32_t) { return 8; }
int32_t __imported_wasi_snapshot_preview1_fd_write(int32_t, int32_t, int32_t, int32_t) { return 8; }
}

void* operator new(size_t bytes) {
  void* memory = malloc(bytes);
  if (!memory) zkserve::fail("there is no memory left");
  return memory;
}
void* operator new[](size_t bytes) { return operator new(bytes); }
void* operator new(size_t bytes, const std::nothrow_t&) noexcept { return malloc(bytes); }
void* operator new(size_t bytes, std::align_val_t) { return operator new(bytes); }
void operator delete(void* memory) noexcept { free(memory); }
void operator delete[](void* memory) noexcept { free(memory); }
void operator delete(void* memory, size_t) noexcept { free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { free(memory); }
void operator delete(void* memory, size_t, std::align_val_t) noexcept { free(memory); }
