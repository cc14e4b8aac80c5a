import { type FloatTensor, type Shape, sizeOf } from '#circuits/graph/graph.js'
import { formatShape } from '#circuits/graph/shapes.js'
import type { OperatorCall } from '#circuits/import/operator-call.js'
import { type AxisMap, everyPlace, mapAxes } from '#circuits/import/operators/index-map.js'
import { addStep, finish, transposeStep } from '#circuits/import/operators/steps.js'

/** How each axis is resized: to how many elements, and the scale that coordinates are computed with. */
interface Resizing {
  readonly lengths: Shape
  readonly scales: readonly number[]
}

/** Where a place of the output lies in the input, by Resize's coordinate_transformation_mode. */
type Coordinates = (place: number, length: number, resized: number, scale: number) => number

/** Upsample: nearest or linear, coordinates asymmetric; scales as an attribute before opset 9. */
export function readUpsample(call: OperatorCall): void {
  const shape = call.inputShape(0)
  if (call.opset > 9) call.unsupported('is no operator from opset 10')
  const scales =
    call.opset < 9
      ? (call.attributes.floats('scales', null) ?? call.refuse('lacks its scales'))
      : readScales(call, 1)
  if (scales === null) call.refuse('lacks its scales')
  const mode = call.attributes.string('mode', 'nearest')
  apply(call, mode, byScales(call, shape, scales), asymmetric, 'floor')
}

/** Resize of opset 10: as Upsample, and it may shrink. */
export function readSimpleResize(call: OperatorCall): void {
  const scales = readScales(call, 1) ?? call.refuse('lacks its scales')
  const mode = call.attributes.string('mode', 'nearest')
  apply(call, mode, byScales(call, call.inputShape(0), scales), asymmetric, 'simple')
}

/** Resize from opset 11: scales or sizes, with ways to compute coordinates and (from 18) axes and antialias. */
export function readResize(call: OperatorCall): void {
  const shape = call.inputShape(0)
  const { attributes } = call
  const mode = attributes.string('mode', 'nearest')
  const nearestMode = attributes.string('nearest_mode', 'round_prefer_floor')
  const transformation = attributes.string('coordinate_transformation_mode', 'half_pixel')
  attributes.float('extrapolation_value', 0)
  attributes.float('cubic_coeff_a', -0.75)
  if (attributes.flag('exclude_outside', false)) call.unsupported('has exclude_outside')
  if (attributes.flag('antialias', false)) call.unsupported('has antialias')
  const policy = attributes.string('keep_aspect_ratio_policy', 'stretch')
  if (policy !== 'stretch') call.unsupported(`has keep_aspect_ratio_policy "${policy}"`)
  const axes = attributes.ints('axes', everyPlace(shape.length)).map((axis) => call.axis(axis, shape.length))
  const coordinates = transformations[transformation]
  if (coordinates === undefined) call.unsupported(`has coordinate_transformation_mode "${transformation}"`)
  const spread = (values: readonly number[], others: readonly number[]): readonly number[] => {
    if (values.length !== axes.length)
      call.refuse(`has ${values.length} scales or sizes for ${axes.length} axes`)
    return others.map((other, axis) => values[axes.indexOf(axis)] ?? other)
  }
  const scales = readScales(call, 2)
  if (scales !== null) {
    const all = spread(
      scales,
      shape.map(() => 1),
    )
    apply(call, mode, byScales(call, shape, all), coordinates, nearestMode)
    return
  }
  const sizes = call.optionalIntegers(3, 'sizes') ?? call.refuse('has neither scales nor sizes')
  const lengths = spread(sizes, shape)
  const factors = lengths.map((length, axis) => Math.fround(length / shape[axis]!))
  apply(call, mode, { lengths, scales: factors }, coordinates, nearestMode)
}

/** The scales of an input, null where it is left out or empty. */
function readScales(call: OperatorCall, index: number): readonly number[] | null {
  const constant = call.optionalConstant(index, 'scales')
  return constant === null || constant.data.length === 0 ? null : Array.from(constant.data)
}

