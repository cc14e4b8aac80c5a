import { sizeOf, type Window } from '#circuits/graph/graph.js'
import { formatShape } from '#circuits/graph/shapes.js'
import type { OperatorCall } from '#circuits/import/operator-call.js'
import { absoluteStep } from '#circuits/import/operators/arithmetic.js'
import { addOverImage } from '#circuits/import/operators/lift.js'
import { scaleStep } from '#circuits/import/operators/linear-steps.js'
import { powerStep } from '#circuits/import/operators/power.js'
import { poolAxes, sumAxes } from '#circuits/import/operators/reduce.js'
import { addStep, finish } from '#circuits/import/operators/steps.js'
import { readWindow } from '#circuits/import/operators/window.js'

/** GlobalMaxPool: the maximum of each channel, over any number of spatial axes. */
export function readGlobalMaxPool(call: OperatorCall): void {
  finish(call, poolAxes(call, call.input(0), spatialAxes(call), 'maxPool'))
}

/** GlobalLpPool: the norm of each channel. */
export function readGlobalLpPool(call: OperatorCall): void {
  const norm = readNorm(call)
  finish(call, rootStep(call, sumAxes(call, powersStep(call, call.input(0), norm), spatialAxes(call)), norm))
}

/** LpPool: the norm of each window; padding counts as zeros. */
export function readLpPool(call: OperatorCall): void {
  const norm = readNorm(call)
  const { window } = readWindow(call, call.inputShape(0), { kernel: null, hasCeilMode: call.opset >= 18 })
  addOverImage(call, call.input(0), (input, output) => {
    const sum = sumWindow(call, powersStep(call, input, norm), window)
    finish(call, rootStep(call, sum, norm), output)
  })
}

function readNorm(call: OperatorCall): number {
  const norm = call.attributes.int('p', 2)
  if (norm !== 1 && norm !== 2) call.unsupported(`has p = ${norm}, only 1 and 2 are supported`)
  return norm
}

function powersStep(call: OperatorCall, name: string, norm: number): string {
  return norm === 1 ? absoluteStep(call, name) : powerStep(call, name, 2)
}

function rootStep(call: OperatorCall, name: string, norm: number): string {
  return norm === 1 ? name : powerStep(call, name, 0.5)
}

/** A mean that counts padding, times the size of the window. */
function sumWindow(call: OperatorCall, input: string, window: Window): string {
  const mean = addStep(call, { kind: 'averagePool', input, window, countPadding: true })
  return scaleStep(call, mean, sizeOf(window.kernel))
}

function spatialAxes(call: OperatorCall): readonly number[] {
  const shape = call.inputShape(0)
  if (shape.length < 3) call.refuse(`needs an image, got ${formatShape(shape)}`)
  return [...shape.keys()].slice(2)
}
