pragma circom 2.1.6;
include "bits.circom";
// Unsound on purpose: every template here must be caught by the forgery search. All claim floor(x / 8) for x < 512.

// Defect: the remainder's range is asserted, not constrained.
template DivisionAsserted() {
  signal input x[1];
  signal output y[1];
  y[0] <-- x[0] >> 3;
  signal remainder;
  remainder <-- x[0] - (x[0] >> 3) * 8;
  assert(remainder < 8);
  x[0] === y[0] * 8 + remainder;
  component input_range = Bits(9);
  input_range.x <== x[0];
}

// Defect: the remainder has no range.
template RemainderUnranged() {
  signal input x[1];
  signal output y[1];
  y[0] <-- x[0] >> 3;
  component quotient = Bits(6);
  quotient.x <== y[0];
  signal remainder <== x[0] - y[0] * 8;
  signal square <== remainder * remainder;
}

// Defect: the quotient has no range, so that (x - r) / 8 in the field will do.
template QuotientUnranged() {
  signal input x[1];
  signal output y[1];
  y[0] <-- x[0] >> 3;
  component remainder = Bits(3);
  remainder.x <== x[0] - y[0] * 8;
}

// Defect: the remainder may reach 15, so that the quotient may be one too small.
template RemainderTooWide() {
  signal input x[1];
  signal output y[1];
  y[0] <-- x[0] >> 3;
  component quotient = Bits(6);
  quotient.x <== y[0];
  component remainder = Bits(4);
  remainder.x <== x[0] - y[0] * 8;
}

// Defect: 0 <= remainder <= 8, so that an exact multiple has two quotients.
template RemainderClosedInterval() {
  signal input x[1];
  signal output y[1];
  y[0] <-- x[0] >> 3;
  component quotient = Bits(6);
  quotient.x <== y[0];
  component above = Bits(4);
  above.x <== x[0] - y[0] * 8;
  component below = Bits(4);
  below.x <== 8 - x[0] + y[0] * 8;
}

// Defect: the quotient's top bit is left out of its relation.
template QuotientTopBitFree() {
  signal input x[1];
  signal output y[1];
  signal bit[9];
  var sum = 0;
  var quotient = 0;
  for (var i = 0; i < 9; i++) {
    bit[i] <-- (x[0] >> i) & 1;
    bit[i] * (bit[i] - 1) === 0;
    sum += bit[i] * (1 << i);
    if (i >= 3) quotient += bit[i] * (1 << (i - 3));
  }
  (x[0] - sum) * (x[0] - sum - 256) === 0;
  y[0] <== quotient;
}
