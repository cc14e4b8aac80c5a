import { type FloatTensor, type Graph, sizeOf } from '#circuits/graph/graph.js'
import { interpretGraph } from '#circuits/graph/interpret.js'
import { optimiseGraph } from '#circuits/graph/passes/optimise.js'
import { importOnnx } from '#circuits/import/import-model.js'

/** The numbers `start, start + step, …` of a shape: inputs whose every element differs. */
export function ramp(size: number, start = 1, step = 1): number[] {
  return Array.from({ length: size }, (_, index) => start + index * step)
}

/** Inputs of a graph from flat lists, by name. */
export function feed(
  graph: Graph,
  inputs: Readonly<Record<string, readonly number[]>>,
): Map<string, FloatTensor> {
  return new Map(
    graph.inputs.map(({ name, shape }) => {
      const values = inputs[name]!
      if (values.length !== sizeOf(shape)) throw new Error(`input ${name} needs ${sizeOf(shape)} numbers`)
      return [name, { shape, data: Float32Array.from(values) }]
    }),
  )
}

/** Imports a file, optimises it and runs it: shape and elements of its first output, rounded to 1e-4. */
export function runModel(
  file: Uint8Array,
  inputs: Readonly<Record<string, readonly number[]>>,
): { readonly shape: readonly number[]; readonly data: readonly number[] } {
  const graph = optimiseGraph(importOnnx(file))
  const { shape, data } = interpretGraph(graph, feed(graph, inputs)).get(graph.outputs[0]!.name)!
  return { shape, data: Array.from(data, (value) => Math.round(value * 1e4) / 1e4) }
}
