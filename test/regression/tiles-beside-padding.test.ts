import { expect, test } from 'vitest'
import { accountFor } from '#circuits/analyse/account.js'
import { traceModel } from '#circuits/analyse/trace.js'
import { emitCircuit } from '#circuits/emit/emit.js'
import { withCapacities } from '#circuits/quantise/capacities.js'
import { compileCircuit } from '#prover/compile/compile.js'
import { readR1cs } from '#prover/r1cs/read.js'
import { qmodelOf, windowOf } from '../support/qmodel-builder.js'

// A row of outputs over padding alone, in a tile whose other row reads data: circom merges these with the bias.
test('outputs over padding cost nothing, whatever else lies in their tile', async () => {
  const model = withCapacities(
    qmodelOf(
      [{ shape: [1, 2, 1, 6], bits: 3, lo: 0 }],
      [
        {
          kind: 'reindex',
          inputs: [0],
          shape: [1, 2, 1, 6],
          indices: Int32Array.of(0, -1, 2, -1, 4, 5, -1, 7, 8, -1, 10, -1),
          fill: -1,
        },
        {
          kind: 'conv',
          input: 1,
          shape: [1, 1, 2, 4],
          weight: Int32Array.of(82, -54, 60, 60, 36, 98, 54, 67, -34, -119, 0, 76),
          weightShape: [1, 2, 2, 3],
          bias: Float64Array.of(-521),
          window: windowOf([2, 3], { pads: [2, 0, 0, 0] }),
          groups: 1,
        },
      ],
    ),
  )
  const trace = traceModel(model, 'committed')
  const { r1cs } = await compileCircuit(emitCircuit(model, 'public', { trace }).source)
  expect(readR1cs(r1cs).constraintCount).toBe(accountFor(model, trace, 'public').total)
})
