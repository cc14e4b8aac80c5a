import { type Shape, sizeOf } from '#circuits/graph/graph.js'
import { stridedIndices, stridesOf } from '#circuits/graph/kernels/indices.js'
import type { Constant } from '#circuits/import/constant.js'
import type { OperatorCall } from '#circuits/import/operator-call.js'
import type { Reader } from '#circuits/import/operator-row.js'
import { absoluteStep } from '#circuits/import/operators/arithmetic.js'
import { makeConstant } from '#circuits/import/operators/fold.js'
import { multiplyOperands, negateStep, scaleStep } from '#circuits/import/operators/linear-steps.js'
import { applyStep } from '#circuits/import/operators/scalar-steps.js'
import { addStep, finish, reshapeStep, transposeStep } from '#circuits/import/operators/steps.js'

/** The shape that is left of `shape`, reduced axes kept with length 1. */
function reducedShape(shape: Shape, axes: readonly number[]): Shape {
  return shape.map((length, axis) => (axes.includes(axis) ? 1 : length))
}

/**
 * Mean or maximum over axes, which stay with length 1: the one way in which all reductions pool. Other axes become
 * the channels of an image [1, rows, height, width], as the index maps before a pool cost nothing; about square, since
 * a maximum is taken line by line, and the analysis of a long one is slow.
 */
export function poolAxes(
  call: OperatorCall,
  name: string,
  axes: readonly number[],
  kind: 'maxPool' | 'averagePool',
): string {
  const shape = call.builder.shapeOf(name)
  const kept = [...shape.keys()].filter((axis) => !axes.includes(axis))
  const count = sizeOf(axes.map((axis) => shape[axis]!))
  if (count === 1) return name
  const rows = transposeStep(call, name, [...kept, ...axes])
  const width = kind === 'maxPool' ? squareSide(count) : 1
  const input = reshapeStep(call, rows, [1, sizeOf(shape) / count, count / width, width])
  const window = {
    kernel: [count / width, width],
    strides: [1, 1],
    pads: [0, 0, 0, 0],
    dilations: [1, 1],
  } as const
  const pooled =
    kind === 'maxPool'
      ? addStep(call, { kind, input, window })
      : addStep(call, { kind, input, window, countPadding: false })
  return reshapeStep(call, pooled, reducedShape(shape, axes))
}

/** The largest divisor that is no larger than the square root. */
function squareSide(count: number): number {
  let side = Math.floor(Math.sqrt(count))
  while (count % side !== 0) side--
  return side
}

/** Sum over axes, which stay with length 1: a mean and a factor. */
export function sumAxes(call: OperatorCall, name: string, axes: readonly number[]): string {
  const shape = call.builder.shapeOf(name)
  const count = sizeOf(axes.map((axis) => shape[axis]!))
  return scaleStep(call, poolAxes(call, name, axes, 'averagePool'), count)
}

/** How a reduction is computed: of values in the circuit, of numbers at import. */
interface Reduction {
  readonly steps: (call: OperatorCall, name: string, axes: readonly number[]) => string
  readonly fold: (values: Float64Array) => number
}

const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0)
const square = (call: OperatorCall, name: string): string => multiplyOperands(call, name, name)

export const reductions = {
  mean: {
    steps: (call, name, axes) => poolAxes(call, name, axes, 'averagePool'),
    fold: (values) => sum(values) / values.length,
  },
  sum: { steps: sumAxes, fold: sum },
  max: {
    steps: (call, name, axes) => poolAxes(call, name, axes, 'maxPool'),
    fold: (values) => values.reduce((a, b) => Math.max(a, b)),
  },
  min: {
    steps: (call, name, axes) => negateStep(call, poolAxes(call, negateStep(call, name), axes, 'maxPool')),
    fold: (values) => values.reduce((a, b) => Math.min(a, b)),
  },
  l1: {
    steps: (call, name, axes) => sumAxes(call, absoluteStep(call, name), axes),
    fold: (values) => sum(values.map(Math.abs)),
  },
  sumSquare: {
    steps: (call, name, axes) => sumAxes(call, square(call, name), axes),
    fold: (values) => sum(values.map((value) => value * value)),
  },
  l2: {
    steps: (call, name, axes) => applyStep(call, sumAxes(call, square(call, name), axes), 'sqrt'),
    fold: (values) => Math.sqrt(sum(values.map((value) => value * value))),
  },
  logSum: {
    steps: (call, name, axes) => applyStep(call, sumAxes(call, name, axes), 'log'),
    fold: (values) => Math.log(sum(values)),
  },
  logSumExp: {
    steps: (call, name, axes) => applyStep(call, sumAxes(call, applyStep(call, name, 'exp'), axes), 'log'),
    fold: (values) => Math.log(sum(values.map(Math.exp))),
  },
  product: {
    steps: (call) => call.unsupported('is supported for constants only'),
    fold: (values) => values.reduce((total, value) => total * value, 1),
  },
} satisfies Record<string, Reduction>

/** Reads a reduction whose axes are an input from `axesInputSince` on, an attribute before. */
export function readReduction(kind: keyof typeof reductions, axesInputSince: number): Reader {
  return (call) => {
    const shape = call.inputShape(0)
    const keepAxes = call.attributes.flag('keepdims', true)
    const isInput = call.opset >= axesInputSince
    const given = isInput ? call.optionalIntegers(1, 'axes') : call.attributes.ints('axes', null)
    const isNoOp = isInput && call.attributes.flag('noop_with_empty_axes', false)
    const isEmpty = given === null || given.length === 0
    if (isEmpty && isNoOp) {
      finish(call, call.input(0))
      return
    }
    const listed = isEmpty ? [...shape.keys()] : given.map((axis) => call.axis(axis, shape.length))
    const axes = [...new Set(listed)].sort((a, b) => a - b)
    const constant = call.builder.constant(call.input(0))
    const result =
      constant === null
        ? reductions[kind].steps(call, call.input(0), axes)
        : foldReduction(call, constant, axes, reductions[kind].fold)
    finish(
      call,
      keepAxes
        ? result
        : reshapeStep(
            call,
            result,
            shape.filter((_, axis) => !axes.includes(axis)),
          ),
    )
  }
}

function foldReduction(
  call: OperatorCall,
  constant: Constant,
  axes: readonly number[],
  fold: (values: Float64Array) => number,
): string {
  const { shape, data, type } = constant
  const target = reducedShape(shape, axes)
  const strides = stridesOf(target).map((stride, axis) => (axes.includes(axis) ? 0 : stride))
  const count = sizeOf(axes.map((axis) => shape[axis]!))
  if (data.length === 0) call.unsupported('reduces nothing')
  call.builder.claimElements(data.length)
  const sorted = new Float64Array(data.length)
  const taken = new Int32Array(sizeOf(target))
  for (const [at, place] of stridedIndices(shape, strides).entries()) {
    sorted[place * count + taken[place]!] = data[at]!
    taken[place]! += 1
  }
  const values = Float64Array.from(taken, (_, place) =>
    fold(sorted.subarray(place * count, (place + 1) * count)),
  )
  const output = call.innerValue('reduced')
  call.builder.addConstant(
    output,
    makeConstant(call, type, target, type === 'float' ? values : values.map(Math.trunc)),
  )
  return output
}
