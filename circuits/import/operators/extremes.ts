import { type Shape, sizeOf } from '#circuits/graph/graph.js'
import type { OperatorCall } from '#circuits/import/operator-call.js'
import { constantOperand, mapTensor, uniformValue } from '#circuits/import/operators/constant-operand.js'
import { foldElementwise } from '#circuits/import/operators/fold.js'
import { addConstantStep, commonShape, negateStep } from '#circuits/import/operators/linear-steps.js'
import { addStep, expandStep, finish, reshapeStep } from '#circuits/import/operators/steps.js'

type Extreme = 'max' | 'min'

export function readMax(call: OperatorCall): void {
  readExtreme(call, 'max')
}

export function readMin(call: OperatorCall): void {
  readExtreme(call, 'min')
}

/** Max or Min of any number of operands: a pool over the computed ones, then one step for each constant. */
function readExtreme(call: OperatorCall, extreme: Extreme): void {
  const names = call.allInputs()
  if (foldElementwise(call, names, (values) => values.reduce((a, b) => Math[extreme](a, b)))) return
  const shape = commonShape(call, names)
  const isConstant = (name: string): boolean => call.builder.constant(name) !== null
  const values = [...new Set(names.filter((name) => !isConstant(name)))]
  let result = values.length === 1 ? values[0]! : poolValues(call, values, shape, extreme)
  for (const name of names.filter(isConstant)) result = withConstant(call, result, name, extreme)
  finish(call, expandStep(call, result, shape))
}

/** The extreme of values, laid one under the other and pooled; a minimum is −max(−x). */
function poolValues(call: OperatorCall, names: readonly string[], shape: Shape, extreme: Extreme): string {
  const row = [1, 1, 1, sizeOf(shape)]
  const rows = names.map((name) => {
    const signed = extreme === 'min' ? negateStep(call, name) : name
    return reshapeStep(call, expandStep(call, signed, shape), row)
  })
  const image = addStep(call, { kind: 'concat', inputs: rows, axis: 2 })
  const largest = addStep(call, {
    kind: 'maxPool',
    input: image,
    window: { kernel: [rows.length, 1], strides: [1, 1], pads: [0, 0, 0, 0], dilations: [1, 1] },
  })
  const result = reshapeStep(call, largest, shape)
  return extreme === 'min' ? negateStep(call, result) : result
}

/** The extreme of a value and a constant: a clip where that is one number, else max(x, c) = relu(x − c) + c. */
function withConstant(call: OperatorCall, value: string, name: string, extreme: Extreme): string {
  const constant = constantOperand(call, name)
  const bound = uniformValue(constant.data)
  if (bound !== null) {
    const clipped = clipStep(call, value, extreme === 'max' ? bound : null, extreme === 'min' ? bound : null)
    return expandStep(call, clipped, commonShape(call, [clipped, name]))
  }
  const negated = mapTensor(constant, (each) => -each)
  if (extreme === 'max') {
    const excess = addStep(call, { kind: 'relu', input: addConstantStep(call, value, negated) })
    return addConstantStep(call, excess, constant)
  }
  const shortfall = addConstantStep(call, negateStep(call, value), constant)
  return addConstantStep(call, negateStep(call, addStep(call, { kind: 'relu', input: shortfall })), constant)
}

/** Beyond this no float32 is: exporters write the largest float where they mean no bound. */
const unbounded = 3.4e38

/** x within [low, high], null for an open end; the upper end wins where they cross, as in NumPy. */
export function clipStep(call: OperatorCall, name: string, low: number | null, high: number | null): string {
  const top = high === null || high >= unbounded ? null : high
  const bottom = low === null || low <= -unbounded ? null : low
  if (top === null && bottom === null) return name
  if (top === null && bottom === 0) return addStep(call, { kind: 'relu', input: name })
  const least = bottom !== null && top !== null ? Math.min(bottom, top) : bottom
  return addStep(call, { kind: 'clip', input: name, low: least, high: top })
}
