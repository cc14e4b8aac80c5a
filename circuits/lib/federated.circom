pragma circom 2.1.6;
include "bits.circom";
include "rescale.circom";
include "commitment.circom";

// Elements that one permutation of an opening absorbs: the on-chain Poseidon has this width.
function absorbed() {
  return 5;
}

// The digest of [tag, head[0], ..., word_0, word_1, ...], by a chain of Poseidon permutations of 5 elements and capacity
// 0: each after the first absorbs the digest before it and up to 4 words; what is missing is 0. `size` lanes of `bits`
// bits lie in the words, `perWord` to a word, lowest first.
// Precondition: lanes in range, and perWord·bits <= 253, so that a word has one meaning; the tag fixes all numbers.
// Constrains:   digest is the chain's last digest.
// Cost:         322 constraints for each permutation.
template Opening(tag, heads, size, perWord, bits) {
  signal input head[heads];
  signal input lanes[size];
  signal output digest;

  var words = (size + perWord - 1) \ perWord;
  var elements = 1 + heads + words;
  var blocks = elements <= absorbed() ? 1 : 1 + (elements - 2) \ (absorbed() - 1);
  component absorb[blocks];
  for (var b = 0; b < blocks; b++) {
    var first = b * (absorbed() - 1); // element that stands in this block's first place, or its digest's
    var widths[5];
    for (var i = 0; i < absorbed(); i++) widths[i] = first + i > heads && (b == 0 || i > 0) ? bits : 0;
    absorb[b] = Permutation(absorbed(), perWord, widths, 1, 0);
    absorb[b].capacity <== 0;
    for (var i = 0; i < absorbed(); i++) {
      for (var j = 0; j < perWord; j++) {
        var element = first + i;
        var lane = (element - 1 - heads) * perWord + j;
        if (b > 0 && i == 0) {
          if (j == 0) {
            absorb[b].lanes[i][j] <== absorb[b - 1].digest;
          } else {
            absorb[b].lanes[i][j] <== 0;
          }
        } else if (element <= heads) {
          if (j > 0) {
            absorb[b].lanes[i][j] <== 0;
          } else if (element == 0) {
            absorb[b].lanes[i][j] <== tag;
          } else {
            absorb[b].lanes[i][j] <== head[element - 1];
          }
        } else if (lane < size) {
          absorb[b].lanes[i][j] <== lanes[lane];
        } else {
          absorb[b].lanes[i][j] <== 0;
        }
      }
    }
  }
  digest <== absorb[blocks - 1].digest;
}

// One member's update: the commitment to it, and what of it enters the average.
// A lane u stands for the update u - 2^(n-1) - 2^k. A slot that is left out has commitment 0 and the update 0.
// Precondition: n > k + 1; the caller's `base` is a field element that is fixed before the update.
// Constrains:   included boolean; every lane in 0 ... 2^n - 1; commitment = included · digest of [tag, base, salt, words];
//               raised = min(max(update, -2^k), 2^k - 1) + 2^k, and 2^k in every coordinate where not included.
// Cost:         per coordinate n + 1, and 1, 2 or 3 more where 1, 2 or more bits lie above k + 1; the opening; 1 for
//               each word; 2.
template Update(tag, size, n, k) {
  signal input base;
  signal input salt;
  signal input included;
  signal input lanes[size];
  signal output commitment;
  signal output raised[size];

  var perWord = 253 \ n;
  included * (included - 1) === 0;

  component opening = Opening(tag, 2, size, perWord, n);
  opening.head[0] <== base;
  opening.head[1] <== salt;
  component clip[size];
  for (var i = 0; i < size; i++) {
    clip[i] = ReluRescale(n, 0, k + 1, 0);
    clip[i].x <== lanes[i];
    opening.lanes[i] <== lanes[i];
    raised[i] <== clip[i].y;
  }
  commitment <== included * opening.digest;

  // Lanes are in range, so that a word determines them: one product holds a word's lanes to the update 0.
  for (var first = 0; first < size; first += perWord) {
    var word = 0;
    for (var j = 0; j < perWord && first + j < size; j++) {
      word += (lanes[first + j] - (1 << (n - 1)) - (1 << k)) * (1 << (n * j));
    }
    word * (1 - included) === 0;
  }
}

// One round: the next weights are the ones before plus the average of the clipped updates that are included, held to
// 0 ... 2^w - 1. A lane u stands for the weight u - 2^(w-1), in units of which an update's unit has `multiple`: a common
// multiple of 1 ... members, so that every average is a whole number and nothing is rounded.
// Precondition: multiple·2^k <= 2^w and members·2^(w+2) < 2^252; multiple is divisible by 1 ... members.
// Constrains:   the outputs are, from private openings: the commitment to the weights before, of each included member's
//               update to these weights (0 of others), and to the weights after. At least one is included.
//               inverse = multiple / count, since count is 1 ... members; then inverse · sum is a whole number of at most
//               multiple·2^k in size, no sum wraps around, and the clamp is exact.
// Cost:         per coordinate w for the range of the weight before, and w + 5 for the one after; updates and openings; 2.
template FederatedRound(members, size, n, k, w, multiple, updateTag, weightTag) {
  signal input weights[size];
  signal input salt;
  signal input included[members];
  signal input updates[members][size];
  signal input updateSalts[members];
  signal input nextSalt;
  signal input context;
  signal output base;
  signal output commitments[members];
  signal output next;

  // The context is bound by a constraint of its own.
  signal contextSquare <== context * context;

  component before = Opening(weightTag, 1, size, 253 \ w, w);
  before.head[0] <== salt;
  component range[size];
  for (var i = 0; i < size; i++) {
    range[i] = Bits(w);
    range[i].x <== weights[i];
    before.lanes[i] <== weights[i];
  }
  base <== before.digest;

  component update[members];
  var count = 0;
  for (var m = 0; m < members; m++) {
    update[m] = Update(updateTag + m, size, n, k);
    update[m].base <== before.digest;
    update[m].salt <== updateSalts[m];
    update[m].included <== included[m];
    update[m].lanes <== updates[m];
    commitments[m] <== update[m].commitment;
    count += included[m];
  }

  signal inverse;
  // advice: multiple / count; the relation below makes it that, and leaves no value for a count of 0.
  inverse <-- count != 0 ? multiple / count : 0;
  inverse * count === multiple;

  component after = Opening(weightTag, 1, size, 253 \ w, w);
  after.head[0] <== nextSalt;
  component clamp[size];
  for (var i = 0; i < size; i++) {
    var sum = 0;
    for (var m = 0; m < members; m++) sum += update[m].raised[i] - (1 << k);
    clamp[i] = ReluRescale(w + 2, 0, w, 0);
    clamp[i].x <== inverse * sum + weights[i] + (1 << (w + 1));
    after.lanes[i] <== clamp[i].y;
  }
  next <== after.digest;
}
