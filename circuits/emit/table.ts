import { type TableGadget, tableOffset } from '#circuits/analyse/table.js'
import type { EmitContext } from '#circuits/emit/context.js'
import { emitSum, takeBits } from '#circuits/emit/pin.js'
import { sizeOf } from '#circuits/graph/graph.js'
import type { QTable } from '#circuits/qmodel/qmodel.js'

/** `Table` on every element; tables that several channels share are written once. */
export function emitTable(
  context: EmitContext,
  layer: QTable,
  gadgets: readonly TableGadget[],
  isOpen: boolean,
): void {
  const { text } = context
  const input = context.tensor(layer.input)
  const shape = context.shape(layer.output)
  const size = sizeOf(shape)
  const stride = sizeOf(shape.slice(layer.channelAxis + 1))
  const name = context.declare(layer)
  text.line(`// ${context.describe(layer)}: ${size} values of a function given by its table`)
  const of = (label: string, number: (gadget: LookUpGadget) => number, otherwise = 0) =>
    text.numbersBy(
      `${name}_${label}`,
      'c',
      gadgets.map((gadget) => (gadget.kind === 'lookUp' ? number(gadget) : otherwise)),
    )
  const lookUps = gadgets.filter((gadget) => gadget.kind === 'lookUp')
  const tables = [...new Map(lookUps.map(({ entries }) => [entries.join(), entries])).values()]
  const keys = tables.map((entries) => entries.join())
  const groups = [...new Set(lookUps.map(({ keyBits }) => keyBits))]
  const bits = of('bits', (gadget) => gadget.bits)
  const shift = of('shift', (gadget) => gadget.shift)
  const position = of('position', (gadget) => gadget.position)
  const lowBits = of('lowBits', (gadget) => gadget.lowBits)
  const offset = of('offset', tableOffset)
  const least = text.numbersBy(
    `${name}_least`,
    'c',
    gadgets.map((gadget) => (gadget.kind === 'lookUp' ? gadget.least : gadget.value)),
  )
  const open = of(
    'open',
    ({ shift }) => Number(isOpen && shift > 0),
    Number(isOpen && lookUps.some((gadget) => gadget.shift > 0)),
  )
  const keyBits = of('keyBits', (gadget) => gadget.keyBits)
  for (const width of groups) {
    const own = tables.filter((entries) => entries.length === 2 ** width)
    text.tables(`${name}_entries${width}`, own)
  }
  const entriesAt = of('which', ({ entries, keyBits: width }) => {
    const key = entries.join()
    return keys.filter((_, i) => tables[i]!.length === 2 ** width).indexOf(key)
  })
  text.line(`var ${name}[${size}];`)
  if (lookUps.length > 0) text.line(`component ${name}_table[${size}];`)
  text.loops([['i', size]], () => {
    text.line(`var c = (i \\ ${stride}) % ${gadgets.length};`)
    if (lookUps.length < gadgets.length) {
      text.block(`if (${keyBits} == 0)`, () => text.line(`${name}[i] = ${least};`))
    }
    for (const width of groups) {
      const body = () => {
        const entries = `${name}_entries${width}[${entriesAt}]`
        const call = `Table(${bits}, ${shift}, ${width}, ${position}, ${lowBits}, ${entries}, ${open})`
        text.line(`${name}_table[i] = ${call};`)
        emitSum(text, open, `${name}_table[i]`, `${input}[i] + ${offset}`, () =>
          takeBits(text, `${name}_table[i]`, bits),
        )
        text.line(`${name}[i] = ${name}_table[i].y + ${least};`)
      }
      if (groups.length === 1 && lookUps.length === gadgets.length) body()
      else text.block(`if (${keyBits} == ${width})`, body)
    }
  })
}

type LookUpGadget = Extract<TableGadget, { kind: 'lookUp' }>
