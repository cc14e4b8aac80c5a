import { expect, test } from 'vitest'
import { planWeights } from '#circuits/analyse/weight-plan.js'
import { emitCircuit } from '#circuits/emit/emit.js'
import type { QModel } from '#circuits/qmodel/qmodel.js'
import { withCapacities } from '#circuits/quantise/capacities.js'
import { forgeBatch } from '../../support/circuit/forge-batch.js'
import { type NetworkSpec, networkBatch } from '../../support/circuit/network-batch.js'
import { expectOneOutput } from '../../support/circuit/one-output.js'
import { dense, tinyModel } from '../../support/circuit/tiny-model.js'
import { windowOf } from '../../support/qmodel-builder.js'
import { isRelease } from '../../support/release.js'

/** Products by pairs with one left over, a rescale that saturates, and a second layer. */
const pairs = tinyModel({
  name: 'hidden pairs',
  input: { shape: [1, 3], bits: 3, lo: -4 },
  steps: [
    dense(
      0,
      [
        [3, -2, 5],
        [-7, 4, 1],
      ],
      [3, -11],
    ),
    {
      shape: [1, 2],
      layer: { kind: 'rescale', input: 1, shifts: [1], channelAxis: 1, low: 0, saturate: 3 },
    },
    dense(2, [[2, -3]], [-1]),
  ],
})

/** A tile along a row, whose evaluated inputs, products and outputs are wires. */
const tiles = tinyModel({
  name: 'hidden tiles',
  input: { shape: [1, 1, 1, 12], bits: 1, lo: 0 },
  steps: [
    {
      shape: [1, 2, 1, 8],
      layer: {
        kind: 'conv',
        input: 0,
        weight: Int32Array.of(3, -2, 5, 0, 1, -1, 2, -7, 4, 1),
        weightShape: [2, 1, 1, 5],
        bias: Float64Array.of(2, -4),
        window: windowOf([1, 5]),
        groups: 1,
      },
    },
  ],
})

/** A hidden number for each element. */
const constants = tinyModel({
  name: 'hidden constants',
  input: { shape: [1, 3], bits: 3, lo: -4 },
  steps: [
    {
      shape: [1, 3],
      layer: {
        kind: 'combine',
        terms: [{ input: 0, factors: [2] }],
        constant: Float64Array.of(1, -5, 0),
        channelAxis: 0,
      },
    },
  ],
})

const models = [pairs, tiles, constants].map((model) => withCapacities(model, 0))
const specOf = (model: QModel): NetworkSpec => ({ model, mode: 'public', weights: 'committed' })

test('the models take every algorithm', () => {
  const kinds = models.flatMap((model) => planWeights(model).map(({ algorithm }) => algorithm.kind))
  expect([...new Set(kinds)].toSorted()).toEqual(['constants', 'pairs', 'tiles'])
})

test('circuits with hidden weights have no second output', async () => {
  const { batch, instances } = await networkBatch(models.map(specOf))
  await expectOneOutput(batch, instances, (claims) => claims.filter(({ honest }) => honest).slice(0, 20))
})

test.runIf(isRelease)(
  'no constraint of a layer with hidden weights can go: without it, some output is forged',
  async () => {
    const specs = models.flatMap((model) => weakened(specOf(model)))
    expect(specs.length).toBeGreaterThanOrEqual(6)
    const { batch, instances } = await networkBatch(specs)
    const forgeries = await forgeBatch(batch, instances)
    forgeries.forEach((forgery, k) => {
      expect(forgery, `${instances[k]!.name}: ${specs[k]!.line}`).not.toBeNull()
    })
  },
)

/** One variant for each `<==` of the layers with hidden weights, there turned into advice. */
function weakened(spec: NetworkSpec): (NetworkSpec & { readonly line: string })[] {
  const { source } = emitCircuit(spec.model, spec.mode, { weights: 'committed' })
  return [...source.matchAll(/<==/g)].flatMap(({ index }) => {
    const line = source.slice(source.lastIndexOf('\n', index) + 1, source.indexOf('\n', index)).trim()
    if (!/^(dense|conv)\d/.test(line)) return []
    const rewrite = (text: string) => `${text.slice(0, index)}<--${text.slice(index + 3)}`
    return [{ ...spec, line, rewrite }]
  })
}
