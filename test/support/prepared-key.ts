const word = 2n ** 64n
const primes = [
  0x9e3779b185ebca87n,
  0xc2b2ae3d27d4eb4fn,
  0x165667b19e3779f9n,
  0x85ebca77c2b2ae63n,
  0x27d4eb2f165667c5n,
] as const
const [p1, p2, p3, p4, p5] = primes

const rotated = (x: bigint, by: bigint) => ((x << by) | (x >> (64n - by))) % word
const mixed = (lane: bigint, value: bigint) => (rotated((lane + value * p2) % word, 31n) * p1) % word

/** XXH64 of a length that 32 divides, as xxHash's specification 0.1.1 has it. */
export function xxh64(bytes: Uint8Array, seed = 0n): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  let hash = (seed + p5) % word
  if (bytes.length > 0) {
    const lanes = [seed + p1 + p2, seed + p2, seed, seed + word - p1].map((lane) => lane % word)
    for (let at = 0; at < bytes.length; at += 8) {
      const lane = (at / 8) % 4
      lanes[lane] = mixed(lanes[lane]!, view.getBigUint64(at, true))
    }
    hash = lanes.reduce((sum, lane, i) => sum + rotated(lane, [1n, 7n, 12n, 18n][i]!), 0n) % word
    for (const lane of lanes) hash = ((hash ^ mixed(0n, lane)) * p1 + p4) % word
  }
  hash = (hash + BigInt(bytes.length)) % word
  hash = ((hash ^ (hash >> 33n)) * p2) % word
  hash = ((hash ^ (hash >> 29n)) * p3) % word
  return hash ^ (hash >> 32n)
}

/** Where a prepared key's header has its checksum, and where its sections begin (prover/native/src/key-layout.h). */
const checksumAt = 576
export const sectionsAt = 640

/** A prepared key as somebody would forge it: changed, with a checksum that is right. */
export function forgedKey(prepared: Uint8Array, change: (bytes: DataView) => void): Uint8Array {
  const copy = Uint8Array.from(prepared)
  const view = new DataView(copy.buffer)
  change(view)
  const seed = xxh64(copy.subarray(0, checksumAt))
  view.setBigUint64(checksumAt, xxh64(copy.subarray(sectionsAt), seed), true)
  return copy
}
