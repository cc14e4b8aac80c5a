import { beforeAll, expect, test } from 'vitest'
import { type Batch, compileBatch } from '../../support/circuit/batch.js'
import { type CostedInstance, gadgetInstances } from '../../support/circuit/gadgets.js'
import { tinyModels } from '../../support/circuit/models.js'
import { type NetworkSpec, networkBatch } from '../../support/circuit/network-batch.js'
import { permutationInstances } from '../../support/circuit/permutations.js'
import { plantedInstances, plantedTexts } from '../../support/circuit/planted.js'
import { unconstrainedWires, widestDecomposition } from '../../support/circuit/static-rules.js'

const library = ['bits.circom', 'rescale.circom', 'maximum.circom', 'table.circom', 'commitment.circom']
let gadgets: readonly CostedInstance[]
let gadgetBatch: Batch
let networks: Awaited<ReturnType<typeof networkBatch>>

beforeAll(async () => {
  gadgets = [...gadgetInstances, ...(await permutationInstances())]
  gadgetBatch = await compileBatch(gadgets, library)
  const specs = tinyModels.flatMap((model): NetworkSpec[] => [
    { model, mode: 'public' },
    { model, mode: 'hashed' },
  ])
  networks = await networkBatch(specs)
})

test('costs are those of the snapshot', async () => {
  const instances = [...gadgetBatch.parts, ...networks.batch.parts]
  const costs = Object.fromEntries(instances.map(({ name, constraintCount }) => [name, constraintCount]))
  await expect(`${JSON.stringify(costs, null, 2)}\n`).toMatchFileSnapshot('../../snapshots/constraints.json')
})

test('costs are those that the accounting predicts', () => {
  const measured = [...gadgetBatch.parts, ...networks.batch.parts].map(({ name, constraintCount }) => [
    name,
    constraintCount,
  ])
  expect(measured).toEqual([...gadgets, ...networks.instances].map(({ name, cost }) => [name, cost]))
})

test('no decomposition exceeds 252 bits, and every wire is constrained', () => {
  for (const part of [...gadgetBatch.parts, ...networks.batch.parts]) {
    expect(widestDecomposition(part.system), part.name).toBeLessThanOrEqual(252)
    const inputs = new Set(part.inputs.map((wire) => wire && part.wireNames[wire]))
    expect(
      unconstrainedWires(part).filter((name) => !inputs.has(name)),
      part.name,
    ).toEqual([])
  }
})

test('every public input of an emitted circuit occurs in a constraint', () => {
  for (const part of networks.batch.parts) {
    expect(unconstrainedWires(part), part.name).toEqual([])
  }
})

test('the rules see a decomposition of 254 bits, and wires without a constraint', async () => {
  const chosen = plantedInstances.filter(({ name }) => /ParityAliased|DenseAdvice/.test(name))
  const { parts } = await compileBatch(chosen, [], plantedTexts())
  expect(widestDecomposition(parts[0]!.system)).toBe(254)
  expect(unconstrainedWires(parts[1]!)).toContain('main.y1[0]')
})
