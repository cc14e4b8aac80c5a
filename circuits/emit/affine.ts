/** Affine layers as loops over `var`s: circom inlines the sums, so they cost no constraint. */
import type { AffineLayer } from '#circuits/analyse/affine.js'
import type { EmitContext } from '#circuits/emit/context.js'
import { sizeOf, type Window } from '#circuits/graph/graph.js'
import type { QCombine, QConv, QDense, QReindex, QWindowSum } from '#circuits/qmodel/qmodel.js'
import { planes } from '#circuits/qmodel/window.js'

/** Terms added in one go: circom's time is quadratic in the length of a running sum. */
const blockLength = 32

/** `if (…)` around a tap that may lie in the padding; empty where none can. */
function insideTest(
  window: Window,
  plane: readonly [number, number],
  out: readonly [number, number],
): string {
  const parts = [0, 1].flatMap((axis) => {
    const name = axis === 0 ? 'row' : 'column'
    const last =
      (out[axis]! - 1) * window.strides[axis]! -
      window.pads[axis]! +
      (window.kernel[axis]! - 1) * window.dilations[axis]!
    return [
      ...(window.pads[axis]! > 0 ? [`${name} >= 0`] : []),
      ...(last >= plane[axis]! ? [`${name} < ${plane[axis]}`] : []),
    ]
  })
  return parts.length === 0 ? '' : `if (${parts.join(' && ')}) `
}

/** `position * stride + tap * dilation - padding`, without the parts that do nothing. */
export function tapPosition(window: Window, axis: 0 | 1, position: string, tap: string): string {
  const [stride, dilation, pad] = [window.strides[axis], window.dilations[axis], window.pads[axis]]
  const scaled = (name: string, factor: number) => (factor === 1 ? name : `${name} * ${factor}`)
  return `${scaled(position, stride)} + ${scaled(tap, dilation)}${pad > 0 ? ` - ${pad}` : ''}`
}

/**
 * Loops over the taps (i, j) of the window at output (y, x).
 * @param plane channels, height and width of what the window reads
 * @param body is given the test that keeps to the plane, for a statement that reads (row, column)
 */
function emitTaps(
  { text }: EmitContext,
  window: Window,
  [, height, width]: readonly [number, number, number],
  out: readonly [number, number],
  body: (inside: string) => void,
): void {
  const [kernelHeight, kernelWidth] = window.kernel
  text.loops(
    [
      ['i', kernelHeight],
      ['j', kernelWidth],
    ],
    () => {
      text.line(`var row = ${tapPosition(window, 0, 'y', 'i')};`)
      text.line(`var column = ${tapPosition(window, 1, 'x', 'j')};`)
      body(insideTest(window, [height, width], out))
    },
  )
}

/** Emits one affine layer. */
export function emitAffine(context: EmitContext, layer: AffineLayer): void {
  const emitters: {
    readonly [K in AffineLayer['kind']]: (layer: Extract<AffineLayer, { kind: K }>) => void
  } = {
    conv: (conv) => emitConv(context, conv),
    dense: (dense) => emitDense(context, dense),
    combine: (combine) => emitCombine(context, combine),
    windowSum: (windowSum) => emitWindowSum(context, windowSum),
    reindex: (reindex) => emitReindex(context, reindex),
  }
  const emitter = emitters[layer.kind] as (layer: AffineLayer) => void
  emitter(layer)
}

function emitConv(context: EmitContext, layer: QConv): void {
  const { text } = context
  const input = context.tensor(layer.input)
  const plane = planes(context.shape(layer.input))
  const [outputs, height, width] = planes(context.shape(layer.output))
  const channels = layer.weightShape[1]!
  const [kernelHeight, kernelWidth] = layer.window.kernel
  const taps = channels * kernelHeight * kernelWidth
  const name = context.declare(layer)
  text.line(`// ${context.describe(layer)}: ${outputs} x ${height} x ${width} sums of ${taps} products`)
  text.numbers(`${name}_weight`, layer.weight)
  text.numbers(`${name}_bias`, layer.bias)
  text.line(`var ${name}[${outputs * height * width}];`)
  const perGroup = outputs / layer.groups
  const channel = layer.groups === 1 ? 'c' : `(o \\ ${perGroup}) * ${channels} + c`
  text.loops(
    [
      ['o', outputs],
      ['y', height],
      ['x', width],
    ],
    () => {
      text.line(`var sum = ${name}_bias[o];`)
      text.loops([['c', channels]], () => {
        text.line('var part = 0;')
        emitTaps(context, layer.window, plane, [height, width], (inside) => {
          const weight = `${name}_weight[((o * ${channels} + c) * ${kernelHeight} + i) * ${kernelWidth} + j]`
          text.line(
            `${inside}part += ${weight} * ${input}[((${channel}) * ${plane[1]} + row) * ${plane[2]} + column];`,
          )
        })
        text.line('sum += part;')
      })
      text.line(`${name}[(o * ${height} + y) * ${width} + x] = sum;`)
    },
  )
}

