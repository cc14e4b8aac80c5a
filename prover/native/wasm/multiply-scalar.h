// The Montgomery product of one element in 32-bit limbs: WebAssembly's products have 64 bits at most.
#pragma once
#include <cstdint>

namespace zkserve {

/** a·b / 2^256 modulo m, below 2m; numbers of four 64-bit limbs. */
inline void multiplyScalar(const uint64_t* a, const uint64_t* b, const uint64_t* m, uint64_t inverse, uint64_t* to) {
  const auto half = [](const uint64_t* x, int i) { return i % 2 ? x[i / 2] >> 32 : x[i / 2] & 0xffffffff; };
  uint64_t t[8] = {};
#pragma unroll
  for (int i = 0; i < 8; i++) {
    const uint64_t factor = half(a, i);
    uint64_t x = factor * half(b, 0) + t[0];
    const uint64_t q = (uint32_t)((uint32_t)x * (uint32_t)inverse);
    uint64_t y = q * half(m, 0) + (uint32_t)x;
#pragma unroll
    for (int j = 1; j < 8; j++) {
      x = factor * half(b, j) + t[j] + (x >> 32);
      y = q * half(m, j) + (uint32_t)x + (y >> 32);
      t[j - 1] = (uint32_t)y;
    }
    t[7] = (x >> 32) + (y >> 32);
  }
  for (int i = 0; i < 4; i++) to[i] = t[2 * i] | t[2 * i + 1] << 32;
}

}  // namespace zkserve
