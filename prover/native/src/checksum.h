// XXH64 (Y. Collet, xxHash specification 0.1.1), for lengths that 32 divides: against damage, not against forgery.
#pragma once
#include <cstdint>
#include <cstring>

namespace zkserve {

inline uint64_t checksum(const uint8_t* data, size_t length, uint64_t seed = 0) {
  constexpr uint64_t p1 = 0x9e3779b185ebca87, p2 = 0xc2b2ae3d27d4eb4f, p3 = 0x165667b19e3779f9, p4 = 0x85ebca77c2b2ae63,
                     p5 = 0x27d4eb2f165667c5;
  const auto rotated = [](uint64_t x, int by) { return (x << by) | (x >> (64 - by)); };
  const auto mixed = [&](uint64_t lane, uint64_t word) { return rotated(lane + word * p2, 31) * p1; };
  uint64_t hash = seed + p5;
  if (length > 0) {
    uint64_t lanes[4] = {seed + p1 + p2, seed + p2, seed, seed - p1};
    for (size_t at = 0; at < length; at += 32) {
      uint64_t words[4];
      std::memcpy(words, data + at, 32);
      for (int i = 0; i < 4; i++) lanes[i] = mixed(lanes[i], words[i]);
    }
    hash = rotated(lanes[0], 1) + rotated(lanes[1], 7) + rotated(lanes[2], 12) + rotated(lanes[3], 18);
    for (const uint64_t lane : lanes) hash = (hash ^ mixed(0, lane)) * p1 + p4;
  }
  hash += length;
  hash = (hash ^ (hash >> 33)) * p2;
  hash = (hash ^ (hash >> 29)) * p3;
  return hash ^ (hash >> 32);
}

}  // namespace zkserve
