import type { Pads } from '#circuits/graph/graph.js'
import { formatShape } from '#circuits/graph/shapes.js'
import type { OperatorCall } from '#circuits/import/operator-call.js'
import { addOverImage } from '#circuits/import/operators/lift.js'
import { readWindow } from '#circuits/import/operators/window.js'

/** MaxPool: without indices, in row-major order. */
export function readMaxPool(call: OperatorCall): void {
  // storage_order only says how indices count, and those are unsupported.
  call.attributes.int('storage_order', 0)
  const { window } = readWindow(call, call.inputShape(0), { kernel: null, hasCeilMode: call.opset >= 10 })
  addOverImage(call, call.input(0), (input, output) =>
    call.builder.addNode({ ...call.base, kind: 'maxPool', input, output, window }),
  )
}

/** AveragePool, padding counted or not. */
export function readAveragePool(call: OperatorCall): void {
  const countPadding = call.attributes.flag('count_include_pad', false)
  const { window, ceilPads } = readWindow(call, call.inputShape(0), {
    kernel: null,
    hasCeilMode: call.opset >= 10,
  })
  addOverImage(call, call.input(0), (input, output, shape) => {
    const base = { ...call.base, kind: 'averagePool', output } as const
    const [top, left, bottom, right] = window.pads
    if (!countPadding || (ceilPads[0] === 0 && ceilPads[1] === 0)) {
      call.builder.addNode({ ...base, input, window, countPadding })
      return
    }
    // Explicit padding counts in the divisor, what ceil_mode adds does not: pad with zeros that count first.
    const padded = call.innerValue('padded')
    const [before, after] = [
      [0, 0, top, left],
      [0, 0, bottom - ceilPads[0], right - ceilPads[1]],
    ]
    call.builder.addNode({ ...call.base, kind: 'pad', input, output: padded, before, after, value: 0 })
    if (shape.length !== 4) call.refuse(`needs an image, got ${formatShape(shape)}`)
    const pads: Pads = [0, 0, ceilPads[0], ceilPads[1]]
    call.builder.addNode({ ...base, input: padded, window: { ...window, pads }, countPadding: false })
  })
}

/** GlobalAveragePool: the mean of each channel. */
export function readGlobalAveragePool(call: OperatorCall): void {
  const axes = call.inputShape(0).length - 2
  if (axes !== 1 && axes !== 2) call.unsupported(`has an input ${formatShape(call.inputShape(0))}`)
  addOverImage(call, call.input(0), (input, output, shape) => {
    const [, , height, width] = shape as readonly [number, number, number, number]
    call.builder.addNode({
      ...call.base,
      kind: 'averagePool',
      input,
      output,
      window: { kernel: [height, width], strides: [1, 1], pads: [0, 0, 0, 0], dilations: [1, 1] },
      countPadding: false,
    })
  })
}
