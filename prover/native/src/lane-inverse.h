// The inverses of several lanes by one inversion (Montgomery's trick).
#pragma once
#include "field.h"

namespace zkserve {

/** 1/x in every lane, 0 for 0; `P` is the field of the lanes `L`. */
template <class P, class L>
L invertedTogether(const L& lanes) {
  uint64_t words[L::width * 4];
  lanes.scatter(words, L::consecutive(0, 4));
  Element<P> elements[L::width], prefixes[L::width], product = Element<P>::one();
  for (int lane = 0; lane < L::width; lane++) {
    U256 word;
    std::memcpy(&word, words + lane * 4, 32);
    elements[lane] = L::unpacked(word);
    prefixes[lane] = product;
    if (!elements[lane].isZero()) product = product * elements[lane];
  }
  Element<P> inverse = product.inverted();
  for (int lane = L::width; lane-- > 0;) {
    const U256 word = elements[lane].isZero() ? U256{{0, 0, 0, 0}} : L::packed(prefixes[lane] * inverse);
    std::memcpy(words + lane * 4, &word, 32);
    if (!elements[lane].isZero()) inverse = inverse * elements[lane];
  }
  return L::gather(words, L::consecutive(0, 4));
}

}  // namespace zkserve
