import { expect, test } from 'vitest'
import { averageRound } from '#circuits/federated/average.js'
import { roundConstraints } from '#circuits/federated/cost.js'
import { emitRound } from '#circuits/federated/emit.js'
import { scalarModulus } from '#prover/curve/bn254.js'
import { commitUpdate, commitWeights, openingOf } from '#prover/federated/commitments.js'
import { roundSignals } from '#prover/federated/prove-round.js'
import { compileNamed } from '../../support/circuit/compile.js'
import { federatedLibrary, randomUpdate, randomWeights, roundShapes } from '../../support/federated.js'
import { RandomSource } from '../../support/random-source.js'
import { isRelease } from '../../support/release.js'

const rounds = isRelease ? 400 : 25

test.each(roundShapes)(
  'circuit and integer function agree: $members × $size, $updateBits bits',
  {
    timeout: 120_000,
  },
  async (rules) => {
    const circuit = await compileNamed(emitRound(rules), federatedLibrary())
    expect(circuit.r1cs.constraintCount).toBe(roundConstraints(rules))
    const random = new RandomSource(rules.size)
    const field = () => random.bigintBelow(scalarModulus)
    for (let round = 0; round < rounds; round++) {
      const before = { weights: randomWeights(rules, random), salt: field() }
      const base = await commitWeights(rules, before)
      const updates = Array.from({ length: rules.members }, () => randomUpdate(rules, random))
      const left = round === 0 ? 0 : random.below(2 ** rules.members - 1)
      const included = updates.map((_, m) => ((left >> m) & 1) === 0)
      const openings = updates.map((update) => openingOf(rules, update, field()))
      const [nextSalt, context] = [field(), field()]
      const chosen = openings.map((opening, m) => (included[m] ? opening : null))
      const values = await circuit.witness(
        roundSignals(rules, { before, updates: chosen, nextSalt }, context) as Record<string, bigint[]>,
      )
      const after = averageRound(
        rules,
        before.weights,
        updates.filter((_, m) => included[m]),
      )
      const commitments = openings.map((opening, m) =>
        included[m] ? commitUpdate(rules, m, base, opening) : 0n,
      )
      const next = await commitWeights(rules, { weights: after, salt: nextSalt })
      expect(values.slice(1, rules.members + 4)).toEqual([
        base,
        ...(await Promise.all(commitments)),
        next,
        context,
      ])
    }
  },
)
