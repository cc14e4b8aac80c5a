import { describe, expect, test } from 'vitest'
import { accountFor } from '#circuits/analyse/account.js'
import { traceModel } from '#circuits/analyse/trace.js'
import { emitCircuit } from '#circuits/emit/emit.js'
import { inputSignalNames } from '#circuits/emit/inputs.js'
import { type Graph, sizeOf } from '#circuits/graph/graph.js'
import { inputRange } from '#circuits/qmodel/inputs.js'
import { interpretIntegers } from '#circuits/qmodel/interpret.js'
import type { QLayerKind, QModel } from '#circuits/qmodel/qmodel.js'
import { quantiseGraph } from '#circuits/quantise/quantise.js'
import { compileCircuit } from '#prover/compile/compile.js'
import { inputLanes } from '#prover/inference/pack-inputs.js'
import { decodeOutputs, publicSignalLayout } from '#prover/inference/public-signals.js'
import { readR1cs } from '#prover/r1cs/read.js'
import { readWitness } from '#prover/r1cs/witness.js'
import { WitnessCalculator } from '#prover/witness/calculate.js'
import { PlanJudge } from '../../support/planned-witness.js'
import { randomGraph, randomRows, randomSource } from '../../support/random-graph.js'
import { layerKinds } from '../../support/random-layer.js'
import { networkKinds, randomNetwork } from '../../support/random-network.js'
import { isRelease } from '../../support/release.js'

/** Networks of images and rows of features, and networks over every kind of node; inputs tried on each. */
const plain = Number(process.env.ZKSERVE_NETWORKS ?? (isRelease ? 24 : 6))
const mixed = Number(process.env.ZKSERVE_NETWORKS ?? networkKinds.length * (isRelease ? 3 : 1))
const inputsPerNetwork = isRelease ? 200 : 70

/** Every tensor that fits a lane becomes an output, so that each layer is compared, not the last alone. */
function withAllOutputs(model: QModel): QModel {
  const outputs = model.layers
    .map(({ output }) => output)
    .filter((id) => model.tensors[id]!.lo >= -(2 ** 31) && model.tensors[id]!.hi < 2 ** 31)
    .map((tensor) => ({
      name: `t${tensor}`,
      tensor,
      shape: model.tensors[tensor]!.shape,
      scale: 1,
      activation: null,
      meaning: { kind: 'values' } as const,
    }))
  return { ...model, outputs }
}

/** A third at the bounds, constant (ties everywhere), or a single spike; the rest uniform. */
function integerInputs(model: QModel, seed: number, index: number): Float64Array[] {
  const random = randomSource(seed * 1000 + index)
  return model.inputs.map((input) => {
    const size = sizeOf(input.shape)
    const ranges = Array.from({ length: size }, (_, i) => inputRange(input, i))
    const uniform = ([lo, hi]: readonly [number, number]) => lo + Math.floor(random() * (hi - lo + 1))
    const common = uniform(ranges[0]!)
    const fill = (of: (range: readonly [number, number], i: number) => number) =>
      Float64Array.from(ranges, (range, i) => Math.min(range[1], Math.max(range[0], of(range, i))))
    if (index % 9 === 0) return fill(([lo, hi]) => [lo, hi, common, 0][(index / 9) % 4]!)
    if (index % 9 === 3) return fill(([lo, hi]) => (random() < 0.5 ? lo : hi))
    if (index % 9 === 6) return fill(([lo, hi], i) => (i === index % size ? hi : lo))
    return fill(uniform)
  })
}

function publicSignals(wtns: Uint8Array, count: number): bigint[] {
  const values = readWitness(wtns)
  const element = (i: number) =>
    values.slice(i * 32, (i + 1) * 32).reduceRight((sum, byte) => (sum << 8n) + BigInt(byte), 0n)
  return Array.from({ length: count }, (_, i) => element(i + 1))
}

const cases = new Map<QLayerKind, number>()

/**
 * Quantises and compiles a graph; holds every layer of the circuit to the integers, its constraints to the count, and
 * the planned witness to circom's.
 */
async function compareCircuit(graph: Graph, seed: number, bits: number): Promise<void> {
  const rows = randomRows(graph, seed, 12, seed % 3 === 0 ? -1 : 0)
  const model = withAllOutputs(quantiseGraph(graph, rows, { bits, output: 'logits' }))
  const trace = traceModel(model)
  const { source } = emitCircuit(model, 'public', { trace })
  const compiled = await compileCircuit(source)
  const r1cs = readR1cs(compiled.r1cs)
  expect(r1cs.constraintCount).toBe(accountFor(model, trace, 'public').total)

  const calculator = await WitnessCalculator.load(compiled.wasm)
  const planned = PlanJudge.of(model, 'public', 'fixed', r1cs)
  const layout = publicSignalLayout(model, 'public')
  const names = inputSignalNames(model)
  for (let index = 0; index < inputsPerNetwork; index++) {
    const inputs = integerInputs(model, seed, index)
    const lanes = inputLanes(model, inputs)
    const signals = Object.fromEntries(names.map((name, k) => [name, lanes[k]!.map(BigInt)]))
    const wtns = await calculator.calculate({ ...signals, context: 7n })
    planned.compare({ ...signals, context: 7n }, wtns)
    const values = interpretIntegers(model, inputs)
    const expected = Object.fromEntries(
      model.outputs.map(({ name, tensor }) => [name, Array.from(values[tensor]!)]),
    )
    expect(decodeOutputs(model, layout, publicSignals(wtns, layout.length))).toEqual(expected)
    for (const { kind } of model.layers) cases.set(kind, (cases.get(kind) ?? 0) + 1)
  }
}

const seeds = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1)
const widthOf = (seed: number): number => [8, 8, 4, 6][seed % 4]!

describe('circuit equals interpreter on every layer, constraints as predicted:', () => {
  test.each(seeds(plain))('images and rows, network %i', (seed) =>
    compareCircuit(randomGraph(seed), seed, widthOf(seed)),
  )

  test.each(seeds(mixed))('nodes of every kind, network %i', (seed) =>
    compareCircuit(randomNetwork(seed), seed, widthOf(seed)),
  )

  test.skipIf(mixed < networkKinds.length)('layer cases of every kind', () => {
    const total = [...cases.values()].reduce((sum, count) => sum + count, 0)
    expect(total).toBeGreaterThanOrEqual(isRelease ? 100_000 : 10_000)
    expect([...cases.keys()].toSorted()).toEqual(layerKinds.toSorted())
    if (isRelease)
      process.stderr.write(`${total} layer cases: ${JSON.stringify(Object.fromEntries(cases))}\n`)
  })
})

test('a model that declares bounds narrower than its values is refused', () => {
  const graph = randomGraph(3)
  const model = quantiseGraph(graph, randomRows(graph, 3, 12, 0), { bits: 8, output: 'logits' })
  const { tensor } = model.outputs[0]!
  const tensors = model.tensors.with(tensor, { ...model.tensors[tensor]!, lo: 0, hi: 0 })
  expect(() => emitCircuit({ ...model, tensors }, 'public')).toThrow(
    expect.objectContaining({ code: 'INVALID_QMODEL' }),
  )
})
