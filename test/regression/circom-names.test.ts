import { expect, test } from 'vitest'
import { accountFor } from '#circuits/analyse/account.js'
import { traceModel } from '#circuits/analyse/trace.js'
import { emitCircuit } from '#circuits/emit/emit.js'
import { compileCircuit } from '#prover/compile/compile.js'
import { readR1cs } from '#prover/r1cs/read.js'
import { everyLayer } from '../support/every-layer.js'

/** Node names such as `c`, `y` or `template` were taken for loop variables and keywords of the emitted text. */
test.each([
  [['c', 'y', 'best', 'sum', 'k', 'sign0', 'absorb0', 'x']],
  [['conv', 'conv_weight', 'outputs', 'in_x0', 'template', 'packedInputs', 'signal', 'Bits']],
  [['a', 'a', 'a_2', 'a2', 'a__2', '', 'sign', 'sign']],
])('layers named %j give a circuit that compiles', async (names) => {
  const layers = everyLayer.layers.map((layer, i) => ({ ...layer, name: names[i]! }))
  const model = { ...everyLayer, layers }
  const { r1cs } = await compileCircuit(emitCircuit(model, 'hashed').source)
  expect(readR1cs(r1cs).constraintCount).toBe(accountFor(model, traceModel(model), 'hashed').total)
})
