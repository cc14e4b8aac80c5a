import { type Shape, sizeOf } from '#circuits/graph/graph.js'
import { formatShape } from '#circuits/graph/shapes.js'
import type { OperatorCall } from '#circuits/import/operator-call.js'
import { selectStep } from '#circuits/import/operators/index-map.js'
import { addStep, finish } from '#circuits/import/operators/steps.js'

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

/** The place that a mode puts beside an axis of `length` elements, `place` counted from its first; -1 is the value. */
type PadMode = (place: number, length: number) => number

const modes: Readonly<Record<string, PadMode>> = {
  constant: () => -1,
  edge: (place, length) => Math.min(Math.max(place, 0), length - 1),
  reflect: (place, length) => {
    const period = Math.max(1, 2 * (length - 1))
    const phase = ((place % period) + period) % period
    return Math.min(phase, period - phase) % length
  },
  wrap: (place, length) => ((place % length) + length) % length,
}

function addPad(
  call: OperatorCall,
  pads: readonly number[],
  value: number,
  axes: readonly number[] | null,
): void {
  const name = call.attributes.string('mode', 'constant')
  const mode = Object.hasOwn(modes, name) ? modes[name]! : call.refuse(`has mode "${name}"`)
  const shape = call.inputShape(0)
  const padded = axes?.map((axis) => call.axis(axis, shape.length)) ?? shape.map((_, axis) => axis)
  if (pads.length !== 2 * padded.length || new Set(padded).size !== padded.length) {
    call.refuse(`has ${pads.length} pads for ${padded.length} axes of ${formatShape(shape)}`)
  }
  const before = shape.map(() => 0)
  const after = shape.map(() => 0)
  for (const [index, axis] of padded.entries()) {
    before[axis] = pads[index]!
    after[axis] = pads[index + padded.length]!
  }
  const input = call.input(0)
  const isPlain =
    name === 'constant' && pads.every((pad) => pad >= 0) && call.builder.constant(input) === null
  if (isPlain) finish(call, addStep(call, { kind: 'pad', input, before, after, value }))
  else finish(call, selectStep(call, input, padPlaces(call, shape, before, after, mode), value))
}

/** Where each place of the padded axes comes from; a negative pad cuts elements off. */
function padPlaces(
  call: OperatorCall,
  shape: Shape,
  before: readonly number[],
  after: readonly number[],
  mode: PadMode,
): ReadonlyMap<number, Int32Array> {
  const lengths = shape.map((length, axis) => length + before[axis]! + after[axis]!)
  if (lengths.some((length) => length < 1)) call.unsupported(`cuts ${formatShape(shape)} to nothing`)
  call.builder.claimElements(sizeOf(lengths))
  return new Map(
    lengths.map((length, axis) => {
      const first = Math.max(0, -before[axis]!)
      const kept = shape[axis]! - first - Math.max(0, -after[axis]!)
      const reach = Math.max(before[axis]!, after[axis]!)
      if (kept < 1 && reach > 0) call.unsupported('cuts off more than it keeps')
      const places = Int32Array.from({ length }, (_, index) => {
        const place = index - Math.max(0, before[axis]!)
        if (place >= 0 && place < kept) return first + place
        const source = mode(place, kept)
        return source < 0 ? -1 : first + source
      })
      return [axis, places] as const
    }),
  )
}
