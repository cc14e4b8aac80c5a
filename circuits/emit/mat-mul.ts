import type { TracedMatMul } from '#circuits/analyse/mat-mul.js'
import type { EmitContext } from '#circuits/emit/context.js'
import type { QMatMul } from '#circuits/qmodel/qmodel.js'

/** Terms added in one go: circom's time is quadratic in the length of a running sum. */
const blockLength = 32

/**
 * One signal per product of two signals; the last product of a sum defines the result. Where a factor may be a
 * number, `constant` tells so by element, and its products are sums.
 */
export function emitMatMul(context: EmitContext, layer: QMatMul, constants: TracedMatMul['constants']): void {
  const { text } = context
  const { batch, rows, depth, columns } = layer
  const name = context.declare(layer)
  const size = batch * rows * columns
  text.line(`// ${context.describe(layer)}: ${size} sums of ${depth} products of two signals`)
  text.line(`var ${name}[${size}];`)
  text.line(`signal ${name}_sum[${size}];`)
  if (depth > 1) text.line(`signal ${name}_product[${size * depth}];`)
  if (constants) {
    text.numbers(`${name}_leftKnown`, constants.left.map(Number))
    text.numbers(`${name}_rightKnown`, constants.right.map(Number))
  }
  const leftAt = (k: string) => `(matrix * ${rows} + row) * ${depth} + ${k}`
  const rightAt = (k: string) => `(matrix * ${depth} + ${k}) * ${columns} + column`
  const product = (k: string) =>
    `${context.tensor(layer.left)}[${leftAt(k)}] * ${context.tensor(layer.right)}[${rightAt(k)}]`
  const known = `${name}_leftKnown[${leftAt('k')}] == 1 || ${name}_rightKnown[${rightAt('k')}] == 1`
  text.loops(
    [
      ['matrix', batch],
      ['row', rows],
      ['column', columns],
    ],
    () => {
      const at = `((matrix * ${rows} + row) * ${columns} + column)`
      text.line(`var last = ${constants ? -1 : depth - 1};`)
      if (constants) {
        text.loops([['k', depth]], () => text.line(`if (!(${known})) last = k;`))
      }
      text.line('var sum = 0;')
      text.block(`for (var first = 0; first < ${depth}; first += ${blockLength})`, () => {
        text.line('var part = 0;')
        text.block(`for (var k = first; k < first + ${blockLength} && k < ${depth}; k++)`, () => {
          const signal = `${name}_product[${at} * ${depth} + k]`
          if (constants) text.block(`if (${known})`, () => text.line(`part += ${product('k')};`))
          if (depth === 1) return
          text.block(`${constants ? 'else ' : ''}if (k < last)`, () => {
            text.line(`${signal} <== ${product('k')};`).line(`part += ${signal};`)
          })
        })
        text.line('sum += part;')
      })
      const define = () => {
        text.line(`${name}_sum[${at}] <== sum + ${product('last')};`)
        text.line(`${name}[${at}] = ${name}_sum[${at}];`)
      }
      if (!constants) define()
      else {
        text.block('if (last >= 0)', define)
        text.block('else', () => text.line(`${name}[${at}] = sum;`))
      }
    },
  )
}
