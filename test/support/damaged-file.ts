import type { RandomSource } from './random-source.js'

/** Where a section of an iden3 file lies: its header, its content. */
interface Section {
  readonly header: number
  readonly start: number
  readonly length: number
}

/** A copy of an iden3 file with one to three changes: of its header, a section's, a word, bytes, or its length. */
export function damagedFile(file: Uint8Array, random: RandomSource): Uint8Array {
  let bytes = file.slice()
  for (let changes = 1 + random.below(3); changes > 0; changes--) bytes = damage(bytes, random)
  return bytes
}

function damage(bytes: Uint8Array<ArrayBuffer>, random: RandomSource): Uint8Array<ArrayBuffer> {
  const view = new DataView(bytes.buffer)
  const sections = sectionsOf(view)
  if (sections.length === 0) return bytes
  const { header, start, length } = random.pick(sections)
  const setWord = (at: number) => {
    if (at + 4 <= bytes.length) view.setUint32(at, extreme(view.getUint32(at, true), random), true)
  }
  switch (random.below(7)) {
    case 0:
      setWord(4 * random.below(3))
      break
    case 1:
      view.setBigUint64(
        header + 4,
        random.pick([0n, BigInt(length) - 1n, BigInt(length) + 1n, 1n << 32n, 1n << 63n, (1n << 64n) - 1n]) %
          (1n << 64n),
        true,
      )
      break
    case 2:
      view.setUint32(header, random.below(12), true)
      break
    case 3:
      setWord(start + 4 * random.below(Math.max(1, Math.min(length, 200) / 4)))
      break
    case 4:
      setWord(start + 4 * random.below(Math.max(1, length / 4)))
      break
    case 5:
      return bytes.slice(0, random.pick([header + random.below(12), start + random.below(length + 1)]))
    default:
      for (let flips = 1 + random.below(6); flips > 0; flips--) {
        bytes[random.below(bytes.length)]! ^= 1 << random.below(8)
      }
  }
  return bytes
}

function sectionsOf(view: DataView): Section[] {
  const sections: Section[] = []
  for (let at = 12; at + 12 <= view.byteLength; ) {
    const length = Number(view.getBigUint64(at + 4, true))
    if (length > view.byteLength - at - 12) break
    sections.push({ header: at, start: at + 12, length })
    at += 12 + length
  }
  return sections
}

function extreme(present: number, random: RandomSource): number {
  const near = [present - 1, present + 1, present * 2, present ^ (1 << random.below(32))]
  return random.pick([0, 1, 2, 255, 0x7fffffff, 0x80000000, 0xffffffff, ...near]) >>> 0
}
