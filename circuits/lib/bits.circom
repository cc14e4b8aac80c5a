pragma circom 2.1.6;

// Precondition: n <= 252, so that no second decomposition exists modulo the field.
// Constrains:   x = Σ bit_i·2^i with all n bits boolean, hence 0 <= x < 2^n, and the bits are unique.
//               high[i] is bit i + 1. Bit 0 is no signal of its own but x - Σ high[i]·2^(i+1).
// Cost:         n constraints.
template Bits(n) {
  signal input x;
  signal output high[n - 1];

  var rest = 0;
  for (var i = 1; i < n; i++) {
    // advice: bit i of x; pinned by its booleanity and by that of bit 0 below.
    high[i - 1] <-- (x >> i) & 1;
    high[i - 1] * (high[i - 1] - 1) === 0;
    rest += high[i - 1] * (1 << i);
  }
  (x - rest) * (x - rest - 1) === 0;
}
