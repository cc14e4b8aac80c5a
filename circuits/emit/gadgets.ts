/** Layers that cost constraints: components of the gadget library, in loops. */
import type { RescaleGadget } from '#circuits/analyse/gadget.js'
import type { Outcome } from '#circuits/analyse/maximum.js'
import { type FoldWidths, type PoolWidths, usedRows } from '#circuits/analyse/pool.js'
import { rescaleOffset } from '#circuits/analyse/trace.js'
import { tapPosition } from '#circuits/emit/affine.js'
import type { EmitContext } from '#circuits/emit/context.js'
import { emitSum, takeBits } from '#circuits/emit/pin.js'
import type { CircomText } from '#circuits/emit/text.js'
import { sizeOf } from '#circuits/graph/graph.js'
import type { QMaxPool, QRescale } from '#circuits/qmodel/qmodel.js'
import { planes } from '#circuits/qmodel/window.js'

type Kind = RescaleGadget['kind']

const gadgetKinds: readonly Kind[] = ['constant', 'identity', 'plain', 'relu']

export function emitRescale(
  context: EmitContext,
  layer: QRescale,
  gadgets: readonly RescaleGadget[],
  isOpen: boolean,
): void {
  const { text } = context
  const input = context.tensor(layer.input)
  const shape = context.shape(layer.output)
  const size = sizeOf(shape)
  const stride = sizeOf(shape.slice(layer.channelAxis + 1))
  const name = context.declare(layer)
  const kinds = gadgetKinds.filter((kind) => gadgets.some((gadget) => gadget.kind === kind))
  text.line(`// ${context.describe(layer)}: ${size} values to their next scale`)
  const table = (label: string, of: (gadget: RescaleGadget) => number) =>
    text.numbersBy(`${name}_${label}`, 'c', gadgets.map(of))
  const bits = table('bits', (gadget) => ('bits' in gadget ? gadget.bits : 0))
  const shift = table('shift', (gadget) => ('shift' in gadget ? gadget.shift : 0))
  const width = kinds.includes('relu')
    ? table('width', (gadget) => ('width' in gadget ? gadget.width : 0))
    : '0'
  const base = kinds.includes('plain') ? table('base', (gadget) => ('base' in gadget ? gadget.base : 0)) : '0'
  const low = table('low', (gadget) => ('low' in gadget ? gadget.low : 0))
  const value = table('value', (gadget) => (gadget.kind === 'constant' ? gadget.value : 0))
  const offset = table('offset', rescaleOffset)
  const shiftless = gadgets.filter((gadget) => gadget.kind === 'relu' && gadget.shift === 0)
  const relus = gadgets.filter((gadget) => gadget.kind === 'relu')
  const allClosed = !isOpen || shiftless.length === relus.length
  const reluOpen = table('open', (gadget) => Number(!allClosed && !shiftless.includes(gadget)))
  const kind = table('kind', (gadget) => gadgetKinds.indexOf(gadget.kind))
  text.line(`var ${name}[${size}];`)
  for (const each of kinds) {
    if (each === 'relu' || each === 'plain') text.line(`component ${name}_${each}[${size}];`)
  }
  text.loops([['i', size]], () => {
    text.line(`var c = (i \\ ${stride}) % ${gadgets.length};`)
    for (const each of kinds) {
      const body = () => {
        if (each === 'constant') text.line(`${name}[i] = ${value};`)
        else if (each === 'identity') text.line(`${name}[i] = ${input}[i];`)
        else {
          const call =
            each === 'relu'
              ? `ReluRescale(${bits}, ${shift}, ${width}, ${reluOpen})`
              : `Rescale(${bits}, ${shift}, ${base}, ${Number(isOpen)})`
          text.line(`${name}_${each}[i] = ${call};`)
          const gadget = `${name}_${each}[i]`
          emitSum(
            text,
            each === 'relu' ? reluOpen : String(Number(isOpen)),
            gadget,
            `${input}[i] + ${offset}`,
            () => {
              if (each === 'relu') takeBits(text, gadget, bits)
              else {
                text.line(`for (var b = 1; b < ${shift}; b++) lowest -= ${gadget}.low[b] * (1 << b);`)
                text.line(`lowest -= (${gadget}.y - ${base}) * (1 << ${shift});`)
              }
            },
          )
          const end = each === 'relu' && low !== '0' ? ` + ${low}` : ''
          text.line(`${name}[i] = ${name}_${each}[i].y${end};`)
        }
      }
      if (kinds.length === 1) body()
      else text.block(`if (${kind} == ${gadgetKinds.indexOf(each)})`, body)
    }
  })
}

