import type { Element, WireTable } from '#circuits/analyse/element.js'
import type { Interval } from '#circuits/analyse/form.js'
import { signalElement, sumElement } from '#circuits/analyse/fresh-element.js'
import type { QConv, QTensor } from '#circuits/qmodel/qmodel.js'
import { forWindow, planes } from '#circuits/qmodel/window.js'

/** What is known of each input of one window, in the order of the weights; padding is 0. */
export function convTaps(
  layer: QConv,
  tensors: readonly QTensor[],
  values: readonly (number | null)[],
  group: number,
  row: number,
  column: number,
): (number | null)[] {
  const [, height, width] = planes(tensors[layer.input]!.shape)
  const channels = layer.weightShape[1]!
  const area = layer.window.kernel[0] * layer.window.kernel[1]
  const taps = new Array<number | null>(channels * area).fill(0)
  for (let c = 0; c < channels; c++) {
    forWindow(layer.window, [height, width], row, column, (y, x, tap) => {
      taps[c * area + tap] = values[((group * channels + c) * height + y) * width + x]!
    })
  }
  return taps
}

/**
 * Results without any product, since all their inputs are numbers: sums of weights and the bias, or the bias as it
 * stands. Those of one channel on the same numbers are one and the same sum, which circom sees when they meet.
 */
export class KnownSums {
  private readonly elements = new Map<string, Element>()

  constructor(
    private readonly capacity: Interval,
    private readonly wires: WireTable,
  ) {}

  of(channel: number, taps: readonly (number | null)[]): Element {
    const key = `${channel}:${taps}`
    const known = this.elements.get(key)
    if (known) return known
    const make = taps.every((tap) => tap === 0) ? signalElement : sumElement
    const element = make(this.capacity, this.wires)
    this.elements.set(key, element)
    return element
  }
}
