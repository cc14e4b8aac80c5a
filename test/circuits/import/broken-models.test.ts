import { describe, expect, test } from 'vitest'
import { importOnnx } from '#circuits/import/import-model.js'
import { expectError } from '../../support/expect-error.js'
import { tensor } from '../../support/onnx-builder.js'
import { type Spoil, spoiltModel } from '../../support/plain-model.js'

describe('graphs that break a rule', () => {
  const relu = (input: string, output: string): Record<string, unknown> => ({
    opType: 'Relu',
    input: [input],
    output: [output],
  })
  test.each([
    [
      'a cycle',
      (m) => {
        m.graph.node = [relu('b', 'a'), relu('a', 'b'), relu('a', 'y')]
      },
      /cycle/,
    ],
    [
      'a node that reads itself',
      (m) => {
        m.graph.node = [relu('y', 'y')]
      },
      /cycle/,
    ],
    [
      'a missing value',
      (m) => {
        m.graph.node = [relu('nowhere', 'y')]
      },
      /"nowhere"/,
    ],
    [
      'a value made twice',
      (m) => {
        m.graph.node.push(relu('x', 'y'))
      },
      /"y" is made twice/,
    ],
    [
      'a value that is also an input',
      (m) => {
        m.graph.node.push(relu('x', 'x'))
      },
      /made twice/,
    ],
    [
      'two initializers of one name',
      (m) => {
        m.graph.initializer.push(m.graph.initializer[0]!)
      },
      /made twice/,
    ],
    [
      'a missing output',
      (m) => {
        m.graph.output = [{ name: 'z' }]
      },
      /output "z"/,
    ],
    [
      'no output',
      (m) => {
        m.graph.output = []
      },
      /no output/,
    ],
    [
      'an output listed twice',
      (m) => {
        m.graph.output = [{ name: 'y' }, { name: 'y' }]
      },
      /twice/,
    ],
    [
      'an output that is an input',
      (m) => {
        m.graph.output = [{ name: 'x' }]
      },
      /is an input/,
    ],
    [
      'an output that is a weight',
      (m) => {
        m.graph.output = [{ name: 'W' }]
      },
      /weight/,
    ],
    [
      'an output that depends on no input',
      (m) => {
        m.graph.node = [relu('W', 'y')]
      },
      /no input/,
    ],
    [
      'a NaN weight',
      (m) => {
        Object.assign(m.graph.initializer[0]!, tensor([2, 2], [1, Number.NaN, 3, 4]))
      },
      /NaN/,
    ],
    [
      'an infinite weight',
      (m) => {
        Object.assign(m.graph.initializer[0]!, tensor([2, 2], [1, 1 / 0, 3, 4]))
      },
      /Infinity/,
    ],
    [
      'a double beyond float32',
      (m) => {
        Object.assign(m.graph.initializer[0]!, tensor([2, 2], [1, 1e300, 3, 4], { type: 'double' }))
      },
      /Infinity/,
    ],
  ] as const satisfies readonly (readonly [string, Spoil, RegExp])[])('%s', (_, spoil, message) => {
    expectError('INVALID_GRAPH', () => importOnnx(spoiltModel(spoil)), message)
  })

  test('nodes out of order are put in order', () => {
    const file = spoiltModel((m) => {
      m.graph.node = [relu('a', 'y'), relu('x', 'a')]
    })
    expect(importOnnx(file).nodes.map(({ output }) => output)).toEqual(['a', 'y'])
  })
})

describe('models that break ONNX', () => {
  const attribute =
    (value: object): Spoil =>
    (m) => {
      m.graph.node[0]!.attribute = [value]
    }
  test.each([
    [
      'no opset',
      (m) => {
        m.opsetImport = []
      },
      /opset/,
    ],
    [
      'no nodes',
      (m) => {
        m.graph.node = []
      },
      /no ONNX graph/,
    ],
    [
      'sparse initializers',
      (m) => {
        m.graph.sparseInitializer = [{ dims: [2] }]
      },
      /sparse/,
    ],
    [
      'an initializer without a name',
      (m) => {
        m.graph.initializer.push({ ...tensor([1], [1]) })
      },
      /no name/,
    ],
    [
      'a node without an output',
      (m) => {
        m.graph.node[0]!.output = []
        m.graph.node.push({ opType: 'Gemm', input: ['x', 'W'], output: ['', 'y'] })
      },
      /no output/,
    ],
    [
      'too many inputs',
      (m) => {
        m.graph.node[0]!.input = ['x', 'W', 'W', 'W']
      },
      /4 inputs, needs 2 to 3/,
    ],
    ['an attribute of another type', attribute({ name: 'transA', type: 1, f: 1 }), /not of type int/],
    [
      'an attribute twice',
      (m) => {
        m.graph.node[0]!.attribute = [{ name: 'a' }, { name: 'a' }]
      },
      /twice/,
    ],
    ['an attribute of a function', attribute({ name: 'transA', type: 2, refAttrName: 'q' }), /function/],
    ['a NaN attribute', attribute({ name: 'alpha', type: 1, f: Number.NaN }), /NaN/],
    [
      'an input that is no tensor',
      (m) => {
        m.graph.input = [{ name: 'x', type: {} }]
      },
      /no tensor/,
    ],
  ] as const satisfies readonly (readonly [string, Spoil, RegExp])[])('%s', (_, spoil, message) => {
    expectError('INVALID_ONNX', () => importOnnx(spoiltModel(spoil)), message)
  })
})

describe('data in other files', () => {
  const external = {
    dims: [2, 2],
    dataType: 1,
    externalData: [{ key: 'location', value: '../../etc/passwd' }],
  }
  const located = { dims: [2, 2], dataType: 1, dataLocation: 1 }
  const inNode =
    (value: object): Spoil =>
    (m) => {
      m.graph.node[0]!.attribute = [{ name: 'value', ...value }]
    }
  test.each([
    [
      'an initializer',
      (m) => {
        Object.assign(m.graph.initializer[0]!, external)
      },
    ],
    [
      'an initializer by its location alone',
      (m) => {
        Object.assign(m.graph.initializer[0]!, located)
      },
    ],
    ['a constant', inNode({ type: 4, t: external })],
    ['a list of tensors', inNode({ type: 9, tensors: [external] })],
    ['a subgraph', inNode({ type: 5, g: { initializer: [external] } })],
    ['a list of subgraphs', inNode({ type: 10, graphs: [{ initializer: [external] }] })],
    ['a sparse attribute', inNode({ type: 11, sparseTensor: { values: external } })],
    [
      'a sparse initializer',
      (m) => {
        m.graph.sparseInitializer = [{ indices: external }]
      },
    ],
    [
      'training',
      (m) => {
        Object.assign(m, { trainingInfo: [{ algorithm: { initializer: [external] } }] })
      },
    ],
    [
      'a function',
      (m) => {
        Object.assign(m, { functions: [{ node: [{ attribute: [{ t: external }] }] }] })
      },
    ],
  ] as const satisfies readonly (readonly [string, Spoil])[])('%s is refused', (_, spoil) => {
    expectError('INVALID_ONNX', () => importOnnx(spoiltModel(spoil)), /another file/)
  })
})
