import { describe, expect, test } from 'vitest'
import { emitCircuit } from '#circuits/emit/emit.js'
import type { Graph } from '#circuits/graph/graph.js'
import { interpretIntegers } from '#circuits/qmodel/interpret.js'
import type { QCombine, QLayer, QModel } from '#circuits/qmodel/qmodel.js'
import { architectureOf, requantise } from '#circuits/quantise/architecture.js'
import { quantiseGraph } from '#circuits/quantise/quantise.js'
import { flagsHold } from '#circuits/quantise/threshold.js'
import { compileCircuit } from '#prover/compile/compile.js'
import { infer } from '#prover/inference/infer.js'
import { decodeOutputs, publicSignalLayout } from '#prover/inference/public-signals.js'
import { readR1cs } from '#prover/r1cs/read.js'
import { CommittedCalculator, triedInputs } from '../../support/committed.js'
import { graphOf } from '../../support/graph-builder.js'
import { denseNode, reluNode } from '../../support/layer-nodes.js'
import { PlanJudge } from '../../support/planned-witness.js'
import { randomGraph, randomRows, randomSource } from '../../support/random-graph.js'

const options = { bits: 8, output: 'logits', weights: 'committed' } as const
const committed = { weights: 'committed' } as const

const textOf = (model: QModel): string => emitCircuit(model, 'public', committed).source
const mismatch = (message: RegExp) =>
  expect.objectContaining({ code: 'ARCHITECTURE_MISMATCH', message: expect.stringMatching(message) })

/** A graph as it may look after more training, under other names. */
function retrained(graph: Graph, seed: number): Graph {
  const random = randomSource(seed)
  const moved = (data: Float32Array) => data.map((value) => value * (0.85 + 0.3 * random()))
  const nodes = graph.nodes.map((node, i) => {
    const named = { ...node, name: `later${i}` }
    if (named.kind !== 'conv' && named.kind !== 'dense') return named
    const weight = { ...named.weight, data: moved(named.weight.data) }
    return { ...named, weight, bias: named.bias && { ...named.bias, data: moved(named.bias.data) } }
  })
  return { ...graph, nodes }
}

test('versions of an architecture share one circuit, byte for byte', () => {
  for (let seed = 1; seed <= 20; seed++) {
    const graph = randomGraph(seed)
    const first = quantiseGraph(graph, randomRows(graph, seed, 12, 0), options)
    const architecture = architectureOf(first)
    expect(textOf(architecture.model)).toBe(textOf(first))
    const later = requantise(
      retrained(graph, seed),
      randomRows(graph, seed + 50, 12, 0),
      architecture,
      options,
    )
    expect(textOf(later)).toBe(textOf(first))
    expect(architectureOf(later).model.layers).toEqual(architecture.model.layers)
  }
})

test('one compiled circuit answers for every version', async () => {
  const graph = randomGraph(6)
  const rows = (seed: number) => randomRows(graph, seed, 12, 0)
  const first = quantiseGraph(graph, rows(1), options)
  const later = requantise(retrained(graph, 9), rows(2), architectureOf(first), options)
  const { wasm, r1cs } = await compileCircuit(textOf(first))
  const calculator = await CommittedCalculator.load(
    wasm,
    PlanJudge.of(first, 'public', 'committed', readR1cs(r1cs)),
  )
  for (const model of [first, later]) {
    const layout = publicSignalLayout(model, 'public')
    for (const inputs of triedInputs(model, randomSource(4), 12)) {
      const signals = await calculator.publicSignals(model, inputs, layout.length - 1)
      const values = interpretIntegers(model, inputs)
      const expected = model.outputs.map(({ name, tensor }) => [name, Array.from(values[tensor]!)])
      expect(decodeOutputs(model, layout, signals)).toEqual(Object.fromEntries(expected))
    }
  }
})

