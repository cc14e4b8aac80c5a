import type { OperatorCall } from '#circuits/import/operator-call.js'
import { constantOperand, uniformValue } from '#circuits/import/operators/constant-operand.js'
import { foldElementwise } from '#circuits/import/operators/fold.js'
import { commonShape, multiplyOperands, scaleStep } from '#circuits/import/operators/linear-steps.js'
import { applyStep, reciprocalStep } from '#circuits/import/operators/scalar-steps.js'
import { expandStep, finish } from '#circuits/import/operators/steps.js'

/** Pow of a value by a constant, or of a positive constant by a value. */
export function readPow(call: OperatorCall): void {
  const [base, exponent] = [call.input(0), call.input(1)]
  const compute = ([a, b]: readonly number[], type: string): number =>
    type === 'float' ? a! ** b! : Math.trunc(a! ** b!)
  if (foldElementwise(call, [base, exponent], compute, call.builder.constant(base)?.type)) return
  const shape = commonShape(call, [base, exponent])
  if (call.builder.constant(exponent) !== null) {
    const power = uniformOperand(call, exponent, 'exponent')
    finish(call, expandStep(call, powerStep(call, base, power), shape))
    return
  }
  if (call.builder.constant(base) === null) call.unsupported('raises a computed value to a computed power')
  const factor = uniformOperand(call, base, 'base')
  if (!(factor > 0)) call.unsupported(`raises ${factor} to a computed power`)
  finish(call, expandStep(call, applyStep(call, scaleStep(call, exponent, Math.log(factor)), 'exp'), shape))
}

/** x^power: products where they are few, else a function of each element. */
export function powerStep(call: OperatorCall, name: string, power: number): string {
  if (power === 0) return scaleStep(call, name, 0, 1)
  if (power === 1) return name
  if (power === 2) return multiplyOperands(call, name, name)
  if (power === 3) return multiplyOperands(call, multiplyOperands(call, name, name), name)
  if (power === 4) return powerStep(call, powerStep(call, name, 2), 2)
  if (power === 0.5) return applyStep(call, name, 'sqrt')
  if (power === -0.5) return applyStep(call, name, 'reciprocalSqrt')
  if (power === -1) return reciprocalStep(call, name)
  return applyStep(call, name, 'power', [power])
}

function uniformOperand(call: OperatorCall, name: string, what: string): number {
  const value = uniformValue(constantOperand(call, name).data)
  return value ?? call.unsupported(`has no single ${what}: it differs between elements`)
}