export function emitMaxPool(context: EmitContext, layer: QMaxPool, widths: PoolWidths): void {
  const { text } = context
  const input = context.tensor(layer.input)
  const [channels, height, width] = planes(context.shape(layer.input))
  const [, outHeight, outWidth] = planes(context.shape(layer.output))
  const name = context.declare(layer)
  const { window } = layer
  text.line(`// ${context.describe(layer)}: maxima along rows, then along columns`)
  const rows = usedRows(window, height, outHeight).map(Number)
  const used = text.numbersBy(`${name}_used`, 'y', rows)
  emitFold(context, {
    name: `${name}_row`,
    widths: widths.alongRow,
    loops: [
      ['c', channels],
      ['y', height],
      ['x', outWidth],
    ],
    condition: used === '1' ? null : `${used} == 1`,
    kernel: window.kernel[1],
    position: tapPosition(window, 1, 'x', 'k'),
    length: width,
    padded: window.pads[1] > 0 || window.pads[3] > 0,
    source: `${input}[(c * ${height} + y) * ${width} + position]`,
    target: `(c * ${height} + y) * ${outWidth} + x`,
    size: channels * height * outWidth,
  })
  emitFold(context, {
    name,
    widths: widths.alongColumn,
    loops: [
      ['c', channels],
      ['y', outHeight],
      ['x', outWidth],
    ],
    condition: null,
    kernel: window.kernel[0],
    position: tapPosition(window, 0, 'y', 'k'),
    length: height,
    padded: window.pads[0] > 0 || window.pads[2] > 0,
    source: `${name}_row[(c * ${height} + position) * ${outWidth} + x]`,
    target: `(c * ${outHeight} + y) * ${outWidth} + x`,
    size: channels * outHeight * outWidth,
  })
}

/** `best += max(next - best, 0)`; where open, the difference stays an expression. */
function emitComparison(
  text: CircomText,
  isOpen: boolean,
  part: string,
  gain: string,
  bits: string,
  next: string,
): void {
  text.line(`var excess = ${next} - best;`)
  const sum = `excess + (1 << (${bits} - 1))`
  if (isOpen) {
    text.line(`${part} = OpenBits(${bits});`)
    emitSum(text, '1', part, sum, () => takeBits(text, part, bits))
    text.line(`${gain} <== ${part}.high[${bits} - 2] * excess;`)
    text.line(`best += ${gain};`)
  } else {
    text.line(`${part} = PositivePart(${bits});`)
    emitSum(text, '0', part, sum, () => {})
    text.line(`best += ${part}.y;`)
  }
}

interface FoldText {
  readonly name: string
  readonly widths: FoldWidths
  readonly loops: readonly (readonly [string, number])[]
  readonly condition: string | null
  readonly kernel: number
  readonly position: string
  readonly length: number
  readonly padded: boolean
  readonly source: string
  readonly target: string
  readonly size: number
}

/** Numbers by which the text says how a maximum comes about. */
const outcomes: readonly Outcome[] = ['compared', 'best', 'next']

/** `best = max(best, next)` along one axis; a comparator of 0 bits is one that no maximum needs. */
function emitFold(context: EmitContext, fold: FoldText): void {
  const { text } = context
  const { name, kernel } = fold
  const slots = kernel - 1
  const compares = fold.widths.bits.flat().some((bits) => bits > 0)
  const bits = compares
    ? text.numbersBy(`${name}_bits`, `c * ${slots} + k - 1`, fold.widths.bits.flat())
    : '0'
  const isKnown = fold.widths.outcomes.some((outcome) => outcome !== 'compared')
  const slot = `[(${fold.target}) * ${slots} + k - 1]`
  if (isKnown) {
    text.numbers(
      `${name}_known`,
      fold.widths.outcomes.map((outcome) => outcomes.indexOf(outcome)),
    )
  }
  text.line(`var ${name}[${fold.size}];`)
  if (compares) text.line(`component ${name}_part[${fold.size * slots}];`)
  if (compares && fold.widths.open) text.line(`signal ${name}_gain[${fold.size * slots}];`)
  const body = () => {
    text.line('var best = 0;')
    text.line('var started = 0;')
    text.loops([['k', kernel]], () => {
      text.line(`var position = ${fold.position};`)
      const step = () => {
        text.block('if (started == 0)', () => text.line(`best = ${fold.source};`).line('started = 1;'))
        if (isKnown) {
          text.block(`else if (${name}_known${slot} == 2)`, () => text.line(`best = ${fold.source};`))
        }
        if (!compares) return
        const undecided = isKnown ? `${name}_known${slot} == 0` : `${bits} > 0`
        text.block(`else if (${undecided})`, () => {
          emitComparison(
            text,
            fold.widths.open,
            `${name}_part${slot}`,
            `${name}_gain${slot}`,
            bits,
            fold.source,
          )
        })
      }
      if (fold.padded) text.block(`if (position >= 0 && position < ${fold.length})`, step)
      else step()
    })
    text.line(`${name}[${fold.target}] = best;`)
  }
  text.loops(fold.loops, () => {
    if (fold.condition === null) body()
    else text.block(`if (${fold.condition})`, body)
  })
}
