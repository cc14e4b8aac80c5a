/**
 * Inner products with hidden weights, two terms to a product:
 * x₁w₁ + x₂w₂ = (x₁ + w₂)(x₂ + w₁) - x₁x₂ - w₁w₂. The x₁x₂ are shared by all outputs of a position; the w₁w₂ are
 * part of the committed offset.
 */
import type { TracedWeights } from '#circuits/analyse/weighted.js'
import { tapPosition } from '#circuits/emit/affine.js'
import type { EmitContext } from '#circuits/emit/context.js'
import { sizeOf } from '#circuits/graph/graph.js'
import type { QConv, QDense } from '#circuits/qmodel/qmodel.js'
import { planes } from '#circuits/qmodel/window.js'

export function emitPairsDense(context: EmitContext, layer: QDense, traced: TracedWeights): void {
  const { text } = context
  const [outputs, depth] = layer.weightShape as [number, number]
  const rows = sizeOf(context.shape(layer.output)) / outputs
  const source = context.tensor(layer.input)
  const name = context.declare(layer)
  text.line(`// ${context.describe(layer)}: ${rows * outputs} sums of ${depth} products with hidden weights`)
  const { input, flags } = emitKnown(context, name, source, traced)
  const pairs = { name, outputs, depth, positions: rows, mayBeKnown: flags !== null, traced }
  declarePairs(context, pairs)
  text.loops([['row', rows]], () => {
    text.line(`var taps[${depth}];`)
    if (flags !== null) text.line(`var fixed[${depth}];`)
    text.loops([['k', depth]], () => {
      text.line(`taps[k] = ${input}[row * ${depth} + k];`)
      if (flags !== null) text.line(`fixed[k] = ${flags}[row * ${depth} + k];`)
    })
    emitPosition(context, pairs, { firstOutput: '0', count: outputs, target: `row * ${outputs} + o` })
  })
}

export function emitPairsConv(context: EmitContext, layer: QConv, traced: TracedWeights): void {
  const { text } = context
  const { window, groups } = layer
  const [, inHeight, inWidth] = planes(context.shape(layer.input))
  const [outputs, height, width] = planes(context.shape(layer.output))
  const channels = layer.weightShape[1]!
  const [kernelHeight, kernelWidth] = window.kernel
  const depth = channels * kernelHeight * kernelWidth
  const source = context.tensor(layer.input)
  const name = context.declare(layer)
  text.line(
    `// ${context.describe(layer)}: ${outputs} x ${height} x ${width} sums of ${depth} products with hidden weights`,
  )
  const { input, flags } = emitKnown(context, name, source, traced)
  const isPadded = window.pads.some((pad) => pad > 0)
  const mayBeKnown = flags !== null || isPadded
  const pairs = { name, outputs, depth, positions: groups * height * width, mayBeKnown, traced }
  declarePairs(context, pairs)
  const perGroup = outputs / groups
  text.loops(
    [
      ['g', groups],
      ['y', height],
      ['x', width],
    ],
    () => {
      text.line(`var taps[${depth}];`)
      if (mayBeKnown) text.line(`var fixed[${depth}];`)
      text.loops(
        [
          ['c', channels],
          ['i', kernelHeight],
          ['j', kernelWidth],
        ],
        () => {
          text.line(`var row = ${tapPosition(window, 0, 'y', 'i')};`)
          text.line(`var column = ${tapPosition(window, 1, 'x', 'j')};`)
          text.line(`var k = (c * ${kernelHeight} + i) * ${kernelWidth} + j;`)
          const from = `((g * ${channels} + c) * ${inHeight} + row) * ${inWidth} + column`
          const take = () => {
            text.line(`taps[k] = ${input}[${from}];`)
            if (flags !== null) text.line(`fixed[k] = ${flags}[${from}];`)
          }
          if (!isPadded) take()
          else {
            text.line('fixed[k] = 1;')
            text.block(`if (row >= 0 && row < ${inHeight} && column >= 0 && column < ${inWidth})`, () => {
              text.line('fixed[k] = 0;')
              take()
            })
          }
        },
      )
      emitPosition(context, pairs, {
        firstOutput: `g * ${perGroup}`,
        count: perGroup,
        target: `(o * ${height} + y) * ${width} + x`,
      })
    },
  )
}

