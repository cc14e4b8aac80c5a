import { describe, expect, test } from 'vitest'
import type { QModel } from '#circuits/qmodel/qmodel.js'
import { decodeOutputs, publicSignalLayout } from '#prover/inference/public-signals.js'
import { qmodelOf } from '../../support/qmodel-builder.js'
import { randomSource } from '../../support/random-graph.js'

/** A model whose outputs are copies of its input, of the given sizes. */
function outputsOf(...sizes: readonly number[]): QModel {
  return qmodelOf(
    [{ shape: [1, 40], bits: 8, lo: 0 }],
    sizes.map((size) => ({
      kind: 'reindex',
      inputs: [0],
      shape: [size],
      indices: new Int32Array(size),
      fill: 0,
    })),
    sizes.map((_, i) => i + 1),
  )
}

/** Outputs as a circuit packs them: two's complement in 32 bits, seven to a signal, lowest first. */
function encode(values: readonly number[]): bigint[] {
  const signals: bigint[] = []
  values.forEach((value, i) => {
    const lane = value < 0 ? BigInt(value) + 2n ** 32n : BigInt(value)
    const signal = Math.floor(i / 7)
    signals[signal] = (signals[signal] ?? 0n) + lane * 2n ** BigInt(32 * (i % 7))
  })
  return signals
}

describe('outputs', () => {
  test.each([[[1]], [[7]], [[8]], [[3, 5]], [[7, 7, 1]], [[20]]])(
    'of sizes %j are themselves again after packing',
    (sizes) => {
      const model = outputsOf(...sizes)
      const layout = publicSignalLayout(model, 'hashed')
      const random = randomSource(sizes.length)
      const total = sizes.reduce((sum, size) => sum + size, 0)
      for (let round = 0; round < 50; round++) {
        const ends = [-(2 ** 31), 2 ** 31 - 1, -1, 0, 1]
        const values = Array.from({ length: total }, () =>
          random() < 0.4 ? ends[Math.floor(random() * 5)]! : Math.floor((random() - 0.5) * 2 ** 32),
        )
        const decoded = decodeOutputs(model, layout, [123n, ...encode(values), 7n])
        expect(Object.values(decoded).map((each) => each.length)).toEqual(sizes)
        expect(Object.values(decoded).flat()).toEqual(values)
      }
    },
  )
})

describe('the layout', () => {
  const model = outputsOf(8)
  const outputs = [
    { kind: 'output', first: 0, lanes: 7 },
    { kind: 'output', first: 7, lanes: 1 },
  ]
  test('is commitment, outputs, context where inputs are hashed', () => {
    expect(publicSignalLayout(model, 'hashed')).toEqual([
      { kind: 'inputCommitment' },
      ...outputs,
      { kind: 'context' },
    ])
  })
  test('is packed inputs, outputs, context where inputs are public', () => {
    expect(publicSignalLayout(model, 'public')).toEqual([
      { kind: 'input', input: 'x0', first: 0, lanes: 31, bits: 8 },
      { kind: 'input', input: 'x0', first: 31, lanes: 9, bits: 8 },
      ...outputs,
      { kind: 'context' },
    ])
  })
})
