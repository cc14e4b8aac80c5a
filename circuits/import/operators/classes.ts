import type { OperatorCall } from '#circuits/import/operator-call.js'
import { scaleStep } from '#circuits/import/operators/linear-steps.js'
import { applyStep } from '#circuits/import/operators/scalar-steps.js'
import { addStep, finish, reshapeStep } from '#circuits/import/operators/steps.js'

/** What a classifier of ai.onnx.ml calls its classes: numbers, or strings, which no circuit holds. */
export type ClassLabels = { readonly integers: readonly number[] } | { readonly strings: readonly string[] }

/** How many classes there are names for. */
export function countLabels(labels: ClassLabels): number {
  return 'integers' in labels ? labels.integers.length : labels.strings.length
}

/** The class labels at two attributes, of which one is there. */
export function readLabels(call: OperatorCall, integers: string, strings: string): ClassLabels {
  const names = call.attributes.strings(strings, null)
  const numbers = call.attributes.ints(integers, null)
  if (names !== null && names.length > 0) return { strings: names }
  return { integers: numbers ?? [] }
}

/**
 * Gives the first output the label of the largest of `scores` [1, classes], where something reads it.
 * Labels must be evenly spaced integers.
 */
export function finishLabel(call: OperatorCall, scores: string, labels: ClassLabels): void {
  const output = call.usedOutput(0)
  if (output === null) return
  if ('strings' in labels) {
    call.unsupported(
      'gives its label as a string: export it with integer classes, or without the label output',
    )
  }
  const [first, second] = labels.integers as readonly [number, number]
  const step = second - first
  if (labels.integers.some((label, index) => label !== first + index * step)) {
    call.unsupported(`has labels ${labels.integers.join(', ')} that are not evenly spaced`)
  }
  const best = addStep(call, { kind: 'argMax', input: scores, axis: 1, keepAxis: false, selectLast: false })
  finish(call, scaleStep(call, best, step, first), output)
  call.builder.setInteger(output, true)
}

/** Gives the second output the scores after `post_transform`, where something reads them. */
export function finishScores(call: OperatorCall, scores: string, postTransform: string): void {
  const output = call.usedOutput(1)
  if (output === null) return
  finish(call, transformScores(call, scores, postTransform), output)
  if (postTransform === 'SOFTMAX') call.builder.distributions.add(output)
}

/** The scores of two or more classes after `post_transform`. */
export function transformScores(call: OperatorCall, scores: string, postTransform: string): string {
  if (postTransform === 'NONE') return scores
  if (postTransform === 'SOFTMAX')
    return addStep(call, { kind: 'softmax', input: scores, axis: 1, axisEnd: 2 })
  if (postTransform === 'LOGISTIC') return applyStep(call, scores, 'sigmoid')
  return call.unsupported(`has post_transform "${postTransform}"`)
}

/** The row of features that a model of ai.onnx.ml reads: [1, F], from [F] too. */
export function featureRow(call: OperatorCall): string {
  const shape = call.inputShape(0)
  return shape.length === 1 ? reshapeStep(call, call.input(0), [1, shape[0]!]) : call.input(0)
}
