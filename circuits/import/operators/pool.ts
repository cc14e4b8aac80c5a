import { type Shape, sizeOf } from '#circuits/graph/graph.js'
import { formatShape } from '#circuits/graph/shapes.js'
import type { OperatorCall } from '#circuits/import/operator-call.js'
import { poolAxes } from '#circuits/import/operators/reduce.js'
import { addStep, finish, reshapeStep } from '#circuits/import/operators/steps.js'
import { flatAxis, joinAxes, readSpatialAxes, type SpatialAxis } from '#circuits/import/operators/window.js'

/** Pools an image [1, C, H, W] by a window along each of its two axes. */
type PoolStep = (input: string, vertical: SpatialAxis, horizontal: SpatialAxis) => string

/** MaxPool: without indices, in row-major order. */
export function readMaxPool(call: OperatorCall): void {
  // storage_order only says how indices count, and those are unsupported.
  call.attributes.int('storage_order', 0)
  poolSpatial(call, (input, vertical, horizontal) =>
    addStep(call, { kind: 'maxPool', input, window: joinAxes(vertical, horizontal) }),
  )
}

/** AveragePool, padding counted or not. */
export function readAveragePool(call: OperatorCall): void {
  const countPadding = call.attributes.flag('count_include_pad', false)
  poolSpatial(call, (input, vertical, horizontal) => {
    const base = { kind: 'averagePool' } as const
    if (!countPadding || (vertical.ceilPad === 0 && horizontal.ceilPad === 0)) {
      return addStep(call, { ...base, input, window: joinAxes(vertical, horizontal), countPadding })
    }
    // Explicit padding counts in the divisor, what ceil_mode adds does not: pad with zeros that count first.
    const axes = [vertical, horizontal]
    const before = [0, 0, ...axes.map(({ padBefore }) => padBefore)]
    const after = [0, 0, ...axes.map(({ padAfter, ceilPad }) => padAfter - ceilPad)]
    const padded = addStep(call, { kind: 'pad', input, before, after, value: 0 })
    const left = (axis: SpatialAxis): SpatialAxis => ({ ...axis, padBefore: 0, padAfter: axis.ceilPad })
    const window = joinAxes(left(vertical), left(horizontal))
    return addStep(call, { ...base, input: padded, window, countPadding: false })
  })
}

/**
 * Pools over one to three spatial axes. Windows along the depth of a volume are pooled after those of its slices:
 * maxima and means go through one axis after the other.
 */
function poolSpatial(call: OperatorCall, pool: PoolStep): void {
  const shape = call.inputShape(0)
  const [batch, channels, ...spatial] = shape as readonly [number, number, ...number[]]
  if (spatial.length < 1 || spatial.length > 3) {
    call.unsupported(`has an input ${formatShape(shape)}: only one to three spatial axes are supported`)
  }
  const read = readSpatialAxes(call, spatial, { kernel: null, hasCeilMode: call.opset >= 10 })
  const input = call.input(0)
  const reshape = (name: string, to: Shape): string => reshapeStep(call, name, to)
  const shapeOf = (name: string): Shape => call.builder.shapeOf(name)
  if (spatial.length === 1) {
    const line = pool(reshape(input, [batch, channels, 1, spatial[0]!]), flatAxis, read[0]!)
    finish(call, reshape(line, shapeOf(line).toSpliced(2, 1)))
  } else if (spatial.length === 2) {
    finish(call, pool(input, read[0]!, read[1]!))
  } else {
    const [depth, height, width] = spatial as unknown as readonly [number, number, number]
    const slices = pool(reshape(input, [batch, channels * depth, height, width]), read[1]!, read[2]!)
    const plane = shapeOf(slices).slice(2)
    const columns = pool(reshape(slices, [batch, channels, depth, sizeOf(plane)]), read[0]!, flatAxis)
    finish(call, reshape(columns, [batch, channels, shapeOf(columns)[2]!, ...plane]))
  }
}

/** GlobalAveragePool: the mean of each channel, over any number of spatial axes. */
export function readGlobalAveragePool(call: OperatorCall): void {
  const shape = call.inputShape(0)
  if (shape.length < 3) call.refuse(`needs an image, got ${formatShape(shape)}`)
  finish(call, poolAxes(call, call.input(0), [...shape.keys()].slice(2), 'averagePool'))
}
