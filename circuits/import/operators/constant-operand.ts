import { type FloatTensor, type Shape, sizeOf } from '#circuits/graph/graph.js'
import { broadcastIndices } from '#circuits/graph/kernels/indices.js'
import { sameShape } from '#circuits/graph/shapes.js'
import { floatConstant, selectConstant, toFloatTensor } from '#circuits/import/constant.js'
import type { OperatorCall } from '#circuits/import/operator-call.js'

/** A constant operand as floats. Throws `INVALID_GRAPH` where it is not finite. */
export function constantOperand(call: OperatorCall, name: string): FloatTensor {
  return toFloatTensor(call.builder.constant(name)!, `constant "${name}"`)
}

/** A constant broadcast to a shape that it fits. */
export function expandTensor(call: OperatorCall, tensor: FloatTensor, shape: Shape): FloatTensor {
  if (sameShape(tensor.shape, shape)) return tensor
  call.builder.claimElements(sizeOf(shape))
  const constant = floatConstant(tensor.data, tensor.shape)
  return selectConstant(constant, broadcastIndices(tensor.shape, shape), shape) as FloatTensor
}

/** The one number that all elements are, or null. */
export function uniformValue(data: ArrayLike<number>): number | null {
  const first = data[0]
  if (first === undefined) return null
  for (let index = 1; index < data.length; index++) if (data[index] !== first) return null
  return first
}

/** The tensor with every element replaced by `change` of it, in float32. */
export function mapTensor(tensor: FloatTensor, change: (value: number) => number): FloatTensor {
  return { shape: tensor.shape, data: tensor.data.map(change) }
}

/**
 * One number for each channel of axis 1 where a constant, broadcast to `shape`, holds no more than that and the
 * shape has a batch of one; else null.
 */
export function channelValues(tensor: FloatTensor, shape: Shape): Float32Array | null {
  const channels = shape[1]
  if (channels === undefined || shape[0] !== 1) return null
  const uniform = uniformValue(tensor.data)
  if (uniform !== null) return new Float32Array(channels).fill(uniform)
  const channelAxis = tensor.shape.length - (shape.length - 1)
  const isChannels = tensor.shape.every((length, axis) =>
    axis === channelAxis ? length === channels : length === 1,
  )
  return isChannels ? tensor.data : null
}
