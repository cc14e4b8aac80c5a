import type { OperatorCall } from '#circuits/import/operator-call.js'
import { constantOperand, mapTensor } from '#circuits/import/operators/constant-operand.js'
import { foldElementwise } from '#circuits/import/operators/fold.js'
import {
  addConstantStep,
  addOperands,
  multiplyConstantStep,
  multiplyOperands,
  negateStep,
  scaleStep,
} from '#circuits/import/operators/linear-steps.js'
import { reciprocalStep } from '#circuits/import/operators/scalar-steps.js'
import { addStep, finish } from '#circuits/import/operators/steps.js'

export function readAdd(call: OperatorCall): void {
  const [left, right] = operands(call)
  if (foldElementwise(call, [left, right], ([a, b]) => a! + b!)) return
  finish(call, addOperands(call, left, right))
}

/** Sub: the sum with the negated right side. */
export function readSub(call: OperatorCall): void {
  const [left, right] = operands(call)
  if (foldElementwise(call, [left, right], ([a, b]) => a! - b!)) return
  finish(call, subtract(call, left, right))
}

/** left − right of two operands, either of which may be constant. */
export function subtract(call: OperatorCall, left: string, right: string): string {
  if (call.builder.constant(right) === null) return addOperands(call, left, negateStep(call, right))
  const negated = mapTensor(constantOperand(call, right), (value) => -value)
  return addConstantStep(call, left, negated)
}

export function readMul(call: OperatorCall): void {
  const [left, right] = operands(call)
  if (foldElementwise(call, [left, right], ([a, b]) => a! * b!)) return
  finish(call, multiplyOperands(call, left, right))
}

/** Div: the product with the reciprocal; integers known at import are divided towards zero. */
export function readDiv(call: OperatorCall): void {
  const [left, right] = operands(call)
  const divide = ([a, b]: readonly number[], type: string): number =>
    type === 'float' ? a! / b! : Math.trunc(a! / b!)
  if (foldElementwise(call, [left, right], divide)) return
  if (call.builder.isInteger(left) && call.builder.isInteger(right))
    call.unsupported('divides computed integers')
  if (call.builder.constant(right) === null) {
    finish(call, multiplyOperands(call, left, reciprocalStep(call, right)))
    return
  }
  const divisor = constantOperand(call, right)
  if (divisor.data.includes(0)) call.unsupported('divides by the constant 0')
  finish(
    call,
    multiplyConstantStep(
      call,
      left,
      mapTensor(divisor, (value) => 1 / value),
    ),
  )
}

/** Mod of constants, as shapes are computed with. */
export function readMod(call: OperatorCall): void {
  const keepsDividendSign = call.attributes.flag('fmod', false)
  const [left, right] = operands(call)
  const remainder = ([a, b]: readonly number[]): number =>
    keepsDividendSign ? a! % b! : a! - Math.floor(a! / b!) * b!
  if (!foldElementwise(call, [left, right], remainder)) call.unsupported('is supported for constants only')
}

export function readNeg(call: OperatorCall): void {
  const input = call.input(0)
  if (!foldElementwise(call, [input], ([a]) => -a!)) finish(call, negateStep(call, input))
}

/**
 * Abs as 2·relu(x) − x: a sign and linear sums cost 2n + 3 constraints with both rescales, a table up to n + 30;
 * n is far below 37, and nothing has to fit the table's eight bits.
 */
export function readAbs(call: OperatorCall): void {
  const input = call.input(0)
  if (!foldElementwise(call, [input], ([a]) => Math.abs(a!))) finish(call, absoluteStep(call, input))
}

/** |x|, see {@link readAbs}. */
export function absoluteStep(call: OperatorCall, name: string): string {
  const twice = scaleStep(call, addStep(call, { kind: 'relu', input: name }), 2)
  return addOperands(call, twice, negateStep(call, name))
}

/** Sum of any number of operands. */
export function readSum(call: OperatorCall): void {
  const names = call.allInputs()
  if (foldElementwise(call, names, (values) => values.reduce((sum, value) => sum + value))) return
  finish(call, sumOperands(call, names))
}

/** Mean of any number of operands. */
export function readMean(call: OperatorCall): void {
  const names = call.allInputs()
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value) / names.length
  if (foldElementwise(call, names, mean)) return
  finish(call, scaleStep(call, sumOperands(call, names), 1 / names.length))
}

function sumOperands(call: OperatorCall, names: readonly string[]): string {
  return names.reduce((sum, name) => addOperands(call, sum, name))
}

function operands(call: OperatorCall): readonly [string, string] {
  return [call.input(0), call.input(1)]
}
