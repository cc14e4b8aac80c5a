import type { FloatTensor, Graph } from '#circuits/graph/graph.js'
import { rescaleValue } from '#circuits/qmodel/interpret.js'
import type { QModel } from '#circuits/qmodel/qmodel.js'
import { ofChannel } from '#circuits/qmodel/window.js'
import { counterparts } from '#circuits/quantise/counterparts.js'

/** How far an integer layer is from its float counterpart. */
export interface LayerError {
  readonly name: string
  readonly operator: string
  /** Mean square of the float values over that of the errors, in dB; null where there is no error at all. */
  readonly signalToNoise: number | null
  /** Share of elements that were cut off at the end of their range; null where the layer cuts nothing off. */
  readonly saturated: number | null
}

/** Gathers the errors of every layer that stands for a value of the float graph, but classes and their order. */
export class LayerErrors {
  private readonly tallies

  /** @param graph the float graph that the layers follow */
  constructor(
    graph: Graph,
    private readonly model: QModel,
  ) {
    const real = counterparts(graph, model).filter(
      ({ node }) => node.kind !== 'argMax' && node.kind !== 'topK',
    )
    this.tallies = real.map((pair) => ({ ...pair, signal: 0, noise: 0, cut: 0, count: 0 }))
  }

  /** @param integers the values of every tensor; @param exact the values of the float graph */
  add(integers: readonly Float64Array[], exact: ReadonlyMap<string, FloatTensor>): void {
    for (const tally of this.tallies) {
      const { layer, node } = tally
      const { shape, scales, channelAxis } = this.model.tensors[layer.output]!
      const values = integers[layer.output]!
      const { data } = exact.get(node.output)!
      tally.count += values.length
      for (let i = 0; i < values.length; i++) {
        const scale = scales.length === 1 ? scales[0]! : ofChannel(scales, shape, channelAxis, i)
        tally.signal += data[i]! ** 2
        tally.noise += (values[i]! * scale - data[i]!) ** 2
      }
      if (layer.kind !== 'rescale' || layer.saturate === null) continue
      const { shifts, low, saturate } = layer
      integers[layer.input]!.forEach((x, i) => {
        const open = rescaleValue(x, ofChannel(shifts, shape, layer.channelAxis, i), low, null)
        if (open >= low! + 2 ** saturate) tally.cut++
      })
    }
  }

  results(): LayerError[] {
    return this.tallies.map(({ layer, signal, noise, cut, count }) => ({
      name: layer.name,
      operator: layer.operator,
      signalToNoise: noise === 0 || signal === 0 ? null : 10 * Math.log10(signal / noise),
      saturated: layer.kind === 'rescale' && layer.saturate !== null ? cut / count : null,
    }))
  }
}
