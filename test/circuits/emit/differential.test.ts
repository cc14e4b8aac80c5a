import { describe, expect, test } from 'vitest'
import { accountFor } from '#circuits/analyse/account.js'
import { traceModel } from '#circuits/analyse/trace.js'
import { emitCircuit } from '#circuits/emit/emit.js'
import { inputSignalNames } from '#circuits/emit/inputs.js'
import { sizeOf } from '#circuits/graph/graph.js'
import { inputRange } from '#circuits/qmodel/inputs.js'
import { interpretIntegers } from '#circuits/qmodel/interpret.js'
import type { QModel } from '#circuits/qmodel/qmodel.js'
import { quantiseGraph } from '#circuits/quantise/quantise.js'
import { compileCircuit } from '#prover/compile/compile.js'
import { inputLanes } from '#prover/inference/commitment.js'
import { decodeOutputs, publicSignalLayout } from '#prover/inference/public-signals.js'
import { readR1cs } from '#prover/r1cs/read.js'
import { readWitness } from '#prover/r1cs/witness.js'
import { WitnessCalculator } from '#prover/witness/calculate.js'
import { randomGraph, randomRows, randomSource } from '../../support/random-graph.js'

/** Networks and inputs a run; together with their layers more than 10^4 layer cases. */
const networks = Number(process.env.ZKSERVE_NETWORKS ?? 24)
const inputsPerNetwork = 90

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
      meaning: { kind: 'values' as const },
    }))
  return { ...model, outputs }
}

/** A third at the bounds, constant (ties everywhere), or a single spike; the rest uniform. */
function integerInputs(model: QModel, seed: number, index: number): Float64Array[] {
  const random = randomSource(seed * 1000 + index)
  return model.inputs.map((input) => {
    const [lo, hi] = inputRange(input, 0)
    const size = sizeOf(input.shape)
    const uniform = () => lo + Math.floor(random() * (hi - lo + 1))
    const constant = [lo, hi, uniform(), Math.min(hi, Math.max(lo, 0))][index % 4]!
    if (index % 9 === 0) return new Float64Array(size).fill(constant)
    if (index % 9 === 3) return Float64Array.from({ length: size }, () => (random() < 0.5 ? lo : hi))
    if (index % 9 === 6) {
      return new Float64Array(size).fill(lo).map((value, i) => (i === index % size ? hi : value))
    }
    return Float64Array.from({ length: size }, uniform)
  })
}

function publicSignals(wtns: Uint8Array, count: number): bigint[] {
  const values = readWitness(wtns)
  const element = (i: number) =>
    values.slice(i * 32, (i + 1) * 32).reduceRight((sum, byte) => (sum << 8n) + BigInt(byte), 0n)
  return Array.from({ length: count }, (_, i) => element(i + 1))
}

describe('random networks', () => {
  let cases = 0
  for (let seed = 1; seed <= networks; seed++) {
    test(`network ${seed}: circuit equals interpreter on every layer, constraints as predicted`, async () => {
      const graph = randomGraph(seed)
      const rows = randomRows(graph, seed, 12, seed % 3 === 0 ? -1 : 0)
      const bits = [8, 8, 4, 6][seed % 4]!
      const model = withAllOutputs(quantiseGraph(graph, rows, { bits, output: 'logits' }))
      const trace = traceModel(model)
      const { source } = emitCircuit(model, 'public', { trace })
      const compiled = await compileCircuit(source)
      expect(readR1cs(compiled.r1cs).constraintCount).toBe(accountFor(model, trace, 'public').total)

      const calculator = await WitnessCalculator.load(compiled.wasm)
      const layout = publicSignalLayout(model, 'public')
      const names = inputSignalNames(model)
      for (let index = 0; index < inputsPerNetwork; index++) {
        const inputs = integerInputs(model, seed, index)
        const lanes = inputLanes(model, inputs)
        const signals = Object.fromEntries(names.map((name, k) => [name, lanes[k]!.map(BigInt)]))
        const wtns = await calculator.calculate({ ...signals, context: 7n })
        const values = interpretIntegers(model, inputs)
        const expected = Object.fromEntries(
          model.outputs.map(({ name, tensor }) => [name, Array.from(values[tensor]!)]),
        )
        expect(decodeOutputs(model, layout, publicSignals(wtns, layout.length))).toEqual(expected)
        cases += model.layers.length
      }
    })
  }

  test.skipIf(networks < 24)('amount to 10^4 layer cases', () => {
    expect(cases).toBeGreaterThanOrEqual(10_000)
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
