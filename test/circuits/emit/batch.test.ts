import { describe, expect, test } from 'vitest'
import { accountFor, type InputMode } from '#circuits/analyse/account.js'
import { traceModel } from '#circuits/analyse/trace.js'
import { emitCircuit } from '#circuits/emit/emit.js'
import { inputSignalNames } from '#circuits/emit/inputs.js'
import { sizeOf } from '#circuits/graph/graph.js'
import { batchShape, withBatch } from '#circuits/qmodel/batch.js'
import { interpretIntegers } from '#circuits/qmodel/interpret.js'
import type { QModel } from '#circuits/qmodel/qmodel.js'
import { parseQModel, serialiseQModel } from '#circuits/qmodel/serialise.js'
import { verifyQModel } from '#circuits/qmodel/verify.js'
import { compileCircuit } from '#prover/compile/compile.js'
import { fromLittleEndian } from '#prover/curve/bytes.js'
import { commitInputs } from '#prover/inference/commitment.js'
import { inputLanes } from '#prover/inference/pack-inputs.js'
import { decodeOutputs, publicSignalLayout } from '#prover/inference/public-signals.js'
import { readR1cs } from '#prover/r1cs/read.js'
import { readWitness } from '#prover/r1cs/witness.js'
import { WitnessCalculator } from '#prover/witness/calculate.js'
import { everyLayer } from '../../support/every-layer.js'
import { PlanJudge } from '../../support/planned-witness.js'
import { qmodelOf, randomIntegers } from '../../support/qmodel-builder.js'
import { randomSource } from '../../support/random-graph.js'

/** Outputs that are one wire (a rescale), a sum, a constant, and an input itself. */
const kindsOfOutputs = qmodelOf(
  [
    { shape: [1, 2], bits: 4, lo: -8 },
    { shape: [3], bits: 3, lo: 0 },
  ],
  [
    {
      kind: 'dense',
      input: 0,
      shape: [1, 2],
      weight: Int32Array.of(3, -5, 0, 0),
      weightShape: [2, 2],
      bias: Float64Array.of(4, 7),
    },
    { kind: 'rescale', input: 2, shape: [1, 2], shifts: [2], channelAxis: 0, low: 0, saturate: 3 },
  ],
  [3, 2, 1],
)

function randomInputs(model: QModel, seed: number): Float64Array[] {
  const random = randomSource(seed)
  return model.inputs.map(({ shape, lows, bits }) =>
    randomIntegers(random, shape, lows[0]!, lows[0]! + 2 ** bits - 1),
  )
}

function publicSignals(wtns: Uint8Array, count: number): bigint[] {
  const values = readWitness(wtns)
  return Array.from({ length: count }, (_, i) =>
    fromLittleEndian(values.subarray((i + 1) * 32, (i + 2) * 32)),
  )
}

test('a leading axis of one becomes the batch, others get one more', () => {
  expect([batchShape([1, 28], 4), batchShape([3], 4), batchShape([], 2), batchShape([1, 5], 1)]).toEqual([
    [4, 28],
    [4, 3],
    [2],
    [1, 5],
  ])
})

test('the interpreter answers every row as it would alone', () => {
  const model = withBatch(kindsOfOutputs, 3)
  verifyQModel(model)
  const inputs = randomInputs(model, 1)
  const together = interpretIntegers(model, inputs)
  for (let row = 0; row < 3; row++) {
    const rowOf = (values: Float64Array) =>
      values.subarray((row * values.length) / 3, ((row + 1) * values.length) / 3)
    const alone = interpretIntegers(kindsOfOutputs, inputs.map(rowOf))
    expect(together.map((values) => Array.from(rowOf(values)))).toEqual(
      alone.map((values) => Array.from(values)),
    )
  }
})

test('a batch is part of the canonical bytes, and no batch is refused', () => {
  const model = withBatch(everyLayer, 2)
  expect(parseQModel(serialiseQModel(model))).toEqual(model)
  expect(() => verifyQModel({ ...model, batch: 0 })).toThrow(
    expect.objectContaining({ code: 'INVALID_QMODEL' }),
  )
  expect(() => verifyQModel({ ...model, batch: 3 })).toThrow(
    expect.objectContaining({ code: 'INVALID_QMODEL' }),
  )
})

const cases: [string, QModel, InputMode, number][] = [
  ['every layer, public', everyLayer, 'public', 3],
  ['every layer, hashed', everyLayer, 'hashed', 2],
  ['every kind of output', kindsOfOutputs, 'public', 5],
]

describe.each(cases)('%s', (_, single, mode, batch) => {
  test('the circuit equals the interpreter, constraints as predicted', async () => {
    const model = withBatch(single, batch)
    const trace = traceModel(model)
    const compiled = await compileCircuit(emitCircuit(model, mode, { trace }).source)
    const r1cs = readR1cs(compiled.r1cs)
    expect(r1cs.constraintCount).toBe(accountFor(model, trace, mode).total)
    const planned = PlanJudge.of(model, mode, 'fixed', r1cs)
    const calculator = await WitnessCalculator.load(compiled.wasm)
    const layout = publicSignalLayout(model, mode)
    for (let seed = 0; seed < 10; seed++) {
      const inputs = randomInputs(model, seed)
      const lanes = inputLanes(model, inputs)
      const names = inputSignalNames(model)
      const signals = Object.fromEntries(names.map((name, k) => [name, lanes[k]!.map(BigInt)]))
      const salt = mode === 'hashed' ? { salt: 5n } : {}
      const wtns = await calculator.calculate({ ...signals, ...salt, context: 7n })
      planned.compare({ ...signals, ...salt, context: 7n }, wtns)
      const values = interpretIntegers(model, inputs)
      const expected = Object.fromEntries(
        model.outputs.map(({ name, tensor }) => [name, Array.from(values[tensor]!)]),
      )
      const made = publicSignals(wtns, layout.length)
      expect(decodeOutputs(model, layout, made)).toEqual(expected)
      if (mode === 'hashed') expect(made[0]).toBe(await commitInputs(model, inputs, 5n))
      expect(expected[model.outputs[0]!.name]).toHaveLength(sizeOf(model.outputs[0]!.shape))
    }
  })
})
