pragma circom 2.1.6;

// Where `open`, x is advice that no constraint names, and the caller pins the bits as `OpenBits` says.
// A function of the key q = floor(x / 2^s), given as a table over 2^k keys that begin at m·2^k: keys below take the
// first entry, keys above the last. Let t = n - s - k; where t = 0 no key lies outside.
// Precondition: n >= s + k, 0 <= l <= k <= 12, k >= 1, n <= 252; m is 0, 2^t - 1, 2^(t-1) - 1 or 2^(t-1);
//               s > 0 where open.
// Constrains:   0 <= x < 2^n and y = table[min(max(q - m·2^k, 0), 2^k - 1)].
//               Bits are unique, and each wire after them is a product of wires before it: nothing is left to choose.
// How:          A part of the table for fixed upper key bits is a sum over the monomials of the l lower ones. Upper
//               bits choose between two such sums, low + bit·(high - low), level by level. What is equal is shared,
//               a constant difference is no product, and the last product defines y.
// Cost:         n, and `lookUpConstraints` of circuits/analyse/look-up.ts; with t = 1, 2 or more then 1, 2 or 3 more.
//               1 of them is the caller's where open.
template Table(n, s, k, m, l, table, open) {
  signal input x;
  signal output y;
  signal output high[n - 1];
  signal monomial[1 << l];
  signal choice[1 << (k - l)];
  signal both;
  signal inverse;
  signal inside;

  var bit[n];
  bit[0] = x;
  for (var i = 1; i < n; i++) {
    // advice: bit i of x; pinned by its booleanity and by that of bit 0, below or in the caller.
    high[i - 1] <-- (x >> i) & 1;
    high[i - 1] * (high[i - 1] - 1) === 0;
    bit[i] = high[i - 1];
    bit[0] -= high[i - 1] * (1 << i);
  }
  if (!open) bit[0] * (bit[0] - 1) === 0;

  // Each part of the table as a sum over monomials: factor[part][set of lower bits].
  var sets = 1 << l;
  var levels = k - l;
  var parts = 1 << levels;
  var columns = sets + levels + parts;
  var factor[parts][columns];
  var needed[sets];
  for (var part = 0; part < parts; part++) {
    for (var set = 0; set < sets; set++) factor[part][set] = table[part * sets + set];
    for (var i = 0; i < l; i++) {
      for (var set = 0; set < sets; set++) {
        if ((set >> i) & 1 == 1) factor[part][set] -= factor[part][set - (1 << i)];
      }
    }
    for (var set = 0; set < sets; set++) {
      if (factor[part][set] != 0) needed[set] = 1;
    }
  }
  for (var set = sets - 1; set > 0; set--) {
    if (needed[set] == 1) needed[set & (set - 1)] = 1;
  }

  // What sums may name: monomials, upper bits, choices.
  var wire[columns];
  wire[0] = 1;
  for (var set = 1; set < sets; set++) {
    var lowest = 0;
    while ((set >> lowest) & 1 == 0) lowest++;
    if (set == 1 << lowest) {
      wire[set] = bit[s + lowest];
    } else if (needed[set] == 1) {
      monomial[set] <== wire[set & (set - 1)] * bit[s + lowest];
      wire[set] = monomial[set];
    }
  }

  var clamps = n > s + k;
  var kept[parts][columns];
  var made = 0;
  var last = 0;
  var lastChooses = 0;
  for (var level = 0; level < levels; level++) {
    var first = made;
    var width = level == 0 ? sets : sets + levels + first;
    var chooser = bit[s + l + level];
    wire[sets + level] = chooser;
    for (var part = 0; part < (1 << (levels - 1 - level)); part++) {
      var difference[columns];
      var differs = 0;
      for (var i = 0; i < width; i++) {
        difference[i] = factor[2 * part + 1][i] - factor[2 * part][i];
        factor[part][i] = factor[2 * part][i];
        if (i > 0 && difference[i] != 0) differs = 1;
      }
      for (var i = width; i < columns; i++) factor[part][i] = 0;
      if (differs == 0) {
        factor[part][sets + level] = difference[0];
      } else if (level == levels - 1 && !clamps) {
        lastChooses = 1;
        for (var i = 0; i < width; i++) {
          if (difference[i] != 0) last += difference[i] * wire[i];
        }
      } else {
        factor[part][sets + level] = difference[0];
        var found = first - 1;
        var same = 0;
        while (same < width) {
          found++;
          same = 1;
          while (same < width && found < made && kept[found][same] == difference[same]) same++;
          if (found == made) same = width;
        }
        if (found == made) {
          var gain = 0;
          for (var i = 1; i < width; i++) {
            kept[made][i] = difference[i];
            if (difference[i] != 0) gain += difference[i] * wire[i];
          }
          choice[made] <== chooser * gain;
          wire[sets + levels + made] = choice[made];
          made++;
        }
        factor[part][sets + levels + found] = 1;
      }
    }
  }
  var result = 0;
  for (var i = 0; i < columns; i++) {
    if (factor[0][i] != 0) result += factor[0][i] * wire[i];
  }

  if (!clamps) {
    if (lastChooses == 1) {
      y <== result + bit[s + k - 1] * last;
    } else {
      y <== result;
    }
  } else {
    var t = n - s - k;
    var top = bit[n - 1];
    var within = m == 1 ? top : 1 - top;
    if (t == 2) {
      both <== bit[n - 1] * bit[n - 2];
      within = both;
      if (m == 0) within = 1 - bit[n - 1] - bit[n - 2] + both;
      if (m == 1) within = bit[n - 2] - both;
      if (m == 2) within = bit[n - 1] - both;
    }
    if (t > 2) {
      var window = 0;
      for (var i = 0; i < t; i++) window += bit[s + k + i] * (1 << i);
      // advice: 1/(window - m), or anything where that is 0; pins inside to (window == m): the first relation makes
      // it 1 where window = m, the second makes it 0 elsewhere.
      inverse <-- window != m ? 1 / (window - m) : 0;
      inside <== 1 - (window - m) * inverse;
      (window - m) * inside === 0;
      within = inside;
    }
    var above = 1 - within;
    if (m == (1 << t) - 1) {
      above = 0;
    } else if (m == (1 << (t - 1)) - 1) {
      above = top;
    } else if (m == 1 << (t - 1)) {
      above = top - within;
    }
    y <== table[0] + above * (table[(1 << k) - 1] - table[0]) + within * (result - table[0]);
  }
}
