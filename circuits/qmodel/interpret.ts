/**
 * The integer interpreter: the specification of a quantised model. Values are integers held in doubles, exact
 * because the verifier bounds every accumulator below 2^53; nothing here rounds except `rescale`, as defined.
 */
import { sizeOf, type Window } from '#circuits/graph/graph.js'
import type {
  QArgMax,
  QCombine,
  QConv,
  QDense,
  QLayer,
  QLayerKind,
  QMatMul,
  QMaxPool,
  QModel,
  QReindex,
  QRescale,
  QTable,
  QTensor,
  QTopK,
  QWindowSum,
} from '#circuits/qmodel/qmodel.js'
import { forWindow, ofChannel, planes } from '#circuits/qmodel/window.js'

type Values = readonly Float64Array[]
type Step<L extends QLayer> = (layer: L, tensors: readonly QTensor[], values: Values) => Float64Array

/** Output positions along an axis whose tap lies inside the input: first and past the last. */
function insideRange(
  window: Window,
  axis: 0 | 1,
  tap: number,
  length: number,
  outputs: number,
): [number, number] {
  const shift = window.pads[axis] - tap * window.dilations[axis]
  const stride = window.strides[axis]
  return [
    Math.max(0, Math.ceil(shift / stride)),
    Math.min(outputs, Math.floor((length - 1 + shift) / stride) + 1),
  ]
}

/** One pass over the output plane per tap, so that the innermost loop runs along rows. */
function conv(layer: QConv, tensors: readonly QTensor[], values: Values): Float64Array {
  const input = values[layer.input]!
  const [, height, width] = planes(tensors[layer.input]!.shape)
  const shape = tensors[layer.output]!.shape
  const [outputs, outHeight, outWidth] = planes(shape)
  const channels = layer.weightShape[1]!
  const { window } = layer
  const [strideY, strideX] = window.strides
  const result = new Float64Array(sizeOf(shape))
  for (let o = 0; o < outputs; o++) {
    const plane = o * outHeight * outWidth
    result.fill(layer.bias[o]!, plane, plane + outHeight * outWidth)
    const firstChannel = Math.floor(o / (outputs / layer.groups)) * channels
    let tap = o * channels * window.kernel[0] * window.kernel[1]
    for (let c = 0; c < channels; c++) {
      for (let i = 0; i < window.kernel[0]; i++) {
        const [top, bottom] = insideRange(window, 0, i, height, outHeight)
        for (let j = 0; j < window.kernel[1]; j++) {
          const weight = layer.weight[tap++]!
          if (weight === 0) continue
          const [left, right] = insideRange(window, 1, j, width, outWidth)
          for (let y = top; y < bottom; y++) {
            const row = (firstChannel + c) * height + y * strideY - window.pads[0] + i * window.dilations[0]
            const from = row * width - window.pads[1] + j * window.dilations[1]
            const to = plane + y * outWidth
            for (let x = left; x < right; x++) result[to + x]! += weight * input[from + x * strideX]!
          }
        }
      }
    }
  }
  return result
}

function dense(layer: QDense, tensors: readonly QTensor[], values: Values): Float64Array {
  const input = values[layer.input]!
  const [outputs, depth] = layer.weightShape as [number, number]
  const result = new Float64Array(sizeOf(tensors[layer.output]!.shape))
  const rows = input.length / depth
  for (let row = 0; row < rows; row++) {
    for (let n = 0; n < outputs; n++) {
      let sum = layer.bias[n]!
      for (let k = 0; k < depth; k++) sum += layer.weight[n * depth + k]! * input[row * depth + k]!
      result[row * outputs + n] = sum
    }
  }
  return result
}

function combine(layer: QCombine, tensors: readonly QTensor[], values: Values): Float64Array {
  const { shape } = tensors[layer.output]!
  const result = new Float64Array(sizeOf(shape))
  if (layer.constant) result.set(layer.constant)
  for (const { input, factors } of layer.terms) {
    const term = values[input]!
    for (let i = 0; i < result.length; i++) {
      const factor = ofChannel(factors, shape, layer.channelAxis, i)
      result[i] = result[i]! + factor * term[i]!
    }
  }
  return result
}

function windowSum(layer: QWindowSum, tensors: readonly QTensor[], values: Values): Float64Array {
  const input = values[layer.input]!
  const [channels, height, width] = planes(tensors[layer.input]!.shape)
  const [, outHeight, outWidth] = planes(tensors[layer.output]!.shape)
  const result = new Float64Array(channels * outHeight * outWidth)
  let at = 0
  for (let c = 0; c < channels; c++) {
    for (let row = 0; row < outHeight; row++) {
      for (let column = 0; column < outWidth; column++) {
        let sum = 0
        forWindow(layer.window, [height, width], row, column, (y, x) => {
          sum += input[(c * height + y) * width + x]!
        })
        result[at++] = sum * layer.factors[row * outWidth + column]!
      }
    }
  }
  return result
}

function reindex(layer: QReindex, _tensors: readonly QTensor[], values: Values): Float64Array {
  const inputs = layer.inputs.map((id) => values[id]!)
  const all = inputs.length === 1 ? inputs[0]! : Float64Array.from(inputs.flatMap((each) => Array.from(each)))
  return Float64Array.from(layer.indices, (index) => (index < 0 ? layer.fill : all[index]!))
}

