import { expect, test } from 'vitest'
import { interpretIntegers } from '#circuits/qmodel/interpret.js'
import { graphOf } from '../support/graph-builder.js'
import { quantised } from '../support/quantised.js'

/** The real outputs of a model of one input row whose integers are all alike. */
function outputsOver(
  model: ReturnType<typeof quantised>['model'],
): readonly { readonly x: number; readonly y: number }[] {
  const [input, output] = [model.inputs[0]!, model.outputs[0]!]
  return Array.from({ length: 2 ** input.bits }, (_, lane) => {
    const integer = input.lows[0]! + lane
    const row = new Float64Array(4).fill(integer)
    return {
      x: integer * input.scales[0]!,
      y: interpretIntegers(model, [row])[output.tensor]![0]! * output.scale,
    }
  })
}

test('what lies before a jump of a function keeps its value', () => {
  const functions = [{ name: 'thresholdedRelu', parameters: [0.48] }] as const
  const { model } = quantised(graphOf([1, 4], [{ kind: 'elementwise', input: 'x', output: 'y', functions }]))
  for (const { x, y } of outputsOver(model)) {
    if (Math.abs(x - 0.48) > 0.01) expect(Math.abs(y - (x > 0.48 ? x : 0))).toBeLessThan(0.02)
  }
})

test('a jump near the end of what was calibrated stays where it is', () => {
  const functions = [{ name: 'floor', parameters: [] }] as const
  const graph = graphOf(
    [1, 4],
    [
      {
        kind: 'addConstant',
        input: 'x',
        output: 'a',
        constant: { shape: [1, 4], data: Float32Array.of(0.02, 0.02, 0.02, 0.02) },
      },
      { kind: 'elementwise', input: 'a', output: 'y', functions },
    ],
  )
  const { model } = quantised(graph)
  for (const { x, y } of outputsOver(model)) {
    if (Math.abs(x - 0.98) > 0.01) expect(y).toBeCloseTo(x > 0.98 ? 1 : 0, 1)
  }
})

test('a clip before a rounding of the model keeps its upper end', () => {
  const { error } = quantised(
    graphOf(
      [1, 4],
      [
        { kind: 'clip', input: 'x', output: 'c', low: null, high: 0.3 },
        { kind: 'quantise', input: 'c', output: 'y', scale: 0.05, low: -128, high: 127 },
      ],
    ),
  )
  expect(error).toBeLessThan(0.051)
})
