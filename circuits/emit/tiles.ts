/**
 * Convolutions with hidden weights by tiles (see analyse/bilinear.ts): inputs and kernels are evaluated at small
 * integer points, multiplied point by point, and the outputs interpolated. Exact in the field.
 */
import type { AxisTransform } from '#circuits/analyse/bilinear.js'
import type { Tiles } from '#circuits/analyse/tiles.js'
import type { TracedWeights } from '#circuits/analyse/weighted.js'
import type { EmitContext } from '#circuits/emit/context.js'
import type { QConv } from '#circuits/qmodel/qmodel.js'
import { planes } from '#circuits/qmodel/window.js'

/** Names and lengths that the steps share. */
interface TileText {
  readonly name: string
  readonly layer: QConv
  readonly tiles: Tiles
  readonly traced: TracedWeights
  /** Prefixes of the transforms' matrices. */
  readonly rows: string
  readonly columns: string
  /** Points of both axes. */
  readonly points: number
}

export function emitTiles(context: EmitContext, layer: QConv, tiles: Tiles, traced: TracedWeights): void {
  const { text } = context
  const [outputs, height, width] = planes(context.shape(layer.output))
  const { rows, columns } = tiles
  const input = context.tensor(layer.input)
  const name = context.declare(layer)
  text.line(
    `// ${context.describe(layer)}: ${outputs} x ${height} x ${width} sums with hidden weights, in tiles of ${rows.outputs} x ${columns.outputs}`,
  )
  const isSquare = rows.points === columns.points && rows.outputs === columns.outputs
  const shared: TileText = {
    name,
    layer,
    tiles,
    traced,
    rows: `${name}_${isSquare ? 'axis' : 'rows'}`,
    columns: `${name}_${isSquare ? 'axis' : 'columns'}`,
    points: rows.points * columns.points,
  }
  emitTransform(context, shared.rows, rows)
  if (!isSquare) emitTransform(context, shared.columns, columns)
  emitInputs(context, shared, input)
  emitKernels(context, shared)
  emitProducts(context, shared)
}

/** The matrices of a transform; the divisors are applied to the outputs' side, in the field. */
function emitTransform({ text }: EmitContext, name: string, transform: AxisTransform): void {
  const { points, outputs } = transform
  text.numbers(`${name}_input`, transform.input.flat())
  text.numbers(`${name}_kernel`, transform.kernel.flat())
  text.numbers(`${name}_divisor`, transform.divisors)
  text.numbers(`${name}_power`, transform.output.flat())
  text.line(`var ${name}_output[${points * outputs}];`)
  text.loops(
    [
      ['e', points],
      ['i', outputs],
    ],
    () => {
      const at = `e * ${outputs} + i`
      text.line(`${name}_output[${at}] = ${name}_power[${at}] / ${name}_divisor[e];`)
    },
  )
}

/** Every channel of every tile at every point; what is no number and no input as it stands takes a row. */
function emitInputs(context: EmitContext, shared: TileText, input: string): void {
  const { text } = context
  const { name, layer, tiles, traced, points } = shared
  const { rows, columns, counts } = tiles
  const [channels, height, width] = planes(context.shape(layer.input))
  const [top, left] = layer.window.pads
  const size = channels * counts[0] * counts[1] * points
  const { known } = traced
  if (known !== null) {
    text.numbers(
      `${name}_known`,
      known.map((value) => (value === null ? 0 : 1)),
    )
    text.numbers(
      `${name}_value`,
      known.map((value) => value ?? 0n),
    )
  }
  const isWithin = (position: string, length: number, axis: AxisTransform, count: number, pad: number) => {
    const end = (count - 1) * axis.outputs + axis.points - pad
    return [...(pad > 0 ? [`${position} >= 0`] : []), ...(end > length ? [`${position} < ${length}`] : [])]
  }
  const within = (tests: readonly string[], body: () => void) =>
    tests.length === 0 ? body() : text.block(`if (${tests.join(' && ')})`, body)
  const offset = (pad: number) => (pad > 0 ? ` - ${pad}` : '')
  text.line(`signal ${name}_point[${size}];`)
  text.line(`var ${name}_tile[${size}];`)
  text.line('// By channel, tile and point.')
  text.loops(
    [
      ['c', channels],
      ['t', counts[0]],
      ['u', counts[1]],
    ],
    () => {
      const alongRow = () => {
        text.line(`var row = t * ${rows.outputs} + i${offset(top)};`)
        text.line('var sum = 0;')
        within(isWithin('row', height, rows, counts[0], top), () => {
          text.loops([['j', columns.points]], () => {
            text.line(`var column = u * ${columns.outputs} + j${offset(left)};`)
            within(isWithin('column', width, columns, counts[1], left), () => {
              const factor = `${shared.columns}_input[f * ${columns.points} + j]`
              text.line(`sum += ${factor} * ${input}[(c * ${height} + row) * ${width} + column];`)
            })
          })
        })
      }
      emitAtPoints(context, shared, 'input', alongRow, () => {
        text.line(
          `var at = ((c * ${counts[0]} + t) * ${counts[1]} + u) * ${points} + e * ${columns.points} + f;`,
        )
        const evaluate = () => {
          text.line(`${name}_point[at] <== sum;`)
          text.line(`${name}_tile[at] = ${name}_point[at];`)
        }
        if (known === null) evaluate()
        else {
          text.block(`if (${name}_known[at] == 0)`, evaluate)
          text.block('else', () => text.line(`${name}_tile[at] = ${name}_value[at];`))
        }
      })
    },
  )
}

