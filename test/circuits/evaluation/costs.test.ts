import { expect, test } from 'vitest'
import { traceModel } from '#circuits/analyse/trace.js'
import { datasetRows } from '#circuits/data/dataset.js'
import { emitEvaluation } from '#circuits/emit/evaluation.js'
import { evaluationOf } from '#circuits/qmodel/evaluation.js'
import { withCapacities } from '#circuits/quantise/capacities.js'
import { quantiseGraph } from '#circuits/quantise/quantise.js'
import { compileCircuit } from '#prover/compile/compile.js'
import { readR1cs } from '#prover/r1cs/read.js'
import { defaultSettings } from '#prover/settings.js'
import { readProjectModel } from '#service/demo/project-models.js'

test.each([
  ['breast-cancer', 4],
  ['breast-cancer', 5],
  ['digits-cnn', 3],
] as const)('%s on %i rows has as many constraints as predicted', async (name, rows) => {
  const { graph, calibration } = await readProjectModel(name)
  const options = { ...defaultSettings, output: 'argmax', weights: 'committed' } as const
  const served = withCapacities(quantiseGraph(graph, datasetRows(calibration), options))
  const evaluation = evaluationOf(served, rows)
  const { source, constraints } = emitEvaluation(evaluation, traceModel(evaluation.model, 'committed'))
  const { r1cs } = await compileCircuit(source)
  expect(readR1cs(r1cs).constraintCount).toBe(constraints)
})
