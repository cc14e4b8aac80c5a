import { expect, test } from 'vitest'
import { traceModel } from '#circuits/analyse/trace.js'
import { emitCircuit } from '#circuits/emit/emit.js'
import { inputSignalNames } from '#circuits/emit/inputs.js'
import { type Graph, sizeOf } from '#circuits/graph/graph.js'
import { withNodes } from '#circuits/graph/passes/rebuild.js'
import { inputRange } from '#circuits/qmodel/inputs.js'
import type { QModel } from '#circuits/qmodel/qmodel.js'
import { compileCircuit } from '#prover/compile/compile.js'
import { fromLittleEndian } from '#prover/curve/bytes.js'
import { inferIntegers } from '#prover/inference/infer.js'
import { inputLanes } from '#prover/inference/pack-inputs.js'
import { decodeOutputs, publicSignalLayout } from '#prover/inference/public-signals.js'
import { readR1cs } from '#prover/r1cs/read.js'
import { readWitness } from '#prover/r1cs/witness.js'
import { WitnessCalculator } from '#prover/witness/calculate.js'
import { graphOf } from '../../support/graph-builder.js'
import { addNode, argMaxNode, convNode, denseNode, reluNode, weightsOf } from '../../support/layer-nodes.js'
import { randomIntegers, windowOf } from '../../support/qmodel-builder.js'
import { quantised } from '../../support/quantised.js'
import { randomSource } from '../../support/random-graph.js'

const dilated = windowOf([2, 2], { dilations: [2, 3], strides: [2, 1], pads: [1, 0, 0, 2] })
const reshape = (input: string, output: string, shape: readonly number[]) =>
  ({ kind: 'reshape', input, output, shape }) as const

/** Two inputs of different shapes and ranges, added after a product each. */
function twoInputs(): Graph {
  const inputs = [
    { name: 'left', shape: [1, 3] },
    { name: 'right', shape: [2, 2] },
  ]
  const nodes = [
    denseNode('left', 'n1', [4, 3]),
    reshape('right', 'n2', [1, 4]),
    addNode('n1', 'n2', 'n3'),
    reluNode('n3', 'out'),
  ].map((node) => ({ ...node, name: node.output, operator: node.kind }))
  const empty: Graph = { name: 'two', opset: 17, inputs, outputs: [], nodes: [], shapes: new Map() }
  return { ...withNodes(empty, nodes), outputs: [{ name: 'out', shape: [1, 4] }] }
}

