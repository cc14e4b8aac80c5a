import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { checkWitness } from '#prover/r1cs/check.js'
import { batchSource, honestClaims, type Instance } from '../../support/circuit/batch.js'
import { compileNamed, type NamedCircuit } from '../../support/circuit/compile.js'
import { type Claim, findForgery } from '../../support/circuit/forge.js'
import {
  bitsInstance,
  plainInstance,
  positivePartInstance,
  reluInstance,
  signInstance,
} from '../../support/circuit/gadgets.js'
import { libraryMutants } from '../../support/circuit/library-mutants.js'
import { type Part, splitParts } from '../../support/circuit/part.js'
import { plantedFiles, plantedInstances } from '../../support/circuit/planted.js'

/** The first forgery over all claims, as wire values of the whole batch. */
function forgeFirst(part: Part, claims: readonly Claim[], instance: Instance, batch: readonly bigint[]) {
  for (const claim of claims) {
    const { forged } = findForgery(part, claim, instance.widths)
    if (!forged) continue
    const witness = [...batch]
    part.wires.forEach((wire, at) => {
      witness[wire] = forged[at]!
    })
    return { claim, witness, outputs: part.outputs.map((wire) => forged[wire]!) }
  }
  return null
}

async function prepare(circuit: NamedCircuit, instances: readonly Instance[]) {
  const parts = splitParts(
    circuit,
    instances.map(({ name }) => name),
  )
  const claims = await honestClaims(circuit, instances, parts)
  const batch = new Array<bigint>(circuit.r1cs.wireCount).fill(1n)
  parts.forEach((part, k) => {
    const { honest } = claims[k]!.find((claim) => claim.honest)!
    part.wires.forEach((wire, at) => {
      batch[wire] = honest![at]!
    })
  })
  expect(checkWitness(circuit.r1cs, batch)).toBeUndefined()
  return { parts, claims, batch }
}

test('every planted defect yields a witness that satisfies all constraints and breaks the claim', async () => {
  expect(plantedInstances.length).toBeGreaterThanOrEqual(12)
  const files = plantedFiles.map(
    (file) =>
      [
        file,
        readFileSync(new URL(`../../support/circuit/planted/${file}`, import.meta.url), 'utf8'),
      ] as const,
  )
  const circuit = await compileNamed(batchSource(plantedInstances, plantedFiles), Object.fromEntries(files))
  const { parts, claims, batch } = await prepare(circuit, plantedInstances)
  plantedInstances.forEach((instance, k) => {
    const forgery = forgeFirst(parts[k]!, claims[k]!, instance, batch)
    expect(forgery, instance.name).not.toBeNull()
    expect(checkWitness(circuit.r1cs, forgery!.witness), instance.name).toBeUndefined()
    expect(forgery!.outputs, instance.name).not.toEqual(forgery!.claim.expected)
  })
})

test('no constraint of the library can go: without it, some gadget is forged', async () => {
  const mutants = libraryMutants()
  const named = (instance: Instance, suffix: string): Instance => {
    const renamed = (text: string) => text.replace(/([A-Za-z])\(/, `$1${suffix}(`)
    return { ...instance, name: renamed(instance.name), body: (g, x, y) => renamed(instance.body(g, x, y)) }
  }
  const shapes = [
    bitsInstance(5),
    ...[5, 4, 3, 2].map((w) => reluInstance(8, 2, w)),
    plainInstance(7, 3, -5),
    positivePartInstance(6),
    signInstance(6),
  ]
  const instances = mutants.flatMap(({ suffix }) => shapes.map((shape) => named(shape, suffix)))
  const files = mutants.map(
    ({ suffix, source }) => [`mutant${suffix}.circom`, `pragma circom 2.1.6;\n${source}`] as const,
  )
  const circuit = await compileNamed(
    batchSource(
      instances,
      files.map(([name]) => name),
    ),
    Object.fromEntries(files),
  )
  const { parts, claims, batch } = await prepare(circuit, instances)
  mutants.forEach(({ line }, m) => {
    const forgeries = shapes.flatMap((_, s) => {
      const k = m * shapes.length + s
      return forgeFirst(parts[k]!, claims[k]!, instances[k]!, batch) ?? []
    })
    expect(forgeries.length, line).toBeGreaterThan(0)
    for (const { witness } of forgeries) expect(checkWitness(circuit.r1cs, witness), line).toBeUndefined()
  })
})