function byScales(call: OperatorCall, shape: Shape, scales: readonly number[]): Resizing {
  if (scales.length !== shape.length || !scales.every((scale) => scale > 0)) {
    call.refuse(`has scales ${formatShape(scales)} for an input ${formatShape(shape)}`)
  }
  return { lengths: shape.map((length, axis) => Math.floor(Math.fround(length * scales[axis]!))), scales }
}

const asymmetric: Coordinates = (place, _length, _resized, scale) => place / scale

const transformations: Readonly<Record<string, Coordinates>> = {
  asymmetric,
  half_pixel: (place, _length, _resized, scale) => (place + 0.5) / scale - 0.5,
  half_pixel_symmetric: (place, length, resized, scale) => {
    const center = length / 2
    const offset = center * (1 - resized / (scale * length))
    return offset + (place + 0.5) / scale - 0.5
  },
  pytorch_half_pixel: (place, _length, resized, scale) => (resized > 1 ? (place + 0.5) / scale - 0.5 : 0),
  align_corners: (place, length, resized) => (resized === 1 ? 0 : (place * (length - 1)) / (resized - 1)),
  tf_half_pixel_for_nn: (place, _length, _resized, scale) => (place + 0.5) / scale,
}

/** By Resize's nearest_mode; `simple` is what it did before there was a choice. */
const roundings: Readonly<Record<string, (place: number, scale: number) => number>> = {
  simple: (place, scale) => (scale < 1 ? Math.ceil(place) : Math.floor(place)),
  round_prefer_floor: (place) => Math.ceil(place - 0.5),
  round_prefer_ceil: (place) => Math.floor(place + 0.5),
  floor: Math.floor,
  ceil: Math.ceil,
}

function apply(
  call: OperatorCall,
  mode: string,
  { lengths, scales }: Resizing,
  coordinates: Coordinates,
  nearestMode: string,
): void {
  const shape = call.inputShape(0)
  if (!lengths.every((length) => Number.isSafeInteger(length) && length >= 1)) {
    call.refuse(`resizes ${formatShape(shape)} to ${formatShape(lengths)}`)
  }
  call.builder.claimElements(sizeOf(lengths))
  const places = lengths.map((length, axis) => {
    const from = shape[axis]!
    return Array.from({ length }, (_, place) =>
      length === from && scales[axis] === 1 ? place : coordinates(place, from, length, scales[axis]!),
    )
  })
  if (mode === 'nearest') {
    const round = roundings[nearestMode] ?? call.refuse(`has nearest_mode "${nearestMode}"`)
    const map: AxisMap = places.map((axisPlaces, axis) => {
      return axisPlaces.map((place) => Math.min(Math.max(round(place, scales[axis]!), 0), shape[axis]! - 1))
    })
    finish(call, mapAxes(call, call.input(0), map))
    return
  }
  if (mode !== 'linear') call.unsupported(`has mode "${mode}"`)
  let value = call.input(0)
  for (const [axis, axisPlaces] of places.entries()) value = interpolateAxis(call, value, axis, axisPlaces)
  finish(call, value)
}

/** Linear interpolation along one axis as a product with a constant matrix; beyond the ends the end's element counts. */
function interpolateAxis(call: OperatorCall, name: string, axis: number, places: readonly number[]): string {
  const shape = call.builder.shapeOf(name)
  const length = shape[axis]!
  if (places.length === length && places.every((place, index) => place === index)) return name
  call.builder.claimElements(places.length * length)
  const data = new Float32Array(places.length * length)
  for (const [row, place] of places.entries()) {
    const inside = Math.min(Math.max(place, 0), length - 1)
    const low = Math.min(Math.floor(inside), length - 1)
    const high = Math.min(low + 1, length - 1)
    data[row * length + low]! += 1 - (inside - low)
    data[row * length + high]! += inside - low
  }
  const weight: FloatTensor = { shape: [places.length, length], data }
  // The axis goes last and back: both orders swap two axes.
  const swap = everyPlace(shape.length)
    .with(axis, shape.length - 1)
    .with(-1, axis)
  const turned = transposeStep(call, name, swap)
  return transposeStep(call, addStep(call, { kind: 'dense', input: turned, weight, bias: null }), swap)
}