const graphs: Readonly<Record<string, Graph>> = {
  'an input that is the output': graphOf([1, 3], [], ['x']),
  'a scalar': graphOf([], [reluNode('x', 'out')], ['out']),
  'one axis': graphOf(
    [4],
    [denseNode('x', 'n1', [5, 4]), reluNode('n1', 'n2'), denseNode('n2', 'out', [2, 5])],
    ['out'],
  ),
  'one axis, its class without an axis': graphOf(
    [4],
    [denseNode('x', 'n1', [5, 4]), { ...argMaxNode('n1', 'out'), axis: 0, keepAxis: false }],
    ['out'],
  ),
  'rows in front of a dense layer': graphOf(
    [3, 4],
    [denseNode('x', 'n1', [5, 4]), reluNode('n1', 'n2'), denseNode('n2', 'out', [2, 5])],
    ['out'],
  ),
  'three axes, flattened and added': graphOf(
    [2, 3, 4],
    [
      denseNode('x', 'n1', [2, 4]),
      reluNode('n1', 'n2'),
      reshape('n2', 'n3', [1, 12]),
      denseNode('n3', 'n4', [12, 12]),
      addNode('n3', 'n4', 'n5'),
      reluNode('n5', 'out'),
    ],
    ['out'],
  ),
  'five axes, turned': graphOf(
    [1, 2, 1, 3, 2],
    [{ kind: 'transpose', input: 'x', output: 'n1', permutation: [4, 2, 0, 3, 1] }, reluNode('n1', 'out')],
    ['out'],
  ),
  'a convolution, flattened, added to a product of itself': graphOf(
    [1, 1, 3, 3],
    [
      convNode('x', 'n1', 2, 1),
      reshape('n1', 'n2', [1, 18]),
      denseNode('n2', 'n3', [18, 18]),
      addNode('n2', 'n3', 'n4'),
      reluNode('n4', 'n5'),
      denseNode('n5', 'out', [2, 18]),
    ],
    ['out'],
  ),
  'a dilated, strided, grouped and padded convolution': graphOf(
    [1, 2, 7, 7],
    [
      { ...convNode('x', 'n1', 4, 1), weight: weightsOf([4, 1, 2, 2]), window: dilated, groups: 2 },
      reluNode('n1', 'n2'),
      reshape('n2', 'n3', [1, 72]),
      denseNode('n3', 'out', [2, 72]),
    ],
    ['out'],
  ),
  'dilated maxima over padding of both kinds': graphOf(
    [1, 1, 4, 4],
    [
      { kind: 'pad', input: 'x', output: 'n1', before: [0, 0, 2, 1], after: [0, 0, 1, 2], value: 0.25 },
      {
        kind: 'maxPool',
        input: 'n1',
        output: 'n2',
        window: windowOf([2, 3], { dilations: [2, 1], pads: [1, 1, 0, 1] }),
      },
      reluNode('n2', 'out'),
    ],
    ['out'],
  ),
  'means that divide by other counts at the border': graphOf(
    [1, 2, 3, 3],
    [
      convNode('x', 'n1', 2, 2),
      {
        kind: 'averagePool',
        input: 'n1',
        output: 'n2',
        window: windowOf([3, 3], { pads: [1, 1, 1, 1] }),
        countPadding: false,
      },
      reluNode('n2', 'out'),
    ],
    ['out'],
  ),
  'a broadcast row': graphOf(
    [1, 3],
    [
      { kind: 'broadcast', input: 'x', output: 'n1', shape: [2, 3] },
      denseNode('n1', 'n2', [3, 3]),
      addNode('n1', 'n2', 'n3'),
      reluNode('n3', 'out'),
    ],
    ['out'],
  ),
  'two inputs': twoInputs(),
}

function integerInputs(model: QModel, index: number): Float64Array[] {
  const random = randomSource(index)
  return model.inputs.map((input) => {
    const [lo, hi] = inputRange(input, 0)
    const size = sizeOf(input.shape)
    if (index < 2) return new Float64Array(size).fill([lo, hi][index]!)
    if (index === 2) return Float64Array.from({ length: size }, (_, i) => (i % 2 === 0 ? lo : hi))
    return randomIntegers(random, input.shape, lo, hi)
  })
}

test.each(Object.entries(graphs))(
  '%s: integers follow the float model, the circuit follows the integers',
  async (_, graph) => {
    for (const low of [0, -1]) {
      const { error, range, model } = quantised(graph, { bits: 12, low })
      const isClass = model.layers.at(-1)?.kind === 'argMax'
      if (!isClass) expect(error).toBeLessThanOrEqual(0.01 * range)
    }
    const { model } = quantised(graph, { bits: 6, low: -0.5 })
    const trace = traceModel(model)
    const { source, account } = emitCircuit(model, 'public', { trace })
    const compiled = await compileCircuit(source)
    expect(readR1cs(compiled.r1cs).constraintCount).toBe(account.total)
    const calculator = await WitnessCalculator.load(compiled.wasm)
    const layout = publicSignalLayout(model, 'public')
    for (let index = 0; index < 25; index++) {
      const integers = integerInputs(model, index)
      const lanes = inputLanes(model, integers)
      const named = inputSignalNames(model).map((name, k) => [name, lanes[k]!.map(BigInt)])
      const witness = readWitness(await calculator.calculate({ ...Object.fromEntries(named), context: 3n }))
      const signals = layout.map((__, i) => fromLittleEndian(witness, 32 * (i + 1)))
      expect(decodeOutputs(model, layout, signals)).toEqual(inferIntegers(model, integers).integers)
    }
  },
)
