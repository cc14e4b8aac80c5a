import type { Pair, Shape, Window } from '#circuits/graph/graph.js'
import { formatShape } from '#circuits/graph/shapes.js'
import { type WindowAxis, windowExtent, windowLimit } from '#circuits/graph/window.js'
import type { OperatorCall } from '#circuits/import/operator-call.js'

/** The window of a node, and how much of the padding after the input only `ceil_mode` asked for. */
export interface ReadWindow {
  readonly window: Window
  readonly ceilPads: Pair
}

/** The window along one spatial axis; `padAfter` includes `ceilPad`, what only `ceil_mode` asked for. */
export interface SpatialAxis extends WindowAxis {
  readonly ceilPad: number
}

/** A window that does nothing. */
export const flatAxis: SpatialAxis = {
  kernel: 1,
  stride: 1,
  dilation: 1,
  padBefore: 0,
  padAfter: 0,
  ceilPad: 0,
}

interface WindowOptions {
  /** The kernel where kernel_shape is left out. */
  readonly kernel: readonly number[] | null
  readonly hasCeilMode: boolean
}

/**
 * Reads kernel_shape, strides, pads, dilations, auto_pad and ceil_mode of a node over an input
 * [1, C, L] or [1, C, H, W] and resolves them into explicit pads. One spatial axis is read as [1, L].
 */
export function readWindow(call: OperatorCall, input: Shape, options: WindowOptions): ReadWindow {
  const axes = input.length - 2
  if (axes !== 1 && axes !== 2) {
    call.unsupported(`has an input ${formatShape(input)}: only one or two spatial axes are supported`)
  }
  const read = readSpatialAxes(call, input.slice(2), options)
  const [vertical, horizontal] = (axes === 1 ? [flatAxis, ...read] : read) as [SpatialAxis, SpatialAxis]
  return {
    window: joinAxes(vertical, horizontal),
    ceilPads: [vertical.ceilPad, horizontal.ceilPad],
  }
}

/** The window of two spatial axes. */
export function joinAxes(vertical: WindowAxis, horizontal: WindowAxis): Window {
  return {
    kernel: [vertical.kernel, horizontal.kernel],
    strides: [vertical.stride, horizontal.stride],
    pads: [vertical.padBefore, horizontal.padBefore, vertical.padAfter, horizontal.padAfter],
    dilations: [vertical.dilation, horizontal.dilation],
  }
}

/** Reads the same attributes for any number of spatial axes, each by itself. */
export function readSpatialAxes(
  call: OperatorCall,
  spatial: readonly number[],
  options: WindowOptions,
): readonly SpatialAxis[] {
  const axes = spatial.length
  const kernel = call.attributes.ints('kernel_shape', options.kernel) ?? call.refuse('lacks kernel_shape')
  if (kernel.length !== axes) call.refuse(`has a kernel ${formatShape(kernel)} for ${axes} spatial axes`)
  const strides = readList(call, 'strides', axes, 1)
  const dilations = readList(call, 'dilations', axes, 1)
  const givenPads = readList(call, 'pads', 2 * axes, 0)
  const autoPad = call.attributes.string('auto_pad', 'NOTSET')
  const ceil = options.hasCeilMode && call.attributes.flag('ceil_mode', false)
  if (givenPads.some((pad) => pad < 0)) call.unsupported('has negative pads')
  if ([...kernel, ...strides, ...dilations].some((value) => value < 1)) {
    call.refuse('has a kernel, stride or dilation below 1')
  }
  // ONNX leaves open whether SAME counts the dilated window; runtimes refuse it or disagree.
  if (autoPad.startsWith('SAME') && dilations.some((dilation) => dilation > 1)) {
    call.unsupported(`has auto_pad "${autoPad}" together with dilations`)
  }
  return spatial.map((length, axis) => {
    const window = { kernel: kernel[axis]!, stride: strides[axis]!, dilation: dilations[axis]! }
    const extent = windowExtent({ ...window, padBefore: 0, padAfter: 0 })
    const given = [givenPads[axis]!, givenPads[axis + axes]!] as const
    const pads = resolveAutoPad(call, autoPad, length, extent, window.stride, given)
    const ceilPad = ceil ? ceilPadding(length, extent, window.stride, pads) : 0
    return { ...window, padBefore: pads[0], padAfter: pads[1] + ceilPad, ceilPad }
  })
}

/** A list attribute of a number for each axis, all the same where it is left out. */
export function readList(
  call: OperatorCall,
  name: string,
  length: number,
  otherwise: number,
): readonly number[] {
  const values = call.attributes.ints(name, null) ?? new Array<number>(length).fill(otherwise)
  if (values.length !== length) call.refuse(`has ${values.length} ${name}, needs ${length}`)
  if (values.some((value) => value > windowLimit)) call.unsupported(`has ${name} beyond ${windowLimit}`)
  return values
}

function resolveAutoPad(
  call: OperatorCall,
  autoPad: string,
  length: number,
  extent: number,
  stride: number,
  pads: Pair,
): Pair {
  if (autoPad === 'NOTSET') return pads
  if (autoPad === 'VALID') return [0, 0]
  if (autoPad !== 'SAME_UPPER' && autoPad !== 'SAME_LOWER') call.refuse(`has auto_pad "${autoPad}"`)
  const total = Math.max(0, (Math.ceil(length / stride) - 1) * stride + extent - length)
  const [less, more] = [Math.floor(total / 2), Math.ceil(total / 2)]
  return autoPad === 'SAME_UPPER' ? [less, more] : [more, less]
}

/** Padding after the input that makes room for the window that `ceil_mode` adds, if any starts before it. */
function ceilPadding(length: number, extent: number, stride: number, pads: Pair): number {
  const room = length + pads[0] + pads[1] - extent
  const last = Math.ceil(room / stride) * stride
  return last > room && last < length + pads[0] ? last - room : 0
}
