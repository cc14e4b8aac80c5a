pragma circom 2.1.6;

// Upper bits of a sum that stays an expression of the caller: x is advice, and no constraint names it.
// Precondition: n <= 252; the caller makes lowest = sum - Σ high[i]·2^(i+1) boolean, for the sum that x stands for.
// Constrains:   high[i] boolean. Together: 0 <= sum < 2^n, and high[i] is bit i + 1 of it.
// Cost:         n - 1 constraints, and 1 of the caller.
template OpenBits(n) {
  signal input x;
  signal output high[n - 1];

  for (var i = 1; i < n; i++) {
    // advice: bit i of x; pinned by its booleanity and by that of the caller's lowest bit.
    high[i - 1] <-- (x >> i) & 1;
    high[i - 1] * (high[i - 1] - 1) === 0;
  }
}

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
