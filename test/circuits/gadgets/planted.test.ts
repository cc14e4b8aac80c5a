import { expect, test } from 'vitest'
import { compileBatch, honestClaims, type Instance } from '../../support/circuit/batch.js'
import { forgeBatch } from '../../support/circuit/forge-batch.js'
import {
  bitsInstance,
  openBitsInstance,
  plainInstance,
  positivePartInstance,
  reluInstance,
  signInstance,
  tableInstance,
} from '../../support/circuit/gadgets.js'
import { libraryMutants } from '../../support/circuit/library-mutants.js'
import { plantedInstances, plantedTexts } from '../../support/circuit/planted.js'

test('every planted defect yields a witness that satisfies all constraints and breaks the claim', async () => {
  expect(plantedInstances.length).toBeGreaterThanOrEqual(12)
  const batch = await compileBatch(plantedInstances, [], plantedTexts())
  const forgeries = await forgeBatch(batch, plantedInstances)
  forgeries.forEach((forgery, k) => {
    const { name } = plantedInstances[k]!
    expect(forgery, name).not.toBeNull()
    expect(forgery!.outputs, name).not.toEqual(forgery!.claim.expected)
  })
})

test('an honest prover meets the claims of all planted defects but those that compute something else', async () => {
  const batch = await compileBatch(plantedInstances, [], plantedTexts())
  const claims = await honestClaims(batch, plantedInstances)
  const wrong = batch.parts.filter((part, k) =>
    claims[k]!.some(
      ({ honest, expected }) => honest && part.outputs.some((wire, i) => honest[wire] !== expected![i]),
    ),
  )
  expect(wrong.map(({ name }) => name)).toEqual([
    'SignOfZero',
    'OverflowSummed',
    'MaximumOneSkipped',
    'ArgMaxLastOfTie',
  ])
})

test('no constraint of the library can go: without it, some gadget is forged', async () => {
  const mutants = libraryMutants()
  expect(mutants.length).toBeGreaterThanOrEqual(24)
  const shapes = [
    bitsInstance(5),
    openBitsInstance(5),
    ...[5, 4, 3, 2].map((w) => reluInstance(8, 2, w)),
    plainInstance(7, 3, -5),
    positivePartInstance(6),
    signInstance(6),
    ...tables.map((shape) =>
      tableInstance({ s: 1, k: 3, l: 2, entry: (key) => (5 * key * key) % 13, ...shape }),
    ),
  ]
  const instances = mutants.flatMap(({ suffix }) => shapes.map((shape) => withSuffix(shape, suffix)))
  const files = mutants.map(
    ({ suffix, source }) => [`mutant${suffix}.circom`, `pragma circom 2.1.6;\n${source}`] as const,
  )
  const forgeries = await forgeBatch(await compileBatch(instances, [], Object.fromEntries(files)), instances)
  mutants.forEach(({ line }, m) => {
    const found = forgeries.slice(m * shapes.length, (m + 1) * shapes.length).filter((forgery) => forgery)
    expect(found.length, line).toBeGreaterThan(0)
  })
})

/** No, one, two and three bits above the key; and a function without any product. */
const tables = [
  { n: 4, m: 0 },
  { n: 4, m: 0, entry: (key: number) => 2 * key + 1 },
  { n: 5, m: 1 },
  { n: 6, m: 1 },
  { n: 7, m: 3 },
]

/** The instance over templates whose names end in `suffix`. */
function withSuffix(instance: Instance, suffix: string): Instance {
  const renamed = (text: string) => text.replace(/\b([A-Z]\w*)\(/, `$1${suffix}(`)
  return { ...instance, name: renamed(instance.name), body: (g, x, y) => renamed(instance.body(g, x, y)) }
}
