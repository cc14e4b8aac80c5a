pragma circom 2.1.6;
include "bits.circom";

// Precondition: x = d + 2^(n-1), 2 <= n <= 252.
// Constrains:   -2^(n-1) <= d < 2^(n-1) and y = max(d, 0); so max(a, b) = a + y for d = b - a.
// Cost:         n + 1 constraints.
template PositivePart(n) {
  signal input x;
  signal output y;

  component bits = Bits(n);
  bits.x <== x;
  y <== bits.high[n - 2] * (x - (1 << (n - 1)));
}

// Precondition: x = d + 2^(n-1), 2 <= n <= 252.
// Constrains:   -2^(n-1) <= d < 2^(n-1) and notNegative = (d >= 0).
// Cost:         n constraints.
template Sign(n) {
  signal input x;
  signal output notNegative;

  component bits = Bits(n);
  bits.x <== x;
  notNegative <== bits.high[n - 2];
}
