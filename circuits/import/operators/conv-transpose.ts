import type { FloatTensor, Shape } from '#circuits/graph/graph.js'
import { formatShape, sameShape } from '#circuits/graph/shapes.js'
import { type WindowAxis, windowExtent, windowLimit } from '#circuits/graph/window.js'
import type { OperatorCall } from '#circuits/import/operator-call.js'
import { everyPlace, mapAxes } from '#circuits/import/operators/index-map.js'
import { addOverImage } from '#circuits/import/operators/lift.js'
import { joinAxes, readList } from '#circuits/import/operators/window.js'

/** Along one spatial axis: what is cut off or added around the input with zeros between its elements. */
interface Spread {
  readonly kernel: number
  readonly dilation: number
  readonly stride: number
  readonly before: number
  readonly after: number
}

/**
 * ConvTranspose over one or two spatial axes: zeros between the elements of the input, then a convolution with the
 * weight flipped and its channels exchanged.
 */
export function readConvTranspose(call: OperatorCall): void {
  const groups = call.attributes.int('group', 1)
  const shape = call.inputShape(0)
  const weight = call.weights(1, 'weight')
  const axes = shape.length - 2
  if (axes !== 1 && axes !== 2) call.unsupported(`has an input ${formatShape(shape)}`)
  if (weight.shape.length !== shape.length || weight.shape[0] !== shape[1]) {
    call.refuse(`has a weight ${formatShape(weight.shape)} for an input ${formatShape(shape)}`)
  }
  if (!(groups >= 1 && shape[1]! % groups === 0)) {
    call.refuse(`has ${groups} groups for ${shape[1]} channels`)
  }
  const bias = call.optionalInput(2) === null ? null : call.weights(2, 'bias')
  const outputs = weight.shape[1]! * groups
  if (bias !== null && !sameShape(bias.shape, [outputs])) {
    call.refuse(`has a bias ${formatShape(bias.shape)} for ${outputs} outputs`)
  }
  const read = readSpreads(call, shape.slice(2), weight.shape.slice(2))
  const spreads = axes === 1 ? [{ kernel: 1, dilation: 1, stride: 1, before: 0, after: 0 }, ...read] : read
  const [vertical, horizontal] = spreads as [Spread, Spread]
  const flipped = flipWeight(weight, groups, [vertical.kernel, horizontal.kernel])
  addOverImage(call, call.input(0), (input, output, image) => {
    const [rows, columns] = [
      spreadPlaces(call, image[2]!, vertical),
      spreadPlaces(call, image[3]!, horizontal),
    ]
    const map = [[0], everyPlace(image[1]!), rows.places, columns.places]
    if (image[0] !== 1) call.unsupported(`has an input ${formatShape(shape)} with a batch`)
    const spread = mapAxes(call, input, map)
    const window = joinAxes(rows.window, columns.window)
    call.builder.addNode({
      ...call.base,
      kind: 'conv',
      input: spread,
      output,
      weight: flipped,
      bias,
      window,
      groups,
    })
  })
}

