pragma circom 2.1.6;
include "bits.circom";
include "maximum.circom";
// Unsound on purpose: every template here must be caught by the forgery search. Inputs are lanes of 4 bits.

template Lanes(n) {
  signal input x[n];
  component range[n];
  for (var i = 0; i < n; i++) {
    range[i] = Bits(4);
    range[i].x <== x[i];
  }
}

// Defect: y is one of both, not the larger one.
template MaximumUncompared() {
  signal input x[2];
  signal output y[1];
  component lanes = Lanes(2);
  lanes.x <== x;
  y[0] <-- x[0] > x[1] ? x[0] : x[1];
  (y[0] - x[0]) * (y[0] - x[1]) === 0;
}

// Defect: y is no less than both, but need be neither.
template MaximumUnattained() {
  signal input x[2];
  signal output y[1];
  component lanes = Lanes(2);
  lanes.x <== x;
  y[0] <-- x[0] > x[1] ? x[0] : x[1];
  component above[2];
  for (var i = 0; i < 2; i++) {
    above[i] = Bits(4);
    above[i].x <== y[0] - x[i];
  }
}

// Defect: the last of three elements is never compared.
template MaximumOneSkipped() {
  signal input x[3];
  signal output y[1];
  component lanes = Lanes(3);
  lanes.x <== x;
  component part = PositivePart(5);
  part.x <== x[1] - x[0] + 16;
  y[0] <== x[0] + part.y;
}

// Defect: of a tie the last index wins.
template ArgMaxLastOfTie() {
  signal input x[2];
  signal output y[1];
  component lanes = Lanes(2);
  lanes.x <== x;
  component sign = Sign(5);
  sign.x <== x[1] - x[0] + 16;
  y[0] <== sign.notNegative;
}

// Defect: of a tie the prover chooses.
template ArgMaxAnyOfTie() {
  signal input x[2];
  signal output y[1];
  component lanes = Lanes(2);
  lanes.x <== x;
  y[0] <-- x[1] > x[0] ? 1 : 0;
  y[0] * (y[0] - 1) === 0;
  component above = Bits(4);
  above.x <== (2 * y[0] - 1) * (x[1] - x[0]);
}

// Defect: the winner's index is advice without a relation to the comparison.
template ArgMaxIndexFree() {
  signal input x[2];
  signal output y[1];
  component lanes = Lanes(2);
  lanes.x <== x;
  component sign = Sign(5);
  sign.x <== x[1] - x[0] - 1 + 16;
  y[0] <-- x[1] > x[0] ? 1 : 0;
  y[0] * (y[0] - 1) === 0;
}

// Defect: the output's lane is its value plus 2^32 or not, as the prover likes; claims 32-bit two's complement.
template PackingSignFree() {
  signal input x[1];
  signal output y[1];
  component lanes = Lanes(1);
  lanes.x <== x;
  signal negative <-- x[0] < 8 ? 1 : 0;
  negative * (negative - 1) === 0;
  y[0] <== x[0] - 8 + negative * (1 << 32);
}

// Defect: inputs of the product are never range-checked; claims 3·x0 - x1.
template InputUnranged() {
  signal input x[2];
  signal output y[1];
  y[0] <== 3 * x[0] - x[1];
}

// Defect: the sum is computed but not constrained (a dense layer of advice); claims 3·x0 - x1.
template DenseAdvice() {
  signal input x[2];
  signal output y[1];
  component lanes = Lanes(2);
  lanes.x <== x;
  y[0] <-- 3 * x[0] - x[1];
  assert(y[0] == 3 * x[0] - x[1]);
}

// Defect: the fourth power is advice; claims x^5.
template PowerAdvice() {
  signal input x[1];
  signal output y[1];
  component lanes = Lanes(1);
  lanes.x <== x;
  signal square <== x[0] * x[0];
  signal fourth <-- square * square;
  y[0] <== fourth * x[0];
}
