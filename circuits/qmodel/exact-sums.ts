import { sizeOf } from '#circuits/graph/graph.js'
import type { QLayer, QTensor } from '#circuits/qmodel/qmodel.js'
import { channelOf } from '#circuits/qmodel/window.js'

/**
 * An upper bound of every partial sum that a layer forms, in any order, in magnitude. Doubles are exact up to 2^53,
 * so below that the interpreter is; the range of the result alone does not tell, since terms may cancel.
 */
export function largestPartialSum(layer: QLayer, tensors: readonly QTensor[]): number {
  const magnitude = (id: number) => Math.max(Math.abs(tensors[id]!.lo), Math.abs(tensors[id]!.hi))
  switch (layer.kind) {
    case 'conv':
    case 'dense': {
      const most = magnitude(layer.input)
      const length = sizeOf(layer.weightShape.slice(1))
      return layer.bias.reduce((largest, bias, channel) => {
        let sum = Math.abs(bias)
        for (let i = channel * length; i < (channel + 1) * length; i++)
          sum += Math.abs(layer.weight[i]!) * most
        return Math.max(largest, sum)
      }, 0)
    }
    case 'combine': {
      const { shape } = tensors[layer.output]!
      const terms = layer.terms.map(({ input, factors }) => ({ factors, most: magnitude(input) }))
      let largest = 0
      for (let i = 0; i < sizeOf(shape); i++) {
        const channel = channelOf(shape, layer.channelAxis, i)
        let sum = Math.abs(layer.constant?.[i] ?? 0)
        for (const { factors, most } of terms) {
          sum += Math.abs(factors.length === 1 ? factors[0]! : factors[channel]!) * most
        }
        largest = Math.max(largest, sum)
      }
      return largest
    }
    case 'windowSum': {
      const factor = layer.factors.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0)
      return sizeOf(layer.window.kernel) * magnitude(layer.input) * Math.max(1, factor)
    }
    case 'matMul':
      return layer.depth * magnitude(layer.left) * magnitude(layer.right)
    case 'rescale':
    case 'table':
      return magnitude(layer.input) + 2 ** Math.max(0, ...layer.shifts)
    case 'reindex':
      return Math.max(...layer.inputs.map(magnitude))
    case 'maxPool':
    case 'topK':
    case 'argMax':
      return magnitude(layer.input)
  }
}
