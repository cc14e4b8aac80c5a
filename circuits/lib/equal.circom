pragma circom 2.1.6;

// Precondition: |left - right| < p as integers.
// Constrains:   equal = 1 where left = right, else 0.
// Cost:         2 constraints.
template Equal() {
  signal input left;
  signal input right;
  signal output equal;
  signal inverse;

  // advice: 1/(left - right), or anything where that is 0; pins equal to (left == right): the first relation makes it
  // 1 where they are equal, the second makes it 0 elsewhere.
  inverse <-- left != right ? 1 / (left - right) : 0;
  equal <== 1 - (left - right) * inverse;
  (left - right) * equal === 0;
}
