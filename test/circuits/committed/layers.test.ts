import { expect, test } from 'vitest'
import { accountFor } from '#circuits/analyse/account.js'
import { traceModel } from '#circuits/analyse/trace.js'
import { planWeights } from '#circuits/analyse/weight-plan.js'
import { emitCircuit } from '#circuits/emit/emit.js'
import { interpretIntegers } from '#circuits/qmodel/interpret.js'
import { compileCircuit } from '#prover/compile/compile.js'
import { decodeOutputs, publicSignalLayout } from '#prover/inference/public-signals.js'
import { readR1cs } from '#prover/r1cs/read.js'
import { CommittedCalculator, triedInputs } from '../../support/committed.js'
import { manyLayers } from '../../support/committed-models.js'
import { PlanJudge } from '../../support/planned-witness.js'
import { randomSource } from '../../support/random-graph.js'

/** Models a run. */
const models = Number(process.env.ZKSERVE_NETWORKS ?? 4)

const algorithms = new Set<string>()

for (let seed = 1; seed <= models; seed++) {
  test(`hidden weights, model ${seed}: every layer as the integers say, constraints as predicted`, async () => {
    const model = manyLayers(seed, 10)
    const trace = traceModel(model, 'committed')
    const { source } = emitCircuit(model, 'public', { trace })
    const compiled = await compileCircuit(source)
    for (const { algorithm } of planWeights(model)) algorithms.add(algorithm.kind)
    const r1cs = readR1cs(compiled.r1cs)
    expect(r1cs.constraintCount).toBe(accountFor(model, trace, 'public').total)

    const calculator = await CommittedCalculator.load(
      compiled.wasm,
      PlanJudge.of(model, 'public', 'committed', r1cs),
    )
    const layout = publicSignalLayout(model, 'public')
    for (const inputs of triedInputs(model, randomSource(seed), 8)) {
      const signals = await calculator.publicSignals(model, inputs, layout.length - 1)
      const values = interpretIntegers(model, inputs)
      const expected = Object.fromEntries(
        model.outputs.map(({ name, tensor }) => [name, Array.from(values[tensor]!)]),
      )
      expect(decodeOutputs(model, layout, signals)).toEqual(expected)
    }
  })
}

test('take every algorithm', () => {
  expect([...algorithms].toSorted()).toEqual(['constants', 'pairs', 'tiles'])
})
