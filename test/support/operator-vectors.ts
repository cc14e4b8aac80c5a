import { expect, test } from 'vitest'
import { interpretGraph } from '#circuits/graph/interpret.js'
import { optimiseGraph } from '#circuits/graph/passes/optimise.js'
import { importOnnx } from '#circuits/import/import-model.js'
import { expectError } from './expect-error.js'
import { type AttributeValue, type OnnxType, onnxModel, type TensorObject, tensor } from './onnx-builder.js'
import { feed } from './run-model.js'

/** A tensor as nested lists. */
export type Nested = number | readonly Nested[]

/** An input of an operator: a computed value as nested lists, a constant, or nothing. */
type Operand = Nested | { readonly constant: TensorObject } | null

/** An operator on some inputs, and what its outputs are. */
export interface OperatorVector {
  readonly title?: string
  readonly op: string
  /** Opsets at which the vector holds; 13 where none is given. */
  readonly opsets?: readonly number[]
  readonly inputs: readonly Operand[]
  readonly attributes?: Readonly<Record<string, AttributeValue>>
  /** One for each output, null for one that nothing reads. */
  readonly outputs: readonly (Nested | null)[]
}

/** An operator that is refused, and why. */
export interface RefusedVector extends Omit<OperatorVector, 'outputs'> {
  readonly code: 'UNSUPPORTED_OPERATOR' | 'INVALID_ONNX' | 'UNSUPPORTED_SHAPE' | 'INVALID_GRAPH'
  readonly message: RegExp
  readonly outputCount?: number
}

/** A constant input from nested lists. */
export function constant(values: Nested, type: OnnxType = 'float'): { readonly constant: TensorObject } {
  return { constant: tensor(shapeOf(values), flat(values), { type }) }
}

/** A constant input of 64-bit integers. */
export function int64(values: Nested): { readonly constant: TensorObject } {
  return constant(values, 'int64')
}

/** Runs each vector as imported and as optimised, to 1e-4 of its largest element. */
export function testVectors(vectors: readonly OperatorVector[]): void {
  const cases = vectors.flatMap((vector) => (vector.opsets ?? [13]).map((opset) => ({ ...vector, opset })))
  test.each(cases.map((each) => [titleOf(each), each] as const))('%s', (_, vector) => {
    const { file, feeds } = modelOf(vector)
    const graph = importOnnx(file)
    for (const each of [graph, optimiseGraph(graph)]) {
      const values = interpretGraph(each, feed(each, feeds))
      for (const [index, expected] of vector.outputs.entries()) {
        if (expected !== null) expectClose(values.get(`y${index}`)!, expected)
      }
    }
  })
}

/** Imports each vector, which must fail with its one reason. */
export function testRefused(vectors: readonly RefusedVector[]): void {
  const cases = vectors.flatMap((vector) => (vector.opsets ?? [13]).map((opset) => ({ ...vector, opset })))
  test.each(cases.map((each) => [titleOf(each), each] as const))('refuses %s', (_, vector) => {
    const outputs = new Array<Nested>(vector.outputCount ?? 1).fill(0)
    const { file } = modelOf({ ...vector, outputs })
    expectError(vector.code, () => importOnnx(file), vector.message)
  })
}

function titleOf({ title, op, opset }: { title?: string; op: string; opset: number }): string {
  return `${op} of opset ${opset}${title === undefined ? '' : `: ${title}`}`
}

function modelOf({ op, opset, inputs, attributes, outputs }: OperatorVector & { readonly opset: number }): {
  readonly file: Uint8Array
  readonly feeds: Record<string, readonly number[]>
} {
  const values = inputs.map((operand, index) => ({ name: operand === null ? '' : `x${index}`, operand }))
  const fed = values.flatMap(({ name, operand }) => (isNested(operand) ? [{ name, operand }] : []))
  const constants = values.flatMap(({ name, operand }) =>
    operand === null || isNested(operand) ? [] : [[name, operand.constant] as const],
  )
  const names = outputs.map((_, index) => `y${index}`)
  const file = onnxModel({
    opset,
    inputs: fed.map(({ name, operand }) => ({ name, shape: shapeOf(operand) })),
    outputs: names.filter((_, index) => outputs[index] !== null),
    nodes: [{ op, inputs: values.map(({ name }) => name), outputs: names, attributes: attributes ?? {} }],
    initializers: Object.fromEntries(constants),
  })
  return { file, feeds: Object.fromEntries(fed.map(({ name, operand }) => [name, flat(operand)])) }
}

function isNested(operand: Operand): operand is Nested {
  return typeof operand === 'number' || Array.isArray(operand)
}

function shapeOf(values: Nested): number[] {
  return typeof values === 'number'
    ? []
    : [values.length, ...(values.length === 0 ? [] : shapeOf(values[0]!))]
}

function flat(values: Nested): number[] {
  return typeof values === 'number' ? [values] : values.flatMap(flat)
}

function expectClose(actual: { shape: readonly number[]; data: Float32Array }, expected: Nested): void {
  expect(actual.shape).toEqual(shapeOf(expected))
  const wanted = flat(expected)
  const tolerance = 1e-4 * Math.max(1, ...wanted.map(Math.abs))
  const far = wanted.filter((value, index) => !(Math.abs(value - actual.data[index]!) <= tolerance))
  expect(far, `got ${Array.from(actual.data).join(', ')}`).toEqual([])
}
