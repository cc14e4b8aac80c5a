/** Forms of the affine layers: what circom sees when it has inlined a layer's sums. */
import { constantElement, type Element, formElement, type WireTable } from '#circuits/analyse/element.js'
import { FormSum } from '#circuits/analyse/form.js'
import { sizeOf } from '#circuits/graph/graph.js'
import type {
  QCombine,
  QConv,
  QDense,
  QLayer,
  QReindex,
  QTensor,
  QWindowSum,
} from '#circuits/qmodel/qmodel.js'
import { channelOf, forWindow, planes } from '#circuits/qmodel/window.js'

export type AffineLayer = QConv | QDense | QCombine | QWindowSum | QReindex

const affineKinds: ReadonlySet<QLayer['kind']> = new Set(['conv', 'dense', 'combine', 'windowSum', 'reindex'])

export function isAffine(layer: QLayer): layer is AffineLayer {
  return affineKinds.has(layer.kind)
}

type Elements = readonly (readonly Element[])[]

/** The elements of an affine layer's result, from those of the tensors it reads. */
export function traceAffine(
  layer: AffineLayer,
  tensors: readonly QTensor[],
  elements: Elements,
  wires: WireTable,
): Element[] {
  const sum = new FormSum()
  const finish = () => formElement(sum.finish(), wires)
  switch (layer.kind) {
    case 'conv':
      return traceConv(layer, tensors, elements[layer.input]!, sum, finish)
    case 'dense':
      return traceDense(layer, elements[layer.input]!, sum, finish)
    case 'windowSum':
      return traceWindowSum(layer, tensors, elements[layer.input]!, sum, finish)
    case 'combine':
      return traceCombine(layer, tensors, elements, sum, finish)
    case 'reindex':
      return traceReindex(layer, elements)
  }
}

function traceReindex({ inputs, indices, fill }: QReindex, elements: Elements): Element[] {
  const all = inputs.length === 1 ? elements[inputs[0]!]! : inputs.flatMap((id) => elements[id]!)
  return Array.from(indices, (index) => (index < 0 ? constantElement(fill) : all[index]!))
}

function traceConv(
  layer: QConv,
  tensors: readonly QTensor[],
  input: readonly Element[],
  sum: FormSum,
  finish: () => Element,
): Element[] {
  const [, height, width] = planes(tensors[layer.input]!.shape)
  const [outputs, outHeight, outWidth] = planes(tensors[layer.output]!.shape)
  const channels = layer.weightShape[1]!
  const area = layer.window.kernel[0] * layer.window.kernel[1]
  const result: Element[] = []
  for (let o = 0; o < outputs; o++) {
    const first = Math.floor(o / (outputs / layer.groups)) * channels
    for (let row = 0; row < outHeight; row++) {
      for (let column = 0; column < outWidth; column++) {
        sum.start(layer.bias[o]!)
        for (let c = 0; c < channels; c++) {
          forWindow(layer.window, [height, width], row, column, (y, x, tap) => {
            const weight = layer.weight[(o * channels + c) * area + tap]!
            sum.add(input[((first + c) * height + y) * width + x]!.form, weight)
          })
        }
        result.push(finish())
      }
    }
  }
  return result
}

function traceDense(
  layer: QDense,
  input: readonly Element[],
  sum: FormSum,
  finish: () => Element,
): Element[] {
  const [outputs, depth] = layer.weightShape as [number, number]
  const result: Element[] = []
  for (let row = 0; row < input.length / depth; row++) {
    for (let n = 0; n < outputs; n++) {
      sum.start(layer.bias[n]!)
      for (let k = 0; k < depth; k++) sum.add(input[row * depth + k]!.form, layer.weight[n * depth + k]!)
      result.push(finish())
    }
  }
  return result
}

function traceWindowSum(
  layer: QWindowSum,
  tensors: readonly QTensor[],
  input: readonly Element[],
  sum: FormSum,
  finish: () => Element,
): Element[] {
  const [channels, height, width] = planes(tensors[layer.input]!.shape)
  const [, outHeight, outWidth] = planes(tensors[layer.output]!.shape)
  const result: Element[] = []
  for (let c = 0; c < channels; c++) {
    for (let row = 0; row < outHeight; row++) {
      for (let column = 0; column < outWidth; column++) {
        const factor = layer.factors[row * outWidth + column]!
        sum.start(0)
        forWindow(layer.window, [height, width], row, column, (y, x) => {
          sum.add(input[(c * height + y) * width + x]!.form, factor)
        })
        result.push(finish())
      }
    }
  }
  return result
}

function traceCombine(
  layer: QCombine,
  tensors: readonly QTensor[],
  elements: Elements,
  sum: FormSum,
  finish: () => Element,
): Element[] {
  const { shape } = tensors[layer.output]!
  const result: Element[] = []
  for (let i = 0; i < sizeOf(shape); i++) {
    sum.start(layer.constant?.[i] ?? 0)
    for (const { input, factors } of layer.terms) {
      const factor = factors.length === 1 ? factors[0]! : factors[channelOf(shape, layer.channelAxis, i)]!
      sum.add(elements[input]![i]!.form, factor)
    }
    result.push(finish())
  }
  return result
}