function readSpreads(call: OperatorCall, spatial: Shape, weightKernel: Shape): readonly Spread[] {
  const axes = spatial.length
  const kernel = call.attributes.ints('kernel_shape', weightKernel)
  if (!sameShape(kernel, weightKernel)) {
    call.refuse(`has a weight of kernel ${formatShape(weightKernel)}, not ${formatShape(kernel)}`)
  }
  const strides = readList(call, 'strides', axes, 1)
  const dilations = readList(call, 'dilations', axes, 1)
  const pads = readList(call, 'pads', 2 * axes, 0)
  const outputPadding = readList(call, 'output_padding', axes, 0)
  const outputShape = call.attributes.ints('output_shape', null)?.slice(-axes) ?? null
  const autoPad = call.attributes.string('auto_pad', 'NOTSET')
  if (!['NOTSET', 'VALID', 'SAME_UPPER', 'SAME_LOWER'].includes(autoPad))
    call.refuse(`has auto_pad "${autoPad}"`)
  if ([...kernel, ...strides, ...dilations].some((value) => value < 1)) {
    call.refuse('has a kernel, stride or dilation below 1')
  }
  if ([...pads, ...outputPadding].some((value) => value < 0)) call.unsupported('has negative pads')
  return spatial.map((length, axis) => {
    const [stride, dilation] = [strides[axis]!, dilations[axis]!]
    const extent = windowExtent({ kernel: kernel[axis]!, stride, dilation, padBefore: 0, padAfter: 0 })
    const natural = stride * (length - 1) + extent + outputPadding[axis]!
    const wanted = outputShape?.[axis] ?? (autoPad.startsWith('SAME') ? length * stride : null)
    // ONNX asks for length · stride elements even so; onnxruntime makes fewer.
    if (outputShape === null && wanted !== null && natural < wanted) {
      call.unsupported(`has auto_pad "${autoPad}" with a kernel shorter than its stride`)
    }
    const isGiven = wanted === null && autoPad === 'NOTSET'
    const [first, last] = isGiven ? [pads[axis]!, pads[axis + axes]!] : sharePads(natural, wanted, autoPad)
    return {
      kernel: kernel[axis]!,
      dilation,
      stride,
      before: extent - 1 - first,
      after: extent - 1 - last + outputPadding[axis]!,
    }
  })
}

/** Pads that leave `wanted` of `natural` elements; what is wanted beyond them is added after the last. */
function sharePads(natural: number, wanted: number | null, autoPad: string): readonly [number, number] {
  const total = wanted === null ? 0 : natural - wanted
  if (total < 0) return [0, total]
  const [less, more] = [Math.floor(total / 2), Math.ceil(total / 2)]
  return autoPad === 'SAME_UPPER' ? [less, more] : [more, less]
}

/** The input's places with zeros in between, cut where pads reach into them, and the window that slides over them. */
function spreadPlaces(
  call: OperatorCall,
  length: number,
  { kernel, dilation, stride, before, after }: Spread,
): { readonly places: readonly number[]; readonly window: WindowAxis } {
  // Where something is cut off, zeros around go into the map, so that it never gets empty.
  const isCut = before < 0 || after < 0
  const start = isCut ? before : 0
  const count = (length - 1) * stride + 1 + (isCut ? before + after : 0)
  if (count < 1) call.refuse(`has pads that leave nothing of its output`)
  if (count > length * windowLimit) call.unsupported(`spreads its input to ${count} elements`)
  call.builder.claimElements(count)
  const places = Array.from({ length: count }, (_, index) => {
    const at = index - start
    return at >= 0 && at % stride === 0 && at / stride < length ? at / stride : -1
  })
  const pads = isCut ? { padBefore: 0, padAfter: 0 } : { padBefore: before, padAfter: after }
  return { places, window: { kernel, stride: 1, dilation, ...pads } }
}

/** [C, M/groups, kH, kW] of a transposed convolution as [M, C/groups, kH, kW] of the plain one. */
function flipWeight(weight: FloatTensor, groups: number, kernel: readonly [number, number]): FloatTensor {
  const [channels, perGroup] = weight.shape as readonly [number, number]
  const taps = kernel[0] * kernel[1]
  const inputsPerGroup = channels / groups
  const data = new Float32Array(weight.data.length)
  for (let channel = 0; channel < channels; channel++) {
    const group = Math.floor(channel / inputsPerGroup)
    for (let output = 0; output < perGroup; output++) {
      const from = (channel * perGroup + output) * taps
      const to = ((group * perGroup + output) * inputsPerGroup + (channel % inputsPerGroup)) * taps
      // Taps in row-major order: reversed, both axes are flipped.
      for (let tap = 0; tap < taps; tap++) data[to + tap] = weight.data[from + taps - 1 - tap]!
    }
  }
  return { shape: [perGroup * groups, inputsPerGroup, ...kernel], data }
}
