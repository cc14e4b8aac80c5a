/** Layers that order the elements of a row: the index of the largest, and the largest few. */
import type { Match } from '#circuits/analyse/arg-max.js'
import type { TracedTopK } from '#circuits/analyse/top-k.js'
import type { EmitContext } from '#circuits/emit/context.js'
import { sizeOf } from '#circuits/graph/graph.js'
import type { QArgMax, QTopK } from '#circuits/qmodel/qmodel.js'

/** A tournament; with several rows, one that runs for each of them. */
export function emitArgMax(
  context: EmitContext,
  layer: QArgMax,
  rounds: readonly (readonly Match[])[],
): void {
  const { text } = context
  const input = context.tensor(layer.input)
  const name = context.declare(layer)
  const rows = sizeOf(context.shape(layer.output))
  const length = sizeOf(context.shape(layer.input)) / rows
  text.line(
    `// ${context.describe(layer)}: a tournament; a tie goes to the ${layer.selectLast ? 'last' : 'lowest'} index`,
  )
  text.line(`var ${name}[${rows}];`)
  if (rows > 1) declareMatches(context, name, rounds, rows)
  const at = rows > 1 ? '[row]' : ''
  const declared = (keyword: string) => (rows > 1 ? '' : `${keyword} `)
  const body = () => {
    let contenders = Array.from({ length }, (_, i) => ({
      value: rows > 1 ? `${input}[row * ${length} + ${i}]` : `${input}[${i}]`,
      index: String(i),
    }))
    rounds.forEach((matches, round) => {
      const next = matches.map((match, m) => {
        const id = `${name}_${round}_${m}`
        const [left, right] = [contenders[match.left]!, contenders[match.right]!]
        const lead = layer.selectLast ? '' : ' - 1'
        text.line(`${declared('component')}${id}${at} = Sign(${match.bits});`)
        text.line(`${id}${at}.x <== ${right.value} - ${left.value}${lead} + (1 << ${match.bits - 1});`)
        const outcome = `${id}${at}.notNegative`
        if (match.carriesValue) {
          text.line(`${declared('signal')}${id}_gain${at} <== ${outcome} * (${right.value} - ${left.value});`)
          text.line(`var ${id}_value = ${left.value} + ${id}_gain${at};`)
        }
        if (match.carriesIndex) {
          text.line(`${declared('signal')}${id}_step${at} <== ${outcome} * (${right.index} - ${left.index});`)
          text.line(`var ${id}_index = ${left.index} + ${id}_step${at};`)
        } else {
          text.line(`var ${id}_index = ${left.index} + ${outcome} * (${right.index} - ${left.index});`)
        }
        return { value: `${id}_value`, index: `${id}_index` }
      })
      contenders = contenders.length % 2 === 1 ? [...next, contenders.at(-1)!] : next
    })
    text.line(`${name}[${rows > 1 ? 'row' : 0}] = ${contenders[0]!.index};`)
  }
  if (rows > 1) text.loops([['row', rows]], body)
  else body()
}

/** Circom declares signals and components outside of loops. */
function declareMatches(
  { text }: EmitContext,
  name: string,
  rounds: readonly (readonly Match[])[],
  rows: number,
): void {
  rounds.forEach((matches, round) => {
    matches.forEach(({ carriesValue, carriesIndex }, m) => {
      const id = `${name}_${round}_${m}`
      text.line(`component ${id}[${rows}];`)
      if (carriesValue) text.line(`signal ${id}_gain[${rows}];`)
      if (carriesIndex) text.line(`signal ${id}_step[${rows}];`)
    })
  })
}

/** Passes along each row: the larger of two goes on, the smaller one stays for the next pass. */
export function emitTopK(context: EmitContext, layer: QTopK, widths: TracedTopK['widths']): void {
  const { text } = context
  const input = context.tensor(layer.input)
  const size = sizeOf(context.shape(layer.input))
  const length = context.shape(layer.input).at(-1) ?? 1
  const rows = size / length
  const name = context.declare(layer)
  const slots = layer.count * (length - 1)
  const bitsOf = widths.flatMap((pass) => [...pass, ...new Array<number>(length - 1 - pass.length).fill(0)])
  const compares = bitsOf.some((bits) => bits > 0)
  text.line(
    `// ${context.describe(layer)}: the ${layer.count} largest of ${length}, by passes along each row`,
  )
  if (compares) {
    text.numbers(`${name}_bits`, bitsOf)
    text.line(`component ${name}_part[${rows * slots}];`)
  }
  text.line(`var ${name}[${rows * layer.count}];`)
  text.line(`var ${name}_left[${size}];`)
  text.loops([['i', size]], () => text.line(`${name}_left[i] = ${input}[i];`))
  text.loops(
    [
      ['row', rows],
      ['k', layer.count],
    ],
    () => {
      text.line(`var best = ${name}_left[row * ${length}];`)
      text.block(`for (var j = 1; j < ${length} - k; j++)`, () => {
        const next = `${name}_left[row * ${length} + j]`
        const kept = `${name}_left[row * ${length} + j - 1]`
        const slot = `k * ${length - 1} + j - 1`
        const exchange = () => {
          const part = `${name}_part[row * ${slots} + ${slot}]`
          text.line(`${part} = PositivePart(${name}_bits[${slot}]);`)
          text.line(`${part}.x <== ${next} - best + (1 << (${name}_bits[${slot}] - 1));`)
          text.line(`best += ${part}.y;`)
          text.line(`${kept} = ${next} - ${part}.y;`)
        }
        if (!compares) text.line(`${kept} = ${next};`)
        else {
          text.block(`if (${name}_bits[${slot}] > 0)`, exchange)
          text.block('else', () => text.line(`${kept} = ${next};`))
        }
      })
      text.line(`${name}[row * ${layer.count} + k] = best;`)
    },
  )
}