function emitDense(context: EmitContext, layer: QDense): void {
  const { text } = context
  const input = context.tensor(layer.input)
  const [outputs, depth] = layer.weightShape as [number, number]
  const rows = sizeOf(context.shape(layer.output)) / outputs
  const name = context.declare(layer)
  text.line(`// ${context.describe(layer)}: ${rows * outputs} sums of ${depth} products`)
  text.numbers(`${name}_weight`, layer.weight)
  text.numbers(`${name}_bias`, layer.bias)
  text.line(`var ${name}[${rows * outputs}];`)
  text.loops(
    [
      ['row', rows],
      ['o', outputs],
    ],
    () => {
      text.line(`var sum = ${name}_bias[o];`)
      text.block(`for (var first = 0; first < ${depth}; first += ${blockLength})`, () => {
        text.line('var part = 0;')
        text.block(`for (var k = first; k < first + ${blockLength} && k < ${depth}; k++)`, () => {
          text.line(`part += ${name}_weight[o * ${depth} + k] * ${input}[row * ${depth} + k];`)
        })
        text.line('sum += part;')
      })
      text.line(`${name}[row * ${outputs} + o] = sum;`)
    },
  )
}

function emitWindowSum(context: EmitContext, layer: QWindowSum): void {
  const { text } = context
  const input = context.tensor(layer.input)
  const plane = planes(context.shape(layer.input))
  const [channels, height, width] = planes(context.shape(layer.output))
  const [kernelHeight, kernelWidth] = layer.window.kernel
  const name = context.declare(layer)
  text.line(
    `// ${context.describe(layer)}: sums over ${kernelHeight} x ${kernelWidth}; the divisor is in the scale`,
  )
  const factor = text.numbersBy(`${name}_factor`, `y * ${width} + x`, [...layer.factors])
  text.line(`var ${name}[${channels * height * width}];`)
  text.loops(
    [
      ['c', channels],
      ['y', height],
      ['x', width],
    ],
    () => {
      text.line('var sum = 0;')
      emitTaps(context, layer.window, plane, [height, width], (inside) => {
        text.line(`${inside}sum += ${input}[(c * ${plane[1]} + row) * ${plane[2]} + column];`)
      })
      text.line(
        `${name}[(c * ${height} + y) * ${width} + x] = ${factor === '1' ? 'sum' : `${factor} * sum`};`,
      )
    },
  )
}

/** A sum of terms and a constant per element; `hidden` is the expression of a constant that is a signal, by `i`. */
export function emitCombine(context: EmitContext, layer: QCombine, hidden?: string): void {
  const { text } = context
  const shape = context.shape(layer.output)
  const size = sizeOf(shape)
  const stride = sizeOf(shape.slice(layer.channelAxis + 1))
  const channel = `(i \\ ${stride}) % ${shape[layer.channelAxis] ?? 1}`
  const inputs = layer.terms.map((term) => context.tensor(term.input))
  const name = context.declare(layer)
  const also = hidden === undefined ? '' : ' and a hidden number'
  text.line(`// ${context.describe(layer)}: ${size} sums of ${layer.terms.length} terms${also}`)
  const factors = layer.terms.map((term, k) => text.numbersBy(`${name}_factor${k}`, channel, term.factors))
  const numbers = () => (layer.constant ? text.numbersBy(`${name}_constant`, 'i', [...layer.constant]) : '0')
  const constant = hidden ?? numbers()
  text.line(`var ${name}[${size}];`)
  text.loops([['i', size]], () => {
    const terms = inputs.map((input, k) => `${factors[k]} * ${input}[i]`)
    text.line(`${name}[i] = ${[...terms, ...(constant === '0' ? [] : [constant])].join(' + ')};`)
  })
}

function emitReindex(context: EmitContext, layer: QReindex): void {
  const { text } = context
  const [input] = layer.inputs as readonly [number]
  const isAlone = layer.inputs.length === 1
  const sameOrder = isAlone && layer.indices.every((index, i) => index === i)
  if (sameOrder && layer.indices.length === sizeOf(context.shape(input))) {
    text.line(`// ${context.describe(layer)}: ${context.tensor(input)} in another shape`)
    context.alias(layer.output, context.tensor(input))
    return
  }
  const name = context.declare(layer)
  text.line(`// ${context.describe(layer)}: a rearrangement`)
  text.numbers(`${name}_from`, layer.indices)
  text.line(`var ${name}[${layer.indices.length}];`)
  const source = isAlone ? context.tensor(input) : emitJoined(context, layer, name)
  text.loops([['i', layer.indices.length]], () => {
    const moved = `${name}[i] = ${source}[${name}_from[i]];`
    if (layer.indices.every((index) => index >= 0)) text.line(moved)
    else text.line(`if (${name}_from[i] < 0) { ${name}[i] = ${layer.fill}; } else { ${moved} }`)
  })
}

/** All inputs of a rearrangement in one array, one after the other. */
function emitJoined(context: EmitContext, layer: QReindex, name: string): string {
  const { text } = context
  const sizes = layer.inputs.map((id) => sizeOf(context.shape(id)))
  const joined = `${name}_joined`
  text.line(`var ${joined}[${sizes.reduce((sum, size) => sum + size, 0)}];`)
  let first = 0
  layer.inputs.forEach((id, k) => {
    const to = first === 0 ? 'i' : `i + ${first}`
    text.loops([['i', sizes[k]!]], () => text.line(`${joined}[${to}] = ${context.tensor(id)}[i];`))
    first += sizes[k]!
  })
  return joined
}
