import { readFile } from 'node:fs/promises'
import type { Graph } from '#circuits/graph/graph.js'
import { optimiseGraph } from '#circuits/graph/passes/optimise.js'
import { importOnnx } from '#circuits/import/import-model.js'

/** An ONNX file and its optimised graph. */
export async function readGraph(name: string, path: string): Promise<{ onnx: Uint8Array; graph: Graph }> {
  const onnx = await readFile(path)
  return { onnx, graph: { ...optimiseGraph(importOnnx(onnx)), name } }
}
