import { expect, test } from 'vitest'
import { accountFor } from '#circuits/analyse/account.js'
import { traceModel } from '#circuits/analyse/trace.js'
import { planWeights } from '#circuits/analyse/weight-plan.js'
import { emitCircuit } from '#circuits/emit/emit.js'
import { interpretIntegers } from '#circuits/qmodel/interpret.js'
import { withCapacities } from '#circuits/quantise/capacities.js'
import { compileCircuit } from '#prover/compile/compile.js'
import { decodeOutputs, publicSignalLayout } from '#prover/inference/public-signals.js'
import { readR1cs } from '#prover/r1cs/read.js'
import { CommittedCalculator, triedInputs } from '../support/committed.js'
import { qmodelOf, windowOf } from '../support/qmodel-builder.js'
import { randomSource } from '../support/random-graph.js'

const plane = [1, 1, 6, 6]
const kernel = Int32Array.from({ length: 9 }, (_, i) => i - 4)
const rescale = { kind: 'rescale', shifts: [3], channelAxis: 1, low: 0, saturate: null } as const
const conv = { kind: 'conv', weight: kernel, weightShape: [1, 1, 3, 3], groups: 1 } as const
const model = withCapacities(
  qmodelOf(
    [{ shape: plane, bits: 4, lo: -8 }],
    [
      { ...rescale, input: 0, shape: plane },
      {
        ...conv,
        input: 1,
        shape: plane,
        bias: Float64Array.of(3),
        window: windowOf([3, 3], { pads: [1, 1, 1, 1] }),
      },
      { ...rescale, input: 2, shape: plane },
      {
        ...conv,
        input: 3,
        shape: [1, 1, 2, 2],
        bias: Float64Array.of(-2),
        window: windowOf([3, 3], { strides: [2, 2] }),
      },
      { ...rescale, input: 4, shape: [1, 1, 2, 2] },
      { kind: 'reindex', inputs: [5], shape: [1, 4], indices: Int32Array.of(3, 2, 1, 0), fill: 0 },
      {
        kind: 'dense',
        input: 6,
        shape: [1, 3],
        weight: Int32Array.from({ length: 12 }, (_, i) => i - 5),
        weightShape: [3, 4],
        bias: Float64Array.of(1, 2, 3),
      },
    ],
  ),
)

/**
 * A layer named `taps` or `across` was hidden by the array of that name in the layer that read it, which then summed
 * zeros; `weights`, `t`, … gave text that does not compile.
 */
test.each([
  [['across', 'g', 'taps', 'to', 'fixed', 'taps', 'rest']],
  [['t', 'u', 'e', 'f', 'previous', 'shared', 'at']],
  [['weights', 'in', 'blinding', 'blindingSquare', 'out', 'products', 'point']],
])('layers with hidden weights named %j give the circuit of the integers', async (names) => {
  const named = { ...model, layers: model.layers.map((layer, i) => ({ ...layer, name: names[i]! })) }
  const trace = traceModel(named, 'committed')
  expect(new Set(planWeights(named).map(({ algorithm }) => algorithm.kind))).toEqual(
    new Set(['tiles', 'pairs']),
  )
  const { r1cs, wasm } = await compileCircuit(emitCircuit(named, 'public', { trace }).source)
  expect(readR1cs(r1cs).constraintCount).toBe(accountFor(named, trace, 'public').total)
  const calculator = await CommittedCalculator.load(wasm)
  const layout = publicSignalLayout(named, 'public')
  for (const inputs of triedInputs(named, randomSource(3), 4)) {
    const signals = await calculator.publicSignals(named, inputs, layout.length - 1)
    const values = interpretIntegers(named, inputs)
    expect(Object.values(decodeOutputs(named, layout, signals))).toEqual(
      named.outputs.map(({ tensor }) => Array.from(values[tensor]!)),
    )
  }
})
