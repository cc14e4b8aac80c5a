import { expect, test } from 'vitest'
import { averageRound } from '#circuits/federated/average.js'
import { packLanes, toLanes, unpackWords } from '#circuits/federated/lanes.js'
import {
  type RoundRules,
  unitsPerUpdate,
  updateLayout,
  updateTag,
  weightLayout,
  weightTag,
} from '#circuits/federated/rules.js'
import { scalarModulus as p } from '#prover/curve/bn254.js'
import { commitUpdate, commitWeights } from '#prover/federated/commitments.js'
import { type Batch, compileBatch, honestClaims, type Instance } from '../../support/circuit/batch.js'
import { mutateAndRepair, searchForgery } from '../../support/circuit/forge.js'
import { forgeBatch } from '../../support/circuit/forge-batch.js'
import { unconstrainedWires, widestDecomposition } from '../../support/circuit/static-rules.js'
import { federatedLibrary } from '../../support/federated.js'

const rules: RoundRules = { members: 2, size: 2, updateBits: 6, clipBits: 2, weightBits: 6 }
const library = ['bits.circom', 'rescale.circom', 'commitment.circom']
const [zero, lowest, highest] = [36n, 0n, 63n] // lanes of the updates 0, −36 and 27
const [salt, firstSalt, secondSalt, nextSalt, context] = [7n, 8n, 9n, 10n, 11n]

/** What goes into the circuit: lanes, and who is included. */
interface Round {
  readonly weights: readonly bigint[]
  readonly included: readonly bigint[]
  readonly first: readonly bigint[]
  readonly second: readonly bigint[]
}

const usual: Round = { weights: [0n, 63n], included: [1n, 1n], first: [lowest, 37n], second: [highest, 33n] }

const possible: readonly Round[] = [
  usual,
  { ...usual, first: [highest, highest], second: [highest, 39n] },
  { ...usual, first: [lowest, 40n], second: [lowest, 31n] },
  { ...usual, weights: [31n, 32n], included: [1n, 0n], first: [35n, 37n], second: [zero, zero] },
  { ...usual, weights: [63n, 0n], included: [0n, 1n], first: [zero, zero], second: [highest, lowest] },
]

/** Rounds that nobody may prove. */
const impossible: readonly Round[] = [
  ...[64n, p - 1n, (p + 1n) / 2n].flatMap((lane) => [
    { ...usual, weights: [lane, 5n] },
    { ...usual, first: [36n, lane] },
  ]),
  ...[2n, p - 1n].map((flag) => ({ ...usual, included: [flag, 1n] })),
  // Counted twice: its own update must be 0 then, but the others' average would be wrong.
  { ...usual, included: [2n, 1n], first: [zero, zero], second: [39n, 33n] },
  // Left out, and yet in the sum; nobody included.
  { ...usual, included: [1n, 0n], second: [zero, 37n] },
  { ...usual, included: [0n, 1n], first: [lowest, zero] },
  { ...usual, included: [0n, 0n], first: [zero, zero], second: [zero, zero] },
]

const inputsOf = ({ weights, included, first, second }: Round): bigint[] => [
  ...[...weights, salt, ...included, ...first, ...second],
  ...[firstSalt, secondSalt, nextSalt, context],
]

async function expectedOf({ weights, included, first, second }: Round): Promise<bigint[]> {
  const layout = updateLayout(rules)
  const before = unpackWords(weightLayout(rules), 2, packLanes(weightLayout(rules), weights))!
  const words = [first, second].map((lanes) => packLanes(layout, lanes))
  const base = await commitWeights(rules, { weights: before, salt })
  const salts = [firstSalt, secondSalt]
  const commitments = words.map((own, m) =>
    included[m] === 1n ? commitUpdate(rules, m, base, { salt: salts[m]!, words: own }) : 0n,
  )
  const updates = words.filter((_, m) => included[m] === 1n).map((own) => unpackWords(layout, 2, own)!)
  const after = averageRound(rules, before, updates)
  return [
    base,
    ...(await Promise.all(commitments)),
    await commitWeights(rules, { weights: after, salt: nextSalt }),
  ]
}

