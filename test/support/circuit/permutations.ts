/** Poseidon permutations in the shapes that the commitment uses, with circomlibjs as their specification. */
import { buildPoseidon } from 'circomlibjs'
import { permutationCost } from '#circuits/analyse/commitment.js'
import { scalarModulus as p } from '#prover/curve/bn254.js'
import { RandomSource } from '../random-source.js'
import type { CostedInstance } from './gadgets.js'

interface PermutationShape {
  /** Bits of a lane, by word; 253 bits at most in all. */
  readonly bits: readonly number[]
  readonly perWord: number
  /** A constant capacity, or null where it is a signal. */
  readonly tag: bigint | null
}

const shapes: readonly PermutationShape[] = [
  { bits: [8], perWord: 3, tag: (1n << 248n) - 1n },
  { bits: [253, 253], perWord: 1, tag: 0n },
  { bits: [0, 8, 4], perWord: 31, tag: null },
  { bits: [16, 16, 8, 8, 1], perWord: 15, tag: null },
]

/** Takes the capacity, then the words' lanes. */
export async function permutationInstances(template = 'Permutation'): Promise<CostedInstance[]> {
  const poseidon = await buildPoseidon()
  return shapes.map(({ bits, perWord, tag }) => {
    const words = bits.length
    const call = `${template}(${words}, ${perWord}, [${bits}], ${tag === null ? 0 : 1}, ${tag ?? 0})`
    const claim = (capacity: bigint, lanes: readonly bigint[]) => {
      const packed = bits.map((width, w) =>
        lanes
          .slice(w * perWord, (w + 1) * perWord)
          .reduce((word, lane, j) => (word + (lane << BigInt(width * j))) % p, 0n),
      )
      const digest = poseidon.F.toObject(poseidon(packed, poseidon.F.e(tag ?? capacity)))
      return { inputs: [capacity, ...lanes], expected: [digest] }
    }
    const random = new RandomSource(words)
    const lane = (width: number, kind: number) => {
      const top = width === 0 ? p : 1n << BigInt(width)
      return [0n, 1n, top - 1n, random.bigintBelow(top)][Math.min(kind, 3)]!
    }
    const claims = Array.from({ length: 20 }, (_, kind) =>
      claim(
        lane(0, kind),
        bits.flatMap((width) =>
          Array.from({ length: perWord }, (_, j) => (width === 0 && j > 0 ? 0n : lane(width, kind))),
        ),
      ),
    )
    return {
      name: call,
      inputCount: 1 + words * perWord,
      outputCount: 1,
      body: (g, x, y) =>
        [
          `component ${g} = ${call}; ${g}.capacity <== ${x}[0];`,
          `for (var i = 0; i < ${words}; i++) for (var j = 0; j < ${perWord}; j++)`,
          `{ ${g}.lanes[i][j] <== ${x}[1 + i * ${perWord} + j]; }`,
          `${y}[0] <== ${g}.digest;`,
        ].join(' '),
      widths: [],
      claims,
      cost: permutationCost(words) + 1 - (tag === null ? 0 : 3),
    }
  })
}
