import type { Shape } from '#circuits/graph/graph.js'
import type { OperatorCall } from '#circuits/import/operator-call.js'

/**
 * Adds a node over images; where the ONNX node has one spatial axis, the input [1, C, L] is shaped as
 * [1, C, 1, L] before and back after. `add` gets the names of the node's input and output.
 */
export function addOverImage(
  call: OperatorCall,
  input: string,
  add: (input: string, output: string, shape: Shape) => void,
): void {
  const shape = call.builder.shapeOf(input)
  if (shape.length !== 3) {
    add(input, call.output, shape)
    return
  }
  const [batch, channels, length] = shape as readonly [number, number, number]
  const image = call.innerValue('image')
  const lifted: Shape = [batch, channels, 1, length]
  call.builder.addNode({ ...call.base, kind: 'reshape', input, output: image, shape: lifted })
  const result = call.innerValue('result')
  add(image, result, lifted)
  const back = call.builder.shapeOf(result)
  call.builder.addNode({ ...call.base, kind: 'reshape', input: result, shape: back.toSpliced(2, 1) })
}
