pragma circom 2.1.6;
include "choices.circom";
// Unsound on purpose: every template here must be caught by the forgery search. Inputs are lanes of 4 bits.

// Defect: one product of the sum is advice; claims x0·x1 + x1·x2.
template ProductAdvice() {
  signal input x[3];
  signal output y[1];
  component lanes = Lanes(3);
  lanes.x <== x;
  signal product <-- x[0] * x[1];
  assert(product == x[0] * x[1]);
  y[0] <== product + x[1] * x[2];
}

// Defect: the result is pinned up to its sign; claims x0·x1 + x1·x2.
template ProductOfUnknownSign() {
  signal input x[3];
  signal output y[1];
  component lanes = Lanes(3);
  lanes.x <== x;
  signal product <== x[1] * (x[0] + x[2]);
  signal square <== product * product;
  y[0] <-- product;
  y[0] * y[0] === square;
}

// Defect: two results hold the right elements, in any order.
template ExchangeUnordered() {
  signal input x[2];
  signal output y[2];
  component lanes = Lanes(2);
  lanes.x <== x;
  signal product <== x[0] * x[1];
  y[0] <-- x[0] > x[1] ? x[0] : x[1];
  y[1] <== x[0] + x[1] - y[0];
  y[0] * y[1] === product;
}

// Defect: two results are in order and have the right sum, but need not be the elements.
template ExchangeOfSums() {
  signal input x[2];
  signal output y[2];
  component lanes = Lanes(2);
  lanes.x <== x;
  y[0] <-- x[0] > x[1] ? x[0] : x[1];
  y[1] <== x[0] + x[1] - y[0];
  component order = Lanes(1);
  order.x[0] <== y[0] - y[1];
  component result = Lanes(2);
  result.x <== y;
}

// Defect: the second row's comparison is not bound to its elements; claims an index for each row of two.
template ArgMaxRowUnbound() {
  signal input x[3];
  signal output y[2];
  component lanes = Lanes(3);
  lanes.x <== x;
  component first = Sign(5);
  first.x <== x[1] - x[0] - 1 + 16;
  y[0] <== first.notNegative;
  component second = Sign(5);
  second.x <-- x[2] - x[0] - 1 + 16;
  y[1] <== second.notNegative;
}
