pragma circom 2.1.6;
include "bits.circom";
// Unsound on purpose: every template here must be caught by the forgery search.

// Defect: the recombination is asserted, not constrained.
template RangeAsserted() {
  signal input x[1];
  signal output y[8];
  var sum = 0;
  for (var i = 0; i < 8; i++) {
    y[i] <-- (x[0] >> i) & 1;
    y[i] * (y[i] - 1) === 0;
    sum += ((x[0] >> i) & 1) * (1 << i);
  }
  assert(sum == x[0]);
}

// Defect: bit 3 need not be boolean.
template RangeOneBitFree() {
  signal input x[1];
  signal output y[8];
  var sum = 0;
  for (var i = 0; i < 8; i++) {
    y[i] <-- (x[0] >> i) & 1;
    if (i != 3) y[i] * (y[i] - 1) === 0;
    sum += y[i] * (1 << i);
  }
  sum === x[0];
}

// Defect: bits 6 and 7 have the same weight.
template RangeRepeatedWeight() {
  signal input x[1];
  signal output y[8];
  var sum = 0;
  for (var i = 0; i < 8; i++) {
    y[i] <-- i == 7 ? 0 : (x[0] >> i) & 1;
    y[i] * (y[i] - 1) === 0;
    sum += y[i] * (1 << (i == 7 ? 6 : i));
  }
  sum === x[0];
}

// Defect: 254 bits hold x and x + p, so that the parity is free.
template ParityAliased() {
  signal input x[1];
  signal output y[1];
  signal bit[254];
  var sum = 0;
  for (var i = 0; i < 254; i++) {
    bit[i] <-- (x[0] >> i) & 1;
    bit[i] * (bit[i] - 1) === 0;
    sum += bit[i] * (1 << i);
  }
  sum === x[0];
  y[0] <== bit[0];
}

// Defect: the sign is boolean but does not take part in the decomposition.
template SignFree() {
  signal input x[1];
  signal output y[1];
  component bits = Bits(9);
  bits.x <== x[0];
  y[0] <-- (x[0] >> 8) & 1;
  y[0] * (y[0] - 1) === 0;
}

// Defect: zero counts as negative.
template SignOfZero() {
  signal input x[1];
  signal output y[1];
  component bits = Bits(9);
  bits.x <== x[0] - 1;
  y[0] <== bits.high[7];
}

// Defect: a - b is compared but neither a nor b is in a range.
template ComparatorUnranged() {
  signal input x[2];
  signal output y[1];
  component bits = Bits(9);
  bits.x <== x[0] - x[1] + 256;
  y[0] <== bits.high[7];
}
