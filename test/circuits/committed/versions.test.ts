import { expect, test } from 'vitest'
import { emitCircuit } from '#circuits/emit/emit.js'
import type { Graph } from '#circuits/graph/graph.js'
import { architectureOf, requantise } from '#circuits/quantise/architecture.js'
import { quantiseGraph } from '#circuits/quantise/quantise.js'
import { randomGraph, randomRows, randomSource } from '../../support/random-graph.js'

const options = { bits: 8, output: 'logits', weights: 'committed' } as const

/** A graph as it may look after more training: every weight moved, some not. */
function retrained(graph: Graph, seed: number, spread = 0.3): Graph {
  const random = randomSource(seed)
  const moved = (data: Float32Array) => data.map((value) => value * (1 + (random() - 0.5) * spread))
  const nodes = graph.nodes.map((node) => {
    if (node.kind !== 'conv' && node.kind !== 'dense') return node
    const weight = { ...node.weight, data: moved(node.weight.data) }
    return { ...node, weight, bias: node.bias && { ...node.bias, data: moved(node.bias.data) } }
  })
  return { ...graph, nodes }
}

test('versions of an architecture share one circuit, byte for byte', () => {
  let versions = 0
  for (let seed = 1; seed <= 12; seed++) {
    const graph = randomGraph(seed)
    const first = (() => {
      try {
        return quantiseGraph(graph, randomRows(graph, seed, 12, 0), options)
      } catch (error) {
        console.log(seed, String(error))
        return null
      }
    })()
    if (first === null) continue
    const architecture = architectureOf(first)
    expect(architectureOf(first)).toEqual({ model: { ...architecture.model } })
    const text = emitCircuit(first, 'public', { weights: 'committed' }).source
    expect(emitCircuit(architecture.model, 'public', { weights: 'committed' }).source).toBe(text)
    try {
      const other = retrained(graph, seed)
      const second = requantise(other, randomRows(graph, seed + 50, 12, 0), architecture, options)
      expect(emitCircuit(second, 'public', { weights: 'committed' }).source).toBe(text)
      versions++
    } catch (error) {
      console.log(seed, graph.nodes.map((n) => n.kind).join(), String(error))
    }
  }
  expect(versions).toBe(12)
})
