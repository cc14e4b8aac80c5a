import { type FloatTensor, type Shape, sizeOf } from '#circuits/graph/graph.js'
import { formatShape, sameShape } from '#circuits/graph/shapes.js'
import { tapsInside, type WindowAxis, windowPositions } from '#circuits/graph/window.js'
import type { OperatorCall } from '#circuits/import/operator-call.js'
import { gatherStep } from '#circuits/import/operators/index-map.js'
import { addStep, reshapeStep, transposeStep } from '#circuits/import/operators/steps.js'
import { joinAxes, readSpatialAxes } from '#circuits/import/operators/window.js'

/**
 * Conv over an input [1, C, D, H, W]: the depth slices that each output depth reads become channels of a grouped
 * 2-D convolution, one group for each output depth and group.
 */
export function volumeConvStep(
  call: OperatorCall,
  input: string,
  weight: FloatTensor,
  bias: FloatTensor | null,
  groups: number,
): string {
  const shape = call.builder.shapeOf(input) as readonly [number, number, number, number, number]
  const [batch, channels, depth, height, width] = shape
  const [outputs, perGroup] = weight.shape as readonly [number, number]
  const kernel = weight.shape.slice(2)
  const axes = readSpatialAxes(call, shape.slice(2), { kernel, hasCeilMode: false })
  const [along, vertical, horizontal] = axes as unknown as [WindowAxis, WindowAxis, WindowAxis]
  const given = axes.map((axis) => axis.kernel)
  if (weight.shape.length !== 5 || !sameShape(kernel, given)) {
    call.refuse(`has a weight ${formatShape(weight.shape)} that does not fit its kernel_shape or input`)
  }
  if (!(channels === perGroup * groups && outputs % groups === 0) || batch !== 1) {
    call.refuse(`has a weight ${formatShape(weight.shape)} for an input ${formatShape(shape)}`)
  }
  const depths = windowPositions(along, depth)
  if (!(depths >= 1)) call.refuse(`has a kernel larger than its padded input ${formatShape(shape)}`)
  const slices: Shape = [1, depths * channels * along.kernel, height, width]
  call.builder.claimElements(sizeOf(slices) + depths * weight.data.length)
  const plane = height * width
  const indices = new Int32Array(sizeOf(slices)).fill(-1)
  for (let position = 0; position < depths; position++) {
    const [first, last] = tapsInside(along, depth, position)
    for (let channel = 0; channel < channels; channel++) {
      for (let tap = first; tap <= last; tap++) {
        const slice = position * along.stride - along.padBefore + tap * along.dilation
        const to = ((position * channels + channel) * along.kernel + tap) * plane
        for (let at = 0; at < plane; at++) indices[to + at] = (channel * depth + slice) * plane + at
      }
    }
  }
  const repeated = new Float32Array(depths * weight.data.length)
  for (let position = 0; position < depths; position++)
    repeated.set(weight.data, position * weight.data.length)
  const convolved = addStep(call, {
    kind: 'conv',
    input: gatherStep(call, input, indices, slices),
    weight: {
      shape: [depths * outputs, perGroup * along.kernel, vertical.kernel, horizontal.kernel],
      data: repeated,
    },
    bias: bias === null ? null : repeatBias(bias, depths),
    window: joinAxes(vertical, horizontal),
    groups: depths * groups,
  })
  const [rows, columns] = call.builder.shapeOf(convolved).slice(2) as [number, number]
  const split = reshapeStep(call, convolved, [1, depths, outputs, rows, columns])
  return transposeStep(call, split, [0, 2, 1, 3, 4])
}

function repeatBias(bias: FloatTensor, times: number): FloatTensor {
  const length = bias.data.length
  const data = Float32Array.from({ length: times * length }, (_, index) => bias.data[index % length]!)
  return { shape: [data.length], data }
}
