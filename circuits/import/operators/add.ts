import type { FloatTensor, Shape } from '#circuits/graph/graph.js'
import { sizeOf } from '#circuits/graph/graph.js'
import { broadcastIndices } from '#circuits/graph/kernels/indices.js'
import { broadcastShape, formatShape, sameShape } from '#circuits/graph/shapes.js'
import { floatConstant, selectConstant, toFloatTensor } from '#circuits/import/constant.js'
import type { OperatorCall } from '#circuits/import/operator-call.js'

/** Add of two values or of a value and a constant, with NumPy broadcasting. */
export function readAdd(call: OperatorCall): void {
  const names = [call.input(0), call.input(1)] as const
  const [left, right] = [call.inputShape(0), call.inputShape(1)]
  const shape = broadcastShape(left, right)
  if (shape === null)
    call.refuse(`adds shapes that do not fit: ${formatShape(left)} and ${formatShape(right)}`)
  const constantIndex = names.findIndex((name) => call.builder.constant(name) !== null)
  if (constantIndex < 0) {
    const inputs = [broadcast(call, names[0], shape), broadcast(call, names[1], shape)] as const
    call.builder.addNode({ ...call.base, kind: 'add', inputs })
    return
  }
  const input = broadcast(call, names[1 - constantIndex]!, shape)
  const constant = expandedConstant(call, names[constantIndex]!, shape)
  call.builder.addNode({ ...call.base, kind: 'addConstant', input, constant })
}

function broadcast(call: OperatorCall, name: string, shape: Shape): string {
  if (sameShape(call.builder.shapeOf(name), shape)) return name
  const output = call.innerValue('expanded')
  call.builder.addNode({ ...call.base, kind: 'broadcast', input: name, output, shape })
  return output
}

function expandedConstant(call: OperatorCall, name: string, shape: Shape): FloatTensor {
  const tensor = toFloatTensor(call.builder.constant(name)!, `constant "${name}"`)
  if (sameShape(tensor.shape, shape)) return tensor
  call.builder.claimElements(sizeOf(shape))
  const constant = floatConstant(tensor.data, tensor.shape)
  return selectConstant(constant, broadcastIndices(tensor.shape, shape), shape) as FloatTensor
}