/** Every kernel at every point: signals where several tiles read them. */
function emitKernels(context: EmitContext, shared: TileText): void {
  const { text } = context
  const { name, layer, tiles, traced, points } = shared
  const { rows, columns, sharesKernels } = tiles
  const [outputs, channels] = layer.weightShape as [number, number]
  const count = outputs * channels
  text.line(`${sharesKernels ? 'signal' : 'var'} ${name}_kernel[${count * points}];`)
  text.loops([['o', count]], () => {
    const alongRow = () => {
      text.line('var sum = 0;')
      text.loops([['j', columns.taps]], () => {
        const weight = `weights[(o * ${rows.taps} + i) * ${columns.taps} + j + ${traced.plan.first}]`
        text.line(`sum += ${shared.columns}_kernel[f * ${columns.taps} + j] * ${weight};`)
      })
    }
    emitAtPoints(context, shared, 'kernel', alongRow, () => {
      const at = `o * ${points} + e * ${columns.points} + f`
      text.line(`${name}_kernel[${at}] ${sharesKernels ? '<==' : '='} sum;`)
    })
  })
}

/**
 * A plane at the points of both axes, one axis after the other.
 * @param alongRow leaves row i at point f in `sum`
 * @param store takes the plane at (e, f) from `sum`
 */
function emitAtPoints(
  { text }: EmitContext,
  { rows: matrix, tiles: { rows, columns } }: TileText,
  kind: 'input' | 'kernel',
  alongRow: () => void,
  store: () => void,
): void {
  const length = kind === 'input' ? rows.points : rows.taps
  text.line(`var across[${length * columns.points}];`)
  text.loops(
    [
      ['i', length],
      ['f', columns.points],
    ],
    () => {
      alongRow()
      text.line(`across[i * ${columns.points} + f] = sum;`)
    },
  )
  text.loops(
    [
      ['e', rows.points],
      ['f', columns.points],
    ],
    () => {
      text.line('var sum = 0;')
      text.loops([['i', length]], () => {
        text.line(`sum += ${matrix}_${kind}[e * ${length} + i] * across[i * ${columns.points} + f];`)
      })
      store()
    },
  )
}

/** Products, summed over the channels of a group, and the outputs that they make. */
function emitProducts(context: EmitContext, shared: TileText): void {
  const { text } = context
  const { name, layer, tiles, traced, points } = shared
  const { rows, columns, counts } = tiles
  const [outputs, channels] = layer.weightShape as [number, number]
  const [, height, width] = planes(context.shape(layer.output))
  const perGroup = outputs / layer.groups
  const { first, weights } = traced.plan
  const channel = layer.groups === 1 ? 'c' : `(o \\ ${perGroup}) * ${channels} + c`
  const tileCount = counts[0] * counts[1]
  text.line(`signal ${name}_sum[${outputs * channels * tileCount * points}];`)
  text.line(`signal ${name}[${outputs * height * width}];`)
  text.loops(
    [
      ['o', outputs],
      ['t', counts[0]],
      ['u', counts[1]],
    ],
    () => {
      text.line(`var across[${rows.points * columns.outputs}];`)
      text.loops([['e', rows.points]], () => {
        text.line(`var products[${columns.points}];`)
        text.loops([['f', columns.points]], () => {
          text.line('var previous = 0;')
          text.loops([['c', channels]], () => {
            text.line(`var point = e * ${columns.points} + f;`)
            text.line(`var at = (((${channel}) * ${counts[0]} + t) * ${counts[1]} + u) * ${points} + point;`)
            const product = `${name}_kernel[(o * ${channels} + c) * ${points} + point] * ${name}_tile[at]`
            const multiply = () => {
              text.line(
                `var to = (((o * ${counts[0]} + t) * ${counts[1]} + u) * ${points} + point) * ${channels} + c;`,
              )
              text.line(`${name}_sum[to] <== previous + ${product};`)
              text.line(`previous = ${name}_sum[to];`)
            }
            if (traced.known === null) multiply()
            else {
              text.block(`if (${name}_known[at] == 0)`, multiply)
              text.block('else', () => text.line(`previous += ${product};`))
            }
          })
          text.line('products[f] = previous;')
        })
        text.loops([['j', columns.outputs]], () => {
          text.line('var sum = 0;')
          text.loops([['f', columns.points]], () => {
            text.line(`sum += ${shared.columns}_output[f * ${columns.outputs} + j] * products[f];`)
          })
          text.line(`across[e * ${columns.outputs} + j] = sum;`)
        })
      })
      text.loops(
        [
          ['i', rows.outputs],
          ['j', columns.outputs],
        ],
        () => {
          text.line(`var row = t * ${rows.outputs} + i;`)
          text.line(`var column = u * ${columns.outputs} + j;`)
          text.block(`if (row < ${height} && column < ${width})`, () => {
            text.line(`var sum = weights[o + ${first + weights}];`)
            text.loops([['e', rows.points]], () => {
              text.line(
                `sum += ${shared.rows}_output[e * ${rows.outputs} + i] * across[e * ${columns.outputs} + j];`,
              )
            })
            text.line(`${name}[(o * ${height} + row) * ${width} + column] <== sum;`)
          })
        },
      )
    },
  )
}