async function roundInstance(suffix = ''): Promise<Instance> {
  const { members, size, updateBits, clipBits, weightBits } = rules
  const numbers = [members, size, updateBits, clipBits, weightBits, unitsPerUpdate(rules)]
  const call = `FederatedRound${suffix}(${[...numbers, updateTag(rules, 0), weightTag(rules)].join(', ')})`
  const expected = await Promise.all(possible.map(expectedOf))
  return {
    name: `FederatedRound${suffix}`,
    inputCount: 13,
    outputCount: 4,
    body: (g, x, y) =>
      [
        `component ${g} = ${call}; ${g}.salt <== ${x}[2];`,
        `for (var i = 0; i < 2; i++) { ${g}.weights[i] <== ${x}[i]; ${g}.included[i] <== ${x}[3 + i];`,
        `${g}.updates[0][i] <== ${x}[5 + i]; ${g}.updates[1][i] <== ${x}[7 + i];`,
        `${g}.updateSalts[i] <== ${x}[9 + i]; }`,
        `${g}.nextSalt <== ${x}[11]; ${g}.context <== ${x}[12];`,
        `${y}[0] <== ${g}.base; for (var i = 0; i < 2; i++) ${y}[1 + i] <== ${g}.commitments[i]; ${y}[3] <== ${g}.next;`,
      ].join(' '),
    widths: [3, 6, 8],
    claims: [
      ...possible.map((round, k) => ({ inputs: inputsOf(round), expected: expected[k]! })),
      ...impossible.map((round) => ({ inputs: inputsOf(round), expected: null })),
    ],
  }
}

test('a round has one outcome, and none where an input is out of range', { timeout: 300_000 }, async () => {
  const instance = await roundInstance()
  const batch: Batch = await compileBatch([instance], library, federatedLibrary())
  const [claims] = await honestClaims(batch, [instance])
  const [part] = batch.parts
  expect(widestDecomposition(part!.system)).toBeLessThanOrEqual(252)
  expect(unconstrainedWires(part!)).toEqual([])
  for (const claim of claims!) {
    if (claim.expected) expect(part!.outputs.map((wire) => claim.honest![wire]!)).toEqual(claim.expected)
    const report = searchForgery(part!, claim, instance.widths)
    expect(report, `${claim.inputs}`).toMatchObject({ forged: null, proven: true })
    expect(mutateAndRepair(part!, claim, instance.widths)).toBeNull()
  }
})

test('none of its constraints can go: without it, a round is forged', { timeout: 300_000 }, async () => {
  const text = federatedLibrary()['federated.circom']!
  const mutations = [
    ['digest <== absorb', 'digest <-- absorb'],
    ['included * (included - 1) === 0;', ''],
    ['commitment <== included * opening.digest', 'commitment <-- included * opening.digest'],
    ['word * (1 - included) === 0;', ''],
    ['range[i].x <== weights[i]', 'range[i].x <-- weights[i]'],
    ['clip[i].x <== lanes[i]', 'clip[i].x <-- lanes[i]'],
    ['  base <== before.digest', '  base <-- before.digest'],
    ['inverse * count === multiple;', ''],
    ['clamp[i].x <== inverse', 'clamp[i].x <-- inverse'],
    ['next <== after.digest', 'next <-- after.digest'],
  ] as const
  const files = mutations.map(([from, to], k) => {
    expect(text.split(from).length, from).toBe(2)
    return [
      `mutant${k}.circom`,
      text.replace(from, to).replace(/\b(absorbed|Opening|Update|FederatedRound)\(/g, `$1_${k}(`),
    ]
  })
  const instances = await Promise.all(mutations.map((_, k) => roundInstance(`_${k}`)))
  const batch = await compileBatch(instances, library, Object.fromEntries(files))
  const forgeries = await forgeBatch(batch, instances)
  expect(forgeries.map((forgery, k) => (forgery === null ? mutations[k]![0] : null))).toEqual(
    mutations.map(() => null),
  )
})

test('lanes refuse what is out of range, and words with more than their lanes', () => {
  const layout = updateLayout({ ...rules, size: 43 }) // 42 lanes of 6 bits to a word
  expect(() => toLanes(layout, [28])).toThrow(/-36..27/)
  expect(() => toLanes(layout, [-37])).toThrow(/-36..27/)
  expect(unpackWords(layout, 43, [0n, 63n])?.at(-1)).toBe(27)
  for (const words of [[0n, 64n], [1n << 252n, 0n], [0n], [0n, 0n, 0n], [-1n, 0n]]) {
    expect(unpackWords(layout, 43, words)).toBeNull()
  }
})
