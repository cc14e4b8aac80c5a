import { describe, expect, test } from 'vitest'
import { interpretGraph } from '#circuits/graph/interpret.js'
import { optimiseGraph } from '#circuits/graph/passes/optimise.js'
import { importOnnx } from '#circuits/import/import-model.js'
import { OnnxCase } from '../../support/onnx-cases/onnx-case.js'
import { loadOnnxruntime } from '../../support/onnxruntime.js'

const [steps, width, heads] = [3, 4, 2]

/** One block of a transformer as exporters spell it: normalised, attended by heads, added, normalised, averaged. */
function block(draw: OnnxCase, isMasked: boolean): string {
  const x = draw.value([1, steps, width])
  const norm = (value: string): string =>
    draw.node('LayerNormalization', [value, draw.weights([width]), draw.weights([width])], { axis: -1 })
  const dense = (value: string): string =>
    draw.node('Add', [draw.node('MatMul', [value, draw.weights([width, width])]), draw.weights([width])])
  const byHead = (value: string, perm: number[]): string => {
    const split = draw.node('Reshape', [dense(value), draw.integers(1, steps, heads, width / heads)])
    return draw.node('Transpose', [split], { perm })
  }
  const normed = norm(x)
  const keys = byHead(normed, [0, 2, 3, 1])
  const products = draw.node('MatMul', [byHead(normed, [0, 2, 1, 3]), keys])
  const scores = draw.node('Div', [products, draw.constant([], [Math.SQRT2])])
  const mask = Array.from({ length: steps ** 2 }, (_, at) => (at % steps > Math.floor(at / steps) ? -1e4 : 0))
  const masked = isMasked ? draw.node('Add', [scores, draw.constant([steps, steps], mask)]) : scores
  const shares = draw.node('Softmax', [masked], { axis: -1 })
  const attended = draw.node('MatMul', [shares, byHead(normed, [0, 2, 1, 3])])
  const merged = draw.node('Reshape', [
    draw.node('Transpose', [attended], { perm: [0, 2, 1, 3] }),
    draw.integers(1, steps, width),
  ])
  const sum = draw.node('Add', [x, dense(merged)])
  return draw.node('Softmax', [draw.node('ReduceMean', [norm(sum)], { axes: [1], keepdims: 0 })])
}

const runtime = await loadOnnxruntime()

describe.each([false, true])('a block of a transformer, masked: %s', (isMasked) => {
  const draw = new OnnxCase(isMasked ? 11 : 12, 17)
  const { file, outputs } = draw.finish(block(draw, isMasked))

  test('has products of computed matrices, and the closing softmax alone', () => {
    const kinds = optimiseGraph(importOnnx(file)).nodes.map(({ kind }) => kind)
    expect(kinds.filter((kind) => kind === 'matMul')).toHaveLength(2)
    expect(kinds.flatMap((kind, at) => (kind === 'softmax' ? [at] : []))).toEqual([kinds.length - 1])
  })

  test.skipIf(runtime === null)('gives what onnxruntime gives', async () => {
    const expected = await runtime!.run(file, draw.feeds)
    const values = interpretGraph(optimiseGraph(importOnnx(file)), draw.feeds)
    for (const { name } of outputs) {
      const { shape, data } = expected.get(name)!
      expect(values.get(name)!.shape).toEqual(shape)
      for (const [at, value] of data.entries()) expect(values.get(name)!.data[at]).toBeCloseTo(value, 5)
    }
  })
})
