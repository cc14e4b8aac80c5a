import { expect, test } from 'vitest'
import { accountFor } from '#circuits/analyse/account.js'
import { traceModel } from '#circuits/analyse/trace.js'
import { emitCircuit } from '#circuits/emit/emit.js'
import { sizeOf } from '#circuits/graph/graph.js'
import { withBatch } from '#circuits/qmodel/batch.js'
import { interpretIntegers } from '#circuits/qmodel/interpret.js'
import { compileCircuit } from '#prover/compile/compile.js'
import { decodeOutputs, publicSignalLayout } from '#prover/inference/public-signals.js'
import { readR1cs } from '#prover/r1cs/read.js'
import { CommittedCalculator, triedInputs } from '../../support/committed.js'
import { manyLayers } from '../../support/committed-models.js'
import { randomSource } from '../../support/random-graph.js'

test.each([70, 72])('model %i: the inferences of a batch share their hidden weights', async (seed) => {
  const model = withBatch(manyLayers(seed, 6), 2)
  const trace = traceModel(model, 'committed')
  const compiled = await compileCircuit(emitCircuit(model, 'public', { trace }).source)
  expect(readR1cs(compiled.r1cs).constraintCount).toBe(accountFor(model, trace, 'public').total)

  const calculator = await CommittedCalculator.load(compiled.wasm)
  const layout = publicSignalLayout(model, 'public')
  for (const inputs of triedInputs(model, randomSource(seed), 8)) {
    expect(inputs.map(({ length }) => length)).toEqual(model.inputs.map(({ shape }) => sizeOf(shape)))
    const signals = await calculator.publicSignals(model, inputs, layout.length - 1)
    const values = interpretIntegers(model, inputs)
    const expected = model.outputs.map(({ name, tensor }) => [name, Array.from(values[tensor]!)])
    expect(decodeOutputs(model, layout, signals)).toEqual(Object.fromEntries(expected))
  }
})
