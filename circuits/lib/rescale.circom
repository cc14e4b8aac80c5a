pragma circom 2.1.6;

// Where `open`, x is advice that no constraint names, and the caller pins the bits as `OpenBits` says: a sum then needs
// no signal of its own. Else the gadget pins them to x.

// Precondition: x = v + 2^(n-1) with n - 1 > s, w > 0, n <= 252; s > 0 where open.
// Constrains:   -2^(n-1) <= v < 2^(n-1) and y = min(max(floor(v / 2^s), 0), 2^w - 1).
//               The top bit is v's sign; where it is 1 the lower bits are v itself, where it is 0 they don't matter.
// Cost:         n + 1 constraints, and 1, 2 or 3 more where 1, 2 or more bits lie above s + w; 1 of them is the caller's
//               where open.
template ReluRescale(n, s, w, open) {
  signal input x;
  signal output y;
  signal output high[n - 1];
  signal exceeds;
  signal inverse;
  signal excess;

  var overflowBits = n - 1 - s - w;
  var end = overflowBits > 0 ? s + w : n - 1;
  var quotient = 0;
  var rest = 0;
  for (var i = 1; i < n; i++) {
    // advice: bit i of x; pinned by its booleanity and by that of bit 0, below or in the caller.
    high[i - 1] <-- (x >> i) & 1;
    high[i - 1] * (high[i - 1] - 1) === 0;
    rest += high[i - 1] * (1 << i);
    if (i >= s && i < end) quotient += high[i - 1] * (1 << (i - s));
  }
  if (!open) (x - rest) * (x - rest - 1) === 0;
  var notNegative = high[n - 2];
  if (s == 0) quotient += x - rest;

  if (overflowBits <= 0) {
    y <== notNegative * quotient;
  } else {
    var over = 0;
    for (var i = end; i < n - 1; i++) over += high[i - 1];
    var saturated = over;
    if (overflowBits == 2) {
      exceeds <== high[end - 1] * high[end];
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
//               Where open, the caller makes sum - Σ low[i]·2^i - (y - base)·2^s boolean.
// Cost:         n constraints; 1 of them is the caller's where open.
template Rescale(n, s, base, open) {
  signal input x;
  signal output y;
  signal output low[s];
  signal upper[n - s];

  low[0] <== 0; // nothing reads it: bit 0 is no signal; and circom fails on outputs of no elements, where s = 1
  var rest = 0;
  var quotient = 0;
  for (var i = 1; i < n; i++) {
    if (i < s) {
      // advice: bit i of x; pinned by its booleanity and by those of bits s and 0, which is below or in the caller.
      low[i] <-- (x >> i) & 1;
      low[i] * (low[i] - 1) === 0;
      rest += low[i] * (1 << i);
    }
    if (i > s) {
      // advice: bit i of x; pinned as the lower ones are.
      upper[i - s] <-- (x >> i) & 1;
      upper[i - s] * (upper[i - s] - 1) === 0;
      quotient += upper[i - s] * (1 << (i - s));
    }
  }
  // advice: the quotient; y - base - (the quotient's upper bits) must be the boolean bit s.
  y <-- (x >> s) + base;
  var bitS = y - base - quotient;
  bitS * (bitS - 1) === 0;
  var bit0 = x - rest - (y - base) * (1 << s);
  if (!open) bit0 * (bit0 - 1) === 0;
}
