pragma circom 2.1.6;
include "bits.circom";
// Unsound on purpose: every template here must be caught by the forgery search. All claim min(max(v, 0), 15) for
// x = v + 256, -256 <= v < 256.

// Defect: nothing forces exceeds to be 1 where a high bit is set.
template ExceedsNotForced() {
  signal input x[1];
  signal output y[1];
  component bits = Bits(9);
  bits.x <== x[0];
  var low = x[0] - 256 * bits.high[7];
  var over = 0;
  for (var i = 4; i < 8; i++) {
    over += bits.high[i - 1];
    low -= bits.high[i - 1] * (1 << i);
  }
  signal inverse <-- over != 0 ? 1 / over : 0;
  signal exceeds <== over * inverse;
  signal excess <== exceeds * (15 - low);
  y[0] <== bits.high[7] * (low + excess);
}

// Defect: nothing forces exceeds to be 0 where no high bit is set.
template ExceedsNotPinned() {
  signal input x[1];
  signal output y[1];
  component bits = Bits(9);
  bits.x <== x[0];
  var low = x[0] - 256 * bits.high[7];
  var over = 0;
  for (var i = 4; i < 8; i++) {
    over += bits.high[i - 1];
    low -= bits.high[i - 1] * (1 << i);
  }
  signal exceeds <-- over != 0 ? 1 : 0;
  over * (1 - exceeds) === 0;
  signal excess <== exceeds * (15 - low);
  y[0] <== bits.high[7] * (low + excess);
}

// Defect: the prover chooses whether to saturate.
template SaturationChosen() {
  signal input x[1];
  signal output y[1];
  component bits = Bits(9);
  bits.x <== x[0];
  signal saturated <-- x[0] >= 256 + 16 ? 1 : 0;
  saturated * (saturated - 1) === 0;
  signal value <== bits.high[7] * (x[0] - 256);
  y[0] <== value + saturated * (15 - value);
}

// Defect: y is 0 or v, whichever the prover likes.
template SelectorDropped() {
  signal input x[1];
  signal output y[1];
  component bits = Bits(9);
  bits.x <== x[0];
  component small = Bits(10);
  small.x <== x[0] - 256 + 512;
  var v = x[0] - 256;
  signal limited <-- x[0] < 256 + 16 ? v : 15;
  (limited - v) * (limited - 15) === 0;
  y[0] <-- x[0] >= 256 ? limited : 0;
  y[0] * (y[0] - limited) === 0;
}

// Defect: two set bits count twice, as if 1 + 1 were 1.
template OverflowSummed() {
  signal input x[1];
  signal output y[1];
  component bits = Bits(9);
  bits.x <== x[0];
  var low = x[0] - 256 * bits.high[7];
  var over = 0;
  for (var i = 4; i < 8; i++) {
    over += bits.high[i - 1];
    low -= bits.high[i - 1] * (1 << i);
  }
  signal excess <== over * (15 - low);
  y[0] <== bits.high[7] * (low + excess);
}
