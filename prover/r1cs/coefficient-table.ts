import { fieldBytes } from '#prover/curve/bn254.js'

const wordsPerField = fieldBytes / 4
const empty = 0xffffffff

/** Field elements, each kept once: circuits have millions of coefficients, but few different ones. */
export class CoefficientTable {
  #words = new Uint32Array(wordsPerField * 64)
  #count = 0
  #slots = new Uint32Array(256).fill(empty)

  /** The index of the element at the word offset, added if it is new. */
  indexOf(source: Uint32Array, offset: number): number {
    let slot = hash(source, offset) & (this.#slots.length - 1)
    for (;;) {
      const index = this.#slots[slot]!
      if (index === empty) return this.#add(source, offset, slot)
      if (this.#equals(index, source, offset)) return index
      slot = (slot + 1) & (this.#slots.length - 1)
    }
  }

  /** A copy of the elements, 32 bytes each. */
  toBytes(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#words.buffer.slice(0, this.#count * fieldBytes))
  }

  #equals(index: number, source: Uint32Array, offset: number): boolean {
    const at = index * wordsPerField
    for (let word = 0; word < wordsPerField; word++) {
      if (this.#words[at + word] !== source[offset + word]) return false
    }
    return true
  }

  #add(source: Uint32Array, offset: number, slot: number): number {
    const index = this.#count++
    if (this.#count * wordsPerField > this.#words.length) {
      const larger = new Uint32Array(this.#words.length * 2)
      larger.set(this.#words)
      this.#words = larger
    }
    this.#words.set(source.subarray(offset, offset + wordsPerField), index * wordsPerField)
    this.#slots[slot] = index
    if (this.#count * 2 > this.#slots.length) this.#rehash()
    return index
  }

  #rehash(): void {
    const mask = this.#slots.length * 2 - 1
    this.#slots = new Uint32Array(mask + 1).fill(empty)
    for (let index = 0; index < this.#count; index++) {
      let slot = hash(this.#words, index * wordsPerField) & mask
      while (this.#slots[slot] !== empty) slot = (slot + 1) & mask
      this.#slots[slot] = index
    }
  }
}

function hash(source: Uint32Array, offset: number): number {
  let state = 0x9e3779b9
  for (let word = 0; word < wordsPerField; word++) {
    state = Math.imul(state ^ source[offset + word]!, 0x85ebca6b)
    state ^= state >>> 15
  }
  return state >>> 0
}
