import { describe, expect, test } from 'vitest'
import { accountFor } from '#circuits/analyse/account.js'
import { traceModel } from '#circuits/analyse/trace.js'
import { emitCircuit } from '#circuits/emit/emit.js'
import type { QModel } from '#circuits/qmodel/qmodel.js'
import { compileCircuit } from '#prover/compile/compile.js'
import { readR1cs } from '#prover/r1cs/read.js'
import { qmodelOf } from '../support/qmodel-builder.js'

async function expectPredicted(model: QModel): Promise<void> {
  const trace = traceModel(model)
  const { r1cs } = await compileCircuit(emitCircuit(model, 'public', { trace }).source)
  expect(readR1cs(r1cs).constraintCount).toBe(accountFor(model, trace, 'public').total)
}

/** circom keeps a product whose factor names signals, even if they cancel or have weight 0. */
describe('argMax over', () => {
  const classes = (weight: readonly number[], bias: readonly number[]) =>
    qmodelOf(
      [{ shape: [1, 2], bits: 4, lo: 0 }],
      [
        {
          kind: 'dense',
          input: 0,
          shape: [1, 4],
          weight: Int32Array.from(weight),
          weightShape: [4, 2],
          bias: Float64Array.from(bias),
        },
        { kind: 'argMax', input: 1, shape: [1], selectLast: false },
      ],
    )

  test.each([
    ['equal classes', [1, 2, 1, 2, 1, 2, 1, 2], [0, 0, 0, 0]],
    ['classes that differ by 1', [1, 2, 1, 2, 3, 0, 3, 0], [0, 1, 0, 1]],
    ['dead classes', [0, 0, 0, 0, 0, 0, 0, 0], [1, 1, 0, 2]],
    ['dead classes beside live ones', [0, 0, 5, -3, 0, 0, 0, 0], [0, 0, 1, 2]],
  ])('%s costs what is predicted', async (_, weight, bias) => {
    await expectPredicted(classes(weight, bias))
  })
})

/** Outputs that are wires, but always 0, were counted as if circom knew it. */
test('an output word of one wire and others that are never above 0 costs what is predicted', async () => {
  const model = qmodelOf(
    [{ shape: [1, 2], bits: 4, lo: 0 }],
    [
      {
        kind: 'dense',
        input: 0,
        shape: [1, 3],
        weight: Int32Array.of(1, -1, -1, -1, -2, 0),
        weightShape: [3, 2],
        bias: new Float64Array(3),
      },
      { kind: 'rescale', input: 1, shape: [1, 3], shifts: [0], channelAxis: 0, low: 0, saturate: null },
    ],
  )
  await expectPredicted(model)
})
