pragma circom 2.1.6;
include "bits.circom";

// Precondition: x = v + 2^(n-1) with n - 1 > s, w > 0, n <= 252.
// Constrains:   -2^(n-1) <= v < 2^(n-1) and y = min(max(floor(v / 2^s), 0), 2^w - 1).
//               The top bit is v's sign; where it is 1 the lower bits are v itself, where it is 0 they don't matter.
// Cost:         n + 1 constraints, and 1, 2 or 3 more where 1, 2 or more bits lie above s + w.
template ReluRescale(n, s, w) {
  signal input x;
  signal output y;
  signal exceeds;
  signal inverse;
  signal excess;

  component bits = Bits(n);
  bits.x <== x;

  var notNegative = bits.high[n - 2];
  var overflowBits = n - 1 - s - w;
  var end = overflowBits > 0 ? s + w : n - 1;
  var quotient = 0;
  var rest = 0;
  for (var i = 1; i < n; i++) {
    rest += bits.high[i - 1] * (1 << i);
    if (i >= s && i < end) quotient += bits.high[i - 1] * (1 << (i - s));
  }
  if (s == 0) quotient += x - rest;

  if (overflowBits <= 0) {
    y <== notNegative * quotient;
  } else {
    var over = 0;
    for (var i = end; i < n - 1; i++) over += bits.high[i - 1];
    var saturated = over;
    if (overflowBits == 2) {
      exceeds <== bits.high[end - 1] * bits.high[end];
      saturated = over - exceeds;
    }
    if (overflowBits > 2) {
      // advice: 1/over, or anything where over = 0; pins exceeds to (over != 0): the first relation makes it 0
      // where over = 0, the second makes it 1 where over != 0.
      inverse <-- over != 0 ? 1 / over : 0;
      exceeds <== over * inverse;
      over * (1 - exceeds) === 0;
      saturated = exceeds;
    }
    excess <== saturated * ((1 << w) - 1 - quotient);
    y <== notNegative * (quotient + excess);
  }
}

// Precondition: x = v - base·2^s >= 0 for every value v that occurs, n > s > 0, n <= 252.
// Constrains:   0 <= x < 2^n and y = floor(x / 2^s) + base.
//               Bit s is no signal of its own but what is left of y.
// Cost:         n constraints.
template Rescale(n, s, base) {
  signal input x;
  signal output y;
  signal bit[n];

  var low = 0;
  var quotient = 0;
  for (var i = 1; i < n; i++) {
    if (i != s) {
      // advice: bit i of x; pinned by its booleanity and by those of bits 0 and s below.
      bit[i] <-- (x >> i) & 1;
      bit[i] * (bit[i] - 1) === 0;
      if (i < s) low += bit[i] * (1 << i);
      if (i > s) quotient += bit[i] * (1 << (i - s));
    }
  }
  // advice: the quotient; y - base - (the quotient's upper bits) must be the boolean bit s.
  y <-- (x >> s) + base;
  var bitS = y - base - quotient;
  bitS * (bitS - 1) === 0;
  var bit0 = x - low - (y - base) * (1 << s);
  bit0 * (bit0 - 1) === 0;
}