describe('flags', () => {
  const graph = graphOf(
    [1, 6],
    [denseNode('x', 'h', [4, 6]), reluNode('h', 'a'), denseNode('a', 'y', [3, 4])],
  )
  const flagged = { ...options, output: 'threshold:0.1' } as const
  const first = quantiseGraph(graph, randomRows(graph, 5, 20, -1), flagged)
  const scaled = (factor: number) => {
    const nodes = graph.nodes.map((node) =>
      node.kind === 'dense'
        ? { ...node, weight: { ...node.weight, data: node.weight.data.map((value) => value * factor) } }
        : node,
    )
    return { ...graph, nodes }
  }

  test('of versions compare their own scores, in the one circuit', () => {
    for (let seed = 1; seed <= 10; seed++) {
      const later = retrained(graph, seed)
      const rows = randomRows(later, seed, 20, -1)
      const model = requantise(later, rows, architectureOf(first), flagged)
      expect(textOf(model)).toBe(textOf(first))
      const scores = quantiseGraph(later, rows, options)
      for (const row of rows) {
        const flags = infer(model, row).outputs.y!
        infer(scores, row).outputs.y!.forEach((score, i) => {
          if (Math.abs(score - 0.1) > 0.05) expect(flags[i]).toBe(Number(score >= 0.1))
        })
      }
    }
  })

  test('that no score of a version could reach are refused', () => {
    const small = scaled(1e-3)
    const rows = randomRows(small, 5, 20, -1)
    expect(() => requantise(small, rows, architectureOf(first), flagged)).toThrow(mismatch(/room/))
  })

  test('hold for scores within the capacity alone', () => {
    expect(flagsHold(first)).toBe(true)
    const [difference, flag] = first.layers.slice(-2) as [QCombine, QLayer]
    const constant = difference.constant!.map((value) => value + 2 ** 40)
    const moved = [...first.layers.slice(0, -2), { ...difference, constant }, flag]
    expect(flagsHold({ ...first, layers: moved })).toBe(false)
  })
})

test('an architecture holds no weights, and says the same of all versions', () => {
  const graph = randomGraph(3)
  const { model } = architectureOf(quantiseGraph(graph, randomRows(graph, 3, 12, 0), options))
  for (const layer of model.layers) {
    if (layer.kind === 'combine') expect(layer.constant?.every((value) => value === 0) ?? true).toBe(true)
    if (layer.kind !== 'conv' && layer.kind !== 'dense') continue
    expect(layer.weight.every((value) => value === 0)).toBe(true)
    expect(layer.bias.every((value) => value === 0)).toBe(true)
  }
})

describe('what is no version of an architecture is refused', () => {
  const net = (width: number) =>
    graphOf([1, 6], [denseNode('x', 'h', [width, 6]), reluNode('h', 'a'), denseNode('a', 'y', [3, width])])
  const rowsOf = (graph: Graph) => randomRows(graph, 5, 20, -1)
  const graph = net(4)
  const architecture = architectureOf(quantiseGraph(graph, rowsOf(graph), options))

  test('other shapes', () => {
    const wider = net(5)
    expect(() => requantise(wider, rowsOf(wider), architecture, options)).toThrow(
      mismatch(/has .* numbers, in the architecture/),
    )
  })

  test('other layers', () => {
    const longer = graphOf(
      [1, 6],
      [
        denseNode('x', 'h', [4, 6]),
        denseNode('h', 'a', [4, 4]),
        reluNode('a', 'b'),
        denseNode('b', 'y', [3, 4]),
      ],
    )
    expect(() => requantise(longer, rowsOf(longer), architecture, options)).toThrow(mismatch(/layer/))
    const shorter = graphOf([1, 6], [denseNode('x', 'y', [3, 6])])
    expect(() => requantise(shorter, rowsOf(shorter), architecture, options)).toThrow(mismatch(/layer|ends/))
  })

  test('sums beyond the capacity', () => {
    const tight = architectureOf(quantiseGraph(graph, rowsOf(graph), { ...options, headroom: 0 }), 0)
    const larger = net(4)
    const dense = larger.nodes.map((node) =>
      node.kind === 'dense'
        ? { ...node, weight: { ...node.weight, data: node.weight.data.map(() => 1) } }
        : node,
    )
    const even = { ...larger, nodes: dense }
    const few = randomRows(even, 5, 1, -1).map(
      (row) =>
        new Map(Array.from(row, ([name, { shape, data }]) => [name, { shape, data: data.map(() => 0.01) }])),
    )
    expect(() => requantise(even, few, tight, options)).toThrow(mismatch(/room/))
  })
})
