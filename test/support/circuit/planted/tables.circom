pragma circom 2.1.6;
include "bits.circom";
include "choices.circom";
// Unsound on purpose: every template here must be caught by the forgery search. The table is 3·q mod 7 for q of 4 bits.

// Defect: one entry is chosen, but not the one of the key.
template TableKeyFree() {
  signal input x[1];
  signal output y[1];
  signal hot[16];
  component lanes = Lanes(1);
  lanes.x <== x;
  var one = 0;
  var entry = 0;
  for (var i = 0; i < 16; i++) {
    hot[i] <-- x[0] == i ? 1 : 0;
    hot[i] * (hot[i] - 1) === 0;
    one += hot[i];
    entry += hot[i] * (3 * i % 7);
  }
  one === 1;
  y[0] <== entry;
}

// Defect: the chosen entries are no booleans, only their sum and key are right.
template TableNotOneHot() {
  signal input x[1];
  signal output y[1];
  signal hot[16];
  component lanes = Lanes(1);
  lanes.x <== x;
  var one = 0;
  var key = 0;
  var entry = 0;
  for (var i = 0; i < 16; i++) {
    hot[i] <-- x[0] == i ? 1 : 0;
    one += hot[i];
    key += hot[i] * i;
    entry += hot[i] * (3 * i % 7);
  }
  one === 1;
  key === x[0];
  y[0] <== entry;
}

// Defect: the product of two key bits is boolean, but no product.
template TableMonomialFree() {
  signal input x[1];
  signal output y[1];
  component bits = Bits(4);
  bits.x <== x[0];
  signal both <-- bits.high[0] * bits.high[1];
  both * (both - 1) === 0;
  y[0] <== 5 * bits.high[0] - 2 * bits.high[1] + 3 * both;
}

// Defect: a key outside the window 8 … 15 may count as one inside; claims x within it, else 0.
template TableOutsideChosen() {
  signal input x[1];
  signal output y[1];
  component bits = Bits(5);
  bits.x <== x[0] + 8;
  var window = bits.high[2] + 2 * bits.high[3];
  signal inverse <-- window != 2 ? 1 / (window - 2) : 0;
  signal inside <== 1 - (window - 2) * inverse;
  y[0] <== inside * x[0];
}