interface Pairs {
  readonly name: string
  readonly outputs: number
  /** Terms of a sum. */
  readonly depth: number
  /** Positions that share products of inputs, through all groups. */
  readonly positions: number
  /** Whether some inputs are numbers: `fixed` tells which. */
  readonly mayBeKnown: boolean
  readonly traced: TracedWeights
}

/**
 * Inputs of which some are numbers known at compile time: an array that has them as such, and one of flags; null
 * where no input is.
 */
function emitKnown(
  { text }: EmitContext,
  name: string,
  source: string,
  { inputs }: TracedWeights,
): { readonly input: string; readonly flags: string | null } {
  if (inputs === null) return { input: source, flags: null }
  const [input, flags] = [`${name}_input`, `${name}_known`]
  text.numbers(
    flags,
    inputs.map((value) => (value === null ? 0 : 1)),
  )
  text.numbers(
    `${name}_value`,
    inputs.map((value) => value ?? 0),
  )
  text.line(`var ${input}[${inputs.length}];`)
  text.loops([['i', inputs.length]], () => {
    text.line(
      `if (${flags}[i] == 0) { ${input}[i] = ${source}[i]; } else { ${input}[i] = ${name}_value[i]; }`,
    )
  })
  return { input, flags }
}

function declarePairs({ text }: EmitContext, { name, depth, traced, positions }: Pairs): void {
  const pairs = Math.floor(depth / 2)
  const size = traced.elements.length
  if (pairs > 0) text.line(`signal ${name}_shared[${positions * pairs}];`)
  text.line(`signal ${name}_sum[${size * Math.ceil(depth / 2)}];`)
  text.line(`var ${name}_sharedCount = 0;`)
  text.line(`var ${name}_count = 0;`)
  text.line(`var ${name}[${size}];`)
}

interface Position {
  readonly firstOutput: string
  readonly count: number
  /** Index of output `o` in the result. */
  readonly target: string
}

/** All outputs of a position, from its inputs `taps`. */
function emitPosition({ text }: EmitContext, pairs: Pairs, { firstOutput, count, target }: Position): void {
  const { name, depth, mayBeKnown, traced } = pairs
  const { first, weights } = traced.plan
  const even = depth - (depth % 2)
  const step = (counter: string, signal: string, product: string) => {
    text.line(`${signal}[${counter}] <== previous + ${product};`)
    text.line(`previous = ${signal}[${counter}];`)
    text.line(`${counter}++;`)
  }
  text.line('var previous = 0;')
  if (mayBeKnown) text.line('var rest = 0;')
  const eachPair = (body: () => void) => text.block(`for (var k = 0; k < ${even}; k += 2)`, body)
  if (even > 0) {
    eachPair(() => {
      const shared = () => step(`${name}_sharedCount`, `${name}_shared`, 'taps[k] * taps[k + 1]')
      if (!mayBeKnown) shared()
      else {
        text.block('if (fixed[k] + fixed[k + 1] == 0)', shared)
        text.block('else', () => text.line('rest += taps[k] * taps[k + 1];'))
      }
    })
  }
  text.line(`var shared = previous${mayBeKnown ? ' + rest' : ''};`)
  text.block(`for (var o = ${firstOutput}; o < ${firstOutput} + ${count}; o++)`, () => {
    text.line(`previous = weights[o + ${first + weights}] - shared;`)
    if (even > 0) {
      eachPair(() => {
        const weight = `weights[o * ${depth} + k + ${first}]`
        const next = `weights[o * ${depth} + k + ${first + 1}]`
        step(`${name}_count`, `${name}_sum`, `(taps[k] + ${next}) * (taps[k + 1] + ${weight})`)
      })
    }
    if (even < depth) {
      const product = `weights[o * ${depth} + ${even + first}] * taps[${even}]`
      const last = () => step(`${name}_count`, `${name}_sum`, product)
      if (!mayBeKnown) last()
      else {
        text.block(`if (fixed[${even}] == 0)`, last)
        text.block('else', () => text.line(`previous += ${product};`))
      }
    }
    text.line(`${name}[${target}] = previous;`)
  })
}
