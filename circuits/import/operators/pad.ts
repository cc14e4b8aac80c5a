import { formatShape } from '#circuits/graph/shapes.js'
import type { OperatorCall } from '#circuits/import/operator-call.js'

/** Pad before opset 11: everything in attributes. */
export function readAttributePad(call: OperatorCall): void {
  const pads = call.attributes.ints('pads', null) ?? call.refuse('lacks its pads')
  addPad(call, pads, call.attributes.float('value', 0), null)
}

/** Pad from opset 11: pads, value and (from 18) axes are inputs. */
export function readPad(call: OperatorCall): void {
  const pads = call.optionalIntegers(1, 'pads') ?? call.refuse('lacks its pads')
  const axes = call.opset >= 18 ? call.optionalIntegers(3, 'axes') : null
  addPad(call, pads, call.optionalScalar(2, 'value') ?? 0, axes)
}

function addPad(
  call: OperatorCall,
  pads: readonly number[],
  value: number,
  axes: readonly number[] | null,
): void {
  const mode = call.attributes.string('mode', 'constant')
  if (mode !== 'constant') call.unsupported(`has mode "${mode}"`)
  const shape = call.inputShape(0)
  const padded = axes?.map((axis) => call.axis(axis, shape.length)) ?? shape.map((_, axis) => axis)
  if (pads.length !== 2 * padded.length || new Set(padded).size !== padded.length) {
    call.refuse(`has ${pads.length} pads for ${padded.length} axes of ${formatShape(shape)}`)
  }
  if (pads.some((pad) => pad < 0)) call.unsupported('has negative pads')
  const before = shape.map(() => 0)
  const after = shape.map(() => 0)
  for (const [index, axis] of padded.entries()) {
    before[axis] = pads[index]!
    after[axis] = pads[index + padded.length]!
  }
  call.builder.addNode({ ...call.base, kind: 'pad', input: call.input(0), before, after, value })
}
