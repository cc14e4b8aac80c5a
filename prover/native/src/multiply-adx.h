// The Montgomery product of four limbs with mulx, adcx and adox: two chains of carries at once. Inlined, as copies of
// operands cost a fifth of a product.
#pragma once
#include <cstdint>

namespace zkserve {

// t += a_i·b, in t0 … t3 and `top`: low halves by adox, high halves by adcx.
#define ZKSERVE_ROW(i)           \
  "xorl %%eax, %%eax\n\t"        \
  "movq " #i "(%[a]), %%rdx\n\t" \
  "mulxq (%[b]), %%rax, %[top]\n\t"   \
  "adoxq %%rax, %[t0]\n\t"       \
  "adcxq %[top], %[t1]\n\t"      \
  "mulxq 8(%[b]), %%rax, %[top]\n\t"  \
  "adoxq %%rax, %[t1]\n\t"       \
  "adcxq %[top], %[t2]\n\t"      \
  "mulxq 16(%[b]), %%rax, %[top]\n\t" \
  "adoxq %%rax, %[t2]\n\t"       \
  "adcxq %[top], %[t3]\n\t"      \
  "mulxq 24(%[b]), %%rax, %[top]\n\t" \
  "adoxq %%rax, %[t3]\n\t"       \
  "movl $0, %%eax\n\t"           \
  "adcxq %%rax, %[top]\n\t"      \
  "adoxq %%rax, %[top]\n\t"

// t = (t + q·m) / 2^64, with q such that the lowest limb vanishes.
#define ZKSERVE_REDUCE           \
  "movq %[inverse], %%rdx\n\t"   \
  "imulq %[t0], %%rdx\n\t"       \
  "xorl %%eax, %%eax\n\t"        \
  "mulxq (%[m]), %%rax, %[high]\n\t"  \
  "adcxq %[t0], %%rax\n\t"       \
  "movq %[high], %[t0]\n\t"      \
  "adcxq %[t1], %[t0]\n\t"       \
  "mulxq 8(%[m]), %%rax, %[t1]\n\t"   \
  "adoxq %%rax, %[t0]\n\t"       \
  "adcxq %[t2], %[t1]\n\t"       \
  "mulxq 16(%[m]), %%rax, %[t2]\n\t"  \
  "adoxq %%rax, %[t1]\n\t"       \
  "adcxq %[t3], %[t2]\n\t"       \
  "mulxq 24(%[m]), %%rax, %[t3]\n\t"  \
  "adoxq %%rax, %[t2]\n\t"       \
  "movl $0, %%eax\n\t"           \
  "adcxq %%rax, %[t3]\n\t"       \
  "adoxq %[top], %[t3]\n\t"

/** a·b / 2^256 modulo m, below 2m. No limb overflows, as m leaves two bits free. */
__attribute__((always_inline)) inline void multiplyAdx(const uint64_t* a, const uint64_t* b, const uint64_t* m, uint64_t inverse, uint64_t* to) {
  uint64_t t0 = 0, t1 = 0, t2 = 0, t3 = 0, top, high;
  asm(ZKSERVE_ROW(0) ZKSERVE_REDUCE ZKSERVE_ROW(8) ZKSERVE_REDUCE ZKSERVE_ROW(16) ZKSERVE_REDUCE ZKSERVE_ROW(24) ZKSERVE_REDUCE
      : [t0] "+&r"(t0), [t1] "+&r"(t1), [t2] "+&r"(t2), [t3] "+&r"(t3), [top] "=&r"(top), [high] "=&r"(high)
      : [a] "r"(a), [b] "r"(b), [m] "r"(m), [inverse] "rm"(inverse), "m"(*(const uint64_t(*)[4])a), "m"(*(const uint64_t(*)[4])b),
        "m"(*(const uint64_t(*)[4])m)
      : "rax", "rdx", "cc");
  to[0] = t0;
  to[1] = t1;
  to[2] = t2;
  to[3] = t3;
}

/** t modulo m for t below 2m, by conditional moves. */
__attribute__((always_inline)) inline void reduceAdx(uint64_t* t, const uint64_t* m) {
  uint64_t r0 = t[0], r1 = t[1], r2 = t[2], r3 = t[3];
  asm("subq (%[m]), %[r0]\n\t"
      "sbbq 8(%[m]), %[r1]\n\t"
      "sbbq 16(%[m]), %[r2]\n\t"
      "sbbq 24(%[m]), %[r3]\n\t"
      "cmovcq %[t0], %[r0]\n\t"
      "cmovcq %[t1], %[r1]\n\t"
      "cmovcq %[t2], %[r2]\n\t"
      "cmovcq %[t3], %[r3]"
      : [r0] "+&r"(r0), [r1] "+&r"(r1), [r2] "+&r"(r2), [r3] "+&r"(r3)
      : [t0] "r"(t[0]), [t1] "r"(t[1]), [t2] "r"(t[2]), [t3] "r"(t[3]), [m] "r"(m), "m"(*(const uint64_t(*)[4])m)
      : "cc");
  t[0] = r0;
  t[1] = r1;
  t[2] = r2;
  t[3] = r3;
}

#undef ZKSERVE_ROW
#undef ZKSERVE_REDUCE

}  // namespace zkserve
