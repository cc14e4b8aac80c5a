import type { FloatTensor } from '#circuits/graph/graph.js'
import { formatShape, sameShape } from '#circuits/graph/shapes.js'
import type { OperatorCall } from '#circuits/import/operator-call.js'
import { addStep, finish, reshapeStep } from '#circuits/import/operators/steps.js'
import { volumeConvStep } from '#circuits/import/operators/volume.js'
import { readWindow } from '#circuits/import/operators/window.js'

/** Conv over one to three spatial axes with constant weights. */
export function readConv(call: OperatorCall): void {
  const weight = call.weights(1, 'weight')
  const bias = call.optionalInput(2) === null ? null : call.weights(2, 'bias')
  finish(call, convStep(call, call.input(0), weight, bias))
}

/** Convolution of a value by the call's attributes: weight [M, C/groups, …kernel], bias [M]. */
export function convStep(
  call: OperatorCall,
  input: string,
  weight: FloatTensor,
  bias: FloatTensor | null,
): string {
  const shape = call.builder.shapeOf(input)
  const groups = call.attributes.int('group', 1)
  if (!(groups >= 1)) call.refuse(`has ${groups} groups`)
  if (weight.shape.length < 3) call.refuse(`has a weight ${formatShape(weight.shape)}`)
  const [outputs, channels] = weight.shape as readonly [number, number]
  if (bias !== null && !sameShape(bias.shape, [outputs])) {
    call.refuse(`has a bias ${formatShape(bias.shape)} for ${outputs} outputs`)
  }
  if (shape.length === 5) return volumeConvStep(call, input, weight, bias, groups)
  const kernel = weight.shape.slice(2)
  const { window } = readWindow(call, shape, { kernel, hasCeilMode: false })
  if (weight.shape.length !== shape.length || !sameShape(kernel, window.kernel.slice(-kernel.length))) {
    call.refuse(`has a weight ${formatShape(weight.shape)} that does not fit its kernel_shape or input`)
  }
  const image = { shape: [outputs, channels, ...window.kernel], data: weight.data }
  const isLine = shape.length === 3
  // One spatial axis [1, C, L] is an image [1, C, 1, L].
  const lifted = isLine ? reshapeStep(call, input, shape.toSpliced(2, 0, 1)) : input
  const output = addStep(call, { kind: 'conv', input: lifted, weight: image, bias, window, groups })
  return isLine ? reshapeStep(call, output, call.builder.shapeOf(output).toSpliced(2, 1)) : output
}
