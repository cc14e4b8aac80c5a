import type { ScalarFunctionName } from '#circuits/graph/kernels/scalar-functions.js'
import type { OperatorCall } from '#circuits/import/operator-call.js'
import { addStep } from '#circuits/import/operators/steps.js'

/** A function of each element, the same for all. */
export function applyStep(
  call: OperatorCall,
  name: string,
  functionName: ScalarFunctionName,
  parameters: readonly number[] = [],
): string {
  return addStep(call, { kind: 'elementwise', input: name, functions: [{ name: functionName, parameters }] })
}

/** 1/x of each element. */
export function reciprocalStep(call: OperatorCall, name: string): string {
  return applyStep(call, name, 'reciprocal')
}
