import type { Element, WireTable } from '#circuits/analyse/element.js'
import { GadgetSums } from '#circuits/analyse/form.js'
import { MaximumStage, type Outcome } from '#circuits/analyse/maximum.js'
import type { Window } from '#circuits/graph/graph.js'

/** Comparators of one direction of a max-pool. */
export interface FoldWidths {
  /** By [channel][position in the window's row or column, from the second]. */
  readonly bits: readonly (readonly number[])[]
  /** By [result, as tensors lie][position in the window from the second]; padding counts as compared. */
  readonly outcomes: readonly Outcome[]
  /** Whether they take differences as expressions, see {@link GadgetSums}. */
  readonly open: boolean
}

/** Comparator widths of a max-pool. */
export interface PoolWidths {
  readonly alongRow: FoldWidths
  readonly alongColumn: FoldWidths
}

export interface TracedPool {
  readonly widths: PoolWidths
  readonly constraints: number
  readonly elements: readonly Element[]
}

/** Whether row `y` of the input lies in any window. */
export function usedRows(window: Window, height: number, outHeight: number): boolean[] {
  const used = new Array<boolean>(height).fill(false)
  for (let row = 0; row < outHeight; row++) {
    for (let i = 0; i < window.kernel[0]; i++) {
      const y = row * window.strides[0] - window.pads[0] + i * window.dilations[0]
      if (y >= 0 && y < height) used[y] = true
    }
  }
  return used
}

/**
 * A max-pool as two folds: maxima along each row, shared by all windows that contain them, then along columns.
 * @param elements [channels · height · width]
 */
export function tracePool(
  window: Window,
  elements: readonly Element[],
  [channels, height, width]: readonly [number, number, number],
  [outHeight, outWidth]: readonly [number, number],
  wires: WireTable,
): TracedPool {
  const rows = usedRows(window, height, outHeight)
  const rowFold = fold({
    channels,
    lines: height,
    outputs: outWidth,
    kernel: window.kernel[1],
    skip: (line) => !rows[line],
    position: (output, k) => output * window.strides[1] - window.pads[1] + k * window.dilations[1],
    length: width,
    at: (c, line, position) => elements[(c * height + line) * width + position]!,
    wires,
  })
  const columnFold = fold({
    channels,
    lines: outWidth,
    outputs: outHeight,
    kernel: window.kernel[0],
    skip: () => false,
    position: (output, k) => output * window.strides[0] - window.pads[0] + k * window.dilations[0],
    length: height,
    at: (c, line, position) => rowFold.results[(c * height + position) * outWidth + line]!,
    wires,
  })
  const slots = window.kernel[0] - 1
  const result: Element[] = []
  const outcomes: Outcome[] = []
  for (let c = 0; c < channels; c++) {
    for (let y = 0; y < outHeight; y++) {
      for (let x = 0; x < outWidth; x++) {
        const at = (c * outWidth + x) * outHeight + y
        result.push(columnFold.results[at]!)
        outcomes.push(...columnFold.widths.outcomes.slice(at * slots, (at + 1) * slots))
      }
    }
  }
  return {
    widths: { alongRow: rowFold.widths, alongColumn: { ...columnFold.widths, outcomes } },
    constraints: rowFold.constraints + columnFold.constraints,
    elements: result,
  }
}

interface Fold {
  readonly channels: number
  readonly lines: number
  readonly outputs: number
  readonly kernel: number
  readonly length: number
  readonly wires: WireTable
  skip(line: number): boolean
  position(output: number, k: number): number
  at(channel: number, line: number, position: number): Element
}

/** Left fold of the maximum over each window of a line; results by [channel][line][output]. */
function fold(options: Fold) {
  const { channels, lines, outputs, kernel, wires } = options
  const results = new Array<Element | undefined>(channels * lines * outputs)
  const widths: number[][] = Array.from({ length: channels }, () => [])
  const outcomes = new Array<Outcome>(results.length * (kernel - 1)).fill('compared')
  const excesses = new GadgetSums()
  let constraints = 0
  for (let k = 0; k < kernel; k++) {
    const stage = new MaximumStage(channels, wires, excesses)
    const targets: number[] = []
    for (let c = 0; c < channels; c++) {
      for (let line = 0; line < lines; line++) {
        if (options.skip(line)) continue
        for (let output = 0; output < outputs; output++) {
          const position = options.position(output, k)
          if (position < 0 || position >= options.length) continue
          const target = (c * lines + line) * outputs + output
          const next = options.at(c, line, position)
          const best = results[target]
          if (best === undefined) {
            results[target] = next
          } else {
            outcomes[target * (kernel - 1) + k - 1] = stage.compare(c, best, next)
            targets.push(target)
          }
        }
      }
    }
    stage.finish().forEach((element, i) => {
      results[targets[i]!] = element
    })
    if (k > 0) {
      stage.widths.forEach((width, c) => {
        widths[c]!.push(width)
      })
    }
    constraints += stage.constraints
  }
  const { open } = excesses
  return {
    results,
    widths: { bits: widths, outcomes, open },
    constraints: constraints + excesses.constraints,
  }
}
