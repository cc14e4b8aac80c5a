pragma circom 2.1.6;
include "poseidon_constants.circom";

function partialRounds(t) {
  var rounds[16] = [56, 57, 56, 60, 60, 63, 64, 63, 60, 66, 60, 65, 70, 60, 64, 68];
  return rounds[t - 2];
}

// Poseidon permutation (BN254, x^5, 8 full rounds, optimised form with sparse matrices) over
// [capacity, word_0 ... word_(n-1)]; the digest is its first element. Equals circomlib's PoseidonEx(n, 1).
// word_i = Σ lanes[i][j]·2^(bits[i]·j). Where `tagged`, the capacity is the constant `tag` and the signal not read.
// Precondition: 1 <= n <= 16; lanes in range, and perWord·bits[i] <= 253, so that a word has one meaning.
// Constrains:   digest is the permutation's first element. All linear steps are inlined: only S-boxes cost.
// Cost:         3·(8·(n + 1) + partialRounds) constraints and one sum; 3 less where tagged.
template Permutation(n, perWord, bits, tagged, tag) {
  signal input capacity;
  signal input lanes[n][perWord];
  signal output digest;

  var t = n + 1;
  var partials = partialRounds(t);
  var C[t * 8 + partials] = POSEIDON_C(t);
  var S[partials * (t * 2 - 1)] = POSEIDON_S(t);
  var M[t][t] = POSEIDON_M(t);
  var P[t][t] = POSEIDON_P(t);
  signal square[8 * t + partials];
  signal fourth[8 * t + partials];
  signal fifth[8 * t + partials];
  var box = 0;

  var state[t];
  state[0] = tagged ? tag : capacity;
  for (var i = 0; i < n; i++) {
    var word = 0;
    for (var j = 0; j < perWord; j++) word += lanes[i][j] * (1 << (bits[i] * j));
    state[i + 1] = word;
  }
  for (var i = 0; i < t; i++) state[i] += C[i];

  for (var round = 0; round < 8 + partials; round++) {
    var partial = round >= 4 && round < 4 + partials;
    for (var i = 0; i < t; i++) {
      if (tagged && round == 0 && i == 0) {
        state[0] = state[0] ** 5;
      } else if (!partial || i == 0) {
        square[box] <== state[i] * state[i];
        fourth[box] <== square[box] * square[box];
        fifth[box] <== fourth[box] * state[i];
        state[i] = fifth[box];
        box++;
      }
    }
    if (partial) {
      var r = round - 4;
      state[0] += C[5 * t + r];
      var first = 0;
      for (var j = 0; j < t; j++) first += S[(t * 2 - 1) * r + j] * state[j];
      for (var j = 1; j < t; j++) state[j] += S[(t * 2 - 1) * r + t + j - 1] * state[0];
      state[0] = first;
    } else {
      var next = round < 4 ? (round + 1) * t : 5 * t + partials + (round - 4 - partials) * t;
      if (round < 7 + partials) for (var i = 0; i < t; i++) state[i] += C[next + i];
      var mixed[t];
      for (var i = 0; i < t; i++) {
        mixed[i] = 0;
        for (var j = 0; j < t; j++) mixed[i] += (round == 3 ? P[j][i] : M[j][i]) * state[j];
      }
      state = mixed;
    }
  }
  digest <== state[0];
}