function maxPool(layer: QMaxPool, tensors: readonly QTensor[], values: Values): Float64Array {
  const input = values[layer.input]!
  const [channels, height, width] = planes(tensors[layer.input]!.shape)
  const [, outHeight, outWidth] = planes(tensors[layer.output]!.shape)
  const result = new Float64Array(channels * outHeight * outWidth)
  let at = 0
  for (let c = 0; c < channels; c++) {
    for (let row = 0; row < outHeight; row++) {
      for (let column = 0; column < outWidth; column++) {
        let largest = Number.NEGATIVE_INFINITY
        forWindow(layer.window, [height, width], row, column, (y, x) => {
          largest = Math.max(largest, input[(c * height + y) * width + x]!)
        })
        result[at++] = largest
      }
    }
  }
  return result
}

/** floor((x + 2^(shift-1)) / 2^shift), clamped as the layer says; a shift of 0 leaves x. */
export function rescaleValue(x: number, shift: number, low: number | null, saturate: number | null): number {
  const divisor = 2 ** shift
  const rounded = shift === 0 ? x : Math.floor((x + divisor / 2) / divisor)
  if (low === null) return rounded
  const bounded = Math.max(rounded, low)
  return saturate === null ? bounded : Math.min(bounded, low + 2 ** saturate - 1)
}

function rescale(layer: QRescale, tensors: readonly QTensor[], values: Values): Float64Array {
  const { shape } = tensors[layer.output]!
  const { shifts, channelAxis, low, saturate } = layer
  return values[layer.input]!.map((x, i) =>
    rescaleValue(x, ofChannel(shifts, shape, channelAxis, i), low, saturate),
  )
}

function table(layer: QTable, tensors: readonly QTensor[], values: Values): Float64Array {
  const { shape } = tensors[layer.output]!
  const { shifts, channelAxis, low, bits, tables } = layer
  return values[layer.input]!.map((x, i) => {
    const key = rescaleValue(x, ofChannel(shifts, shape, channelAxis, i), low, bits)
    return ofChannel(tables, shape, channelAxis, i)[key - low]!
  })
}

function matMul(
  { left, right, batch, rows, depth, columns }: QMatMul,
  _tensors: readonly QTensor[],
  values: Values,
): Float64Array {
  const [a, b] = [values[left]!, values[right]!]
  const result = new Float64Array(batch * rows * columns)
  for (let at = 0; at < result.length; at++) {
    const column = at % columns
    const row = Math.floor(at / columns)
    const matrix = Math.floor(row / rows)
    for (let k = 0; k < depth; k++) {
      result[at]! += a[row * depth + k]! * b[(matrix * depth + k) * columns + column]!
    }
  }
  return result
}

/** The rows of a tensor along its last axis. */
function rowsOf(tensor: QTensor, values: Float64Array): Float64Array[] {
  const length = tensor.shape.at(-1) ?? 1
  return Array.from({ length: values.length / length }, (_, row) =>
    values.subarray(row * length, (row + 1) * length),
  )
}

function topK({ input, count }: QTopK, tensors: readonly QTensor[], values: Values): Float64Array {
  const rows = rowsOf(tensors[input]!, values[input]!)
  return Float64Array.from(
    rows.flatMap((row) => Array.from(row.toSorted((a, b) => b - a).subarray(0, count))),
  )
}

function argMax(layer: QArgMax, tensors: readonly QTensor[], values: Values): Float64Array {
  const rows = rowsOf(tensors[layer.input]!, values[layer.input]!)
  return Float64Array.from(rows, (row) => {
    const largest = row.reduce((most, value) => Math.max(most, value))
    return layer.selectLast ? row.lastIndexOf(largest) : row.indexOf(largest)
  })
}

const steps: { readonly [K in QLayerKind]: Step<Extract<QLayer, { kind: K }>> } = {
  conv,
  dense,
  combine,
  windowSum,
  reindex,
  matMul,
  maxPool,
  rescale,
  table,
  topK,
  argMax,
}

/** The values of a layer's output, from those of the tensors before it. */
export function interpretLayer(
  layer: QLayer,
  tensors: readonly QTensor[],
  values: readonly Float64Array[],
): Float64Array {
  const step = steps[layer.kind] as Step<QLayer>
  return step(layer, tensors, values)
}

/** One inference: the values of every tensor. */
function interpretOne(model: QModel, inputs: readonly Float64Array[]): Float64Array[] {
  const values = new Array<Float64Array>(model.tensors.length)
  model.inputs.forEach((input, i) => {
    values[input.tensor] = inputs[i]!
  })
  for (const layer of model.layers) {
    values[layer.output] = interpretLayer(layer, model.tensors, values)
  }
  return values
}

/**
 * Runs the model on integers.
 * @param inputs one array per model input, in order, row-major, within the input's range
 * @returns the values of every tensor, by tensor id; those of a batch one after the other
 */
export function interpretIntegers(model: QModel, inputs: readonly Float64Array[]): Float64Array[] {
  if (model.batch === 1) return interpretOne(model, inputs)
  const runs = Array.from({ length: model.batch }, (_, row) =>
    interpretOne(
      model,
      inputs.map((all) => {
        const size = all.length / model.batch
        return all.subarray(row * size, (row + 1) * size)
      }),
    ),
  )
  return model.tensors.map(({ shape }, id) => {
    const all = new Float64Array(model.batch * sizeOf(shape))
    runs.forEach((values, row) => {
      all.set(values[id]!, row * sizeOf(shape))
    })
    return all
  })
}
