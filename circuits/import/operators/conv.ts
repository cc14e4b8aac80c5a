import { formatShape, sameShape } from '#circuits/graph/shapes.js'
import type { OperatorCall } from '#circuits/import/operator-call.js'
import { addOverImage } from '#circuits/import/operators/lift.js'
import { readWindow } from '#circuits/import/operators/window.js'

/** Conv over one or two spatial axes with constant weights. */
export function readConv(call: OperatorCall): void {
  const groups = call.attributes.int('group', 1)
  const shape = call.inputShape(0)
  const weight = call.weights(1, 'weight')
  const kernel = weight.shape.slice(2)
  const { window } = readWindow(call, shape, { kernel, hasCeilMode: false })
  if (weight.shape.length !== shape.length || !sameShape(kernel, window.kernel.slice(-kernel.length))) {
    call.refuse(`has a weight ${formatShape(weight.shape)} that does not fit its kernel_shape or input`)
  }
  const [outputs, channels] = weight.shape as readonly [number, number]
  if (!(groups >= 1)) call.refuse(`has ${groups} groups`)
  const bias = call.optionalInput(2) === null ? null : call.weights(2, 'bias')
  if (bias !== null && !sameShape(bias.shape, [outputs])) {
    call.refuse(`has a bias ${formatShape(bias.shape)} for ${outputs} outputs`)
  }
  const image = { shape: [outputs, channels, ...window.kernel], data: weight.data }
  addOverImage(call, call.input(0), (input, output) =>
    call.builder.addNode({ ...call.base, kind: 'conv', input, output, weight: image, bias, window, groups }),
  )
}
